"""Clones of other repositories, bare, below the suite's state folder: they are nobody's work tree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.world import git_config, refs, worktree
from trainer_release.world.files import remove_tree, replace_text
from trainer_release.world.git import Git
from trainer_release.world.secrets import redact

REMOTE = "origin"
_SETTINGS = re.compile(r"(user|gpg|credential|http|url|ssh)\.|core\.sshcommand$|commit\.gpgsign$|tag\.(gpg|forcesign)")


@dataclass(frozen=True, slots=True)
class Tip:
    """Where a repository stands. `branch` is the branch that a release moves, None where the catalog's ref is a tag or
    a commit; `commit` is what is released; `remote` are the remote's refs, None where it was not asked. `behind`: the
    remote's branch has commits that the prepared one lacks."""

    branch: str | None
    commit: str
    remote: Mapping[str, str] | None = None
    behind: bool = False


def opened(folder: Path) -> Git | None:
    """The clone in a folder, None where there is none."""
    return Git(folder, folder) if (folder / "HEAD").is_file() else None


def made(folder: Path, url: str, settings: Git) -> Git:
    """The clone in a folder, made where there is none. What the person has set for the suite's own repository alone
    (name, signing, access) is set here too."""
    clone = opened(folder)
    if clone is None:
        remove_tree(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        Git(folder.parent).do("init", "--quiet", "--bare", str(folder))
        clone = Git(folder, folder)
    wanted = {
        key: value for key, value in settings.settings("--local", "--includes").values.items() if _SETTINGS.match(key)
    }
    git_config.include(clone, {**wanted, f"remote.{REMOTE}.url": url}.items())
    return clone


def followed(clone: Git, url: str, ref: str | None) -> Tip:
    """Fetch what the remote has, and say where the release begins: at the remote's branch, or at commits that were
    prepared on it here and are not pushed yet.

    ReleaseError: `remote-unreachable`, `ref-missing`.
    """
    there = remote_refs(clone, url)
    branch = ref or _default(clone)
    if branch and ref is None:  # remembered for when nobody can be asked
        clone.do("symbolic-ref", "HEAD", f"refs/heads/{branch}")
    full = f"refs/heads/{branch}"
    if branch is None or full not in there:
        return Tip(None, _fixed(clone, url, ref, there), there)
    behind_name = f"refs/remotes/{REMOTE}/{branch}"
    refs.fetch(clone, REMOTE, [f"+{full}:{behind_name}"])
    clone.ask(
        "fetch", "--quiet", "--no-recurse-submodules", "--tags", REMOTE, limit=refs.MOVE
    )  # a tag of ours is never moved
    tip, own = there[full], clone.commit_of(full)
    if own is None or refs.contains(clone, tip, own):
        refs.update(clone, [] if own == tip else [refs.RefChange(full, own, tip)])
        return Tip(branch, tip, there)
    return Tip(branch, own, there, behind=not refs.contains(clone, own, tip))


def at_hand(clone: Git, ref: str | None) -> Tip | None:
    """The same without asking the remote, as the clone has it; None where it has nothing."""
    branch = ref or worktree.branch(clone)
    for name, moves in ((f"refs/heads/{branch}", branch), (f"refs/tags/{ref}", None), (ref or "", None)):
        commit = clone.commit_of(name) if name else None
        if commit is not None:
            return Tip(moves, commit)
    return None


def bring(clone: Git, url: str, commit: str) -> bool:
    """Have a commit of a prepared release here: it is, or one of the remote's branches, tags or records has it."""
    if clone.commit_of(commit) is None:
        wanted = ["+refs/heads/*:refs/remotes/origin/*", "refs/tags/*:refs/tags/*"]
        answer = clone.ask("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", REMOTE, *wanted, limit=refs.MOVE)
        if answer.code != 0 and clone.commit_of(commit) is None:
            remote_refs(clone, url)
    return clone.commit_of(commit) is not None


def seen(clone: Git, url: str, branch: str | None, tag: str) -> dict[str, str]:
    """What the remote has now, with the commits of a branch brought here so that they can be compared, and a tag."""
    there = remote_refs(clone, url)
    full = f"refs/heads/{branch}"
    wanted = [f"+{full}:refs/remotes/{REMOTE}/{branch}"] if branch and full in there else []
    wanted += [f"{tag}:{tag}"] if tag in there and not clone.refs(tag) else []
    if wanted:
        refs.fetch(clone, REMOTE, wanted)
    return there


def copied(clone: Git, place: Path) -> None:
    """Give a throw-away clone what another clone has, without asking a remote."""
    replace_text(clone.root / "objects" / "info" / "alternates", f"{place / 'objects'}\n")
    clone.do("fetch", "--quiet", "--no-tags", str(place), "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")


def remote_refs(clone: Git, url: str) -> dict[str, str]:
    """Every ref of the remote; `remote-unreachable` names the repository."""
    try:
        return refs.remote_refs(clone, REMOTE)
    except ReleaseError as error:
        said = tuple(line for problem in error.problems for line in problem.context)
        raise fail(
            "remote-unreachable",
            f"git cannot read {redact(url)}",
            context=said,
            hint="mend `repository` in the catalog, or access to it, then run the same command again",
        ) from None


def _default(clone: Git) -> str | None:
    """The branch that the remote's HEAD names."""
    said = clone.ask("ls-remote", "--symref", "--end-of-options", REMOTE, "HEAD", limit=refs.ASK)
    named = re.match(r"ref: refs/heads/(\S+)\tHEAD", said.text) if said.code == 0 else None
    return named[1] if named else None


def _fixed(clone: Git, url: str, ref: str | None, there: Mapping[str, str]) -> str:
    """The commit of a ref that is a tag or a commit."""
    tag = f"refs/tags/{ref}"
    if tag in there:
        refs.fetch(clone, REMOTE, [f"{tag}:{tag}"])
        return clone.commit_of(tag) or ""
    if ref and re.fullmatch(r"[0-9a-f]{40}([0-9a-f]{24})?", ref) and bring(clone, url, ref):
        return ref
    shown = redact(url)
    raise ReleaseError(
        Problem(
            "ref-missing",
            f"{shown} has no {ref or 'branch that its HEAD names'}",
            hint="write `ref` with a branch, a tag or a whole commit id that is there",
        )
    )


class Committed:
    """The files of a commit below `prefix`, by path relative to it. Whoever reads one of them will read its namesakes
    in other folders, too: all of a name are asked for at once."""

    def __init__(self, git: Git, commit: str, prefix: str = "") -> None:
        self._git, self._commit, self._prefix = git, commit, prefix
        self.paths = [path.removeprefix(prefix) for path in git.paths(commit) if path.startswith(prefix)]
        self._named: dict[str, list[str]] = {}
        for path in self.paths:
            self._named.setdefault(path.rpartition("/")[2], []).append(path)
        self._read: dict[str, Mapping[str, str]] = {}

    def text(self, path: str) -> str | None:
        """The text of a file, None where there is none."""
        name = path.rpartition("/")[2]
        if name not in self._read:
            asked = [self._prefix + each for each in self._named.get(name, ())]
            self._read[name] = self._git.texts(self._commit, asked)
        return self._read[name].get(self._prefix + path)


class Mounted:
    """The files of commits of several repositories, as one folder each (`Mount.folder`) of the workspace."""

    def __init__(self, places: Mapping[str, tuple[Git, str]]) -> None:
        self._places = {folder: Committed(git, commit) for folder, (git, commit) in places.items()}
        self.paths = [f"{folder}/{path}" for folder, files in self._places.items() for path in files.paths]

    def holds(self, path: str) -> bool:
        """Whether the path lies in one of these repositories."""
        return path.partition("/")[0] in self._places

    def text(self, path: str) -> str | None:
        """The text of a file, None where there is none."""
        folder, _, inside = path.partition("/")
        return self._places[folder].text(inside)
