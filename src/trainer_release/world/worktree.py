"""Work trees: the state of the person's own, a linked one for the release, and bringing the person's forward."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from trainer_release.errors import fail
from trainer_release.world import objects, refs
from trainer_release.world.files import remove_leftovers, remove_tree, replace_text, text_or_none
from trainer_release.world.git import Git

OPERATIONS = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}
_FIELDS = {"1": 8, "u": 10}  # what stands before the path, in git-status(1)'s version 2
_WHOLE = ("-c", "core.sparseCheckout=false")  # a linked tree would else lack what the person's own does


@dataclass(frozen=True, slots=True)
class State:
    """A work tree: HEAD's commit (None before the first) and branch (None where it is detached), the paths with
    uncommitted changes, and the untracked ones that are not ignored; both relative to the root."""

    head: str | None
    branch: str | None
    changed: tuple[str, ...]
    untracked: tuple[str, ...]


def state(git: Git) -> State:
    """The state of a work tree."""
    options = ("-z", "--branch", "--no-ahead-behind", "--no-renames", "--untracked-files=all")
    entries = git.do("status", "--porcelain=v2", *options, env={"GIT_OPTIONAL_LOCKS": "0"}).split("\0")
    said = dict(entry[2:].partition(" ")[::2] for entry in entries if entry.startswith("# "))
    head, named = said["branch.oid"], said["branch.head"]
    return State(
        None if head == "(initial)" else head,
        None if named == "(detached)" else named,
        (*(entry.split(" ", _FIELDS[entry[0]])[-1] for entry in entries if entry[:1] in _FIELDS), *_hidden(git)),
        tuple(entry[2:] for entry in entries if entry.startswith("? ")),
    )


def _hidden(git: Git) -> Iterator[str]:
    """Files that git was told not to look at (assume-unchanged, skip-worktree), and that are not as it has them."""
    for entry in git.do("ls-files", "-z", "-v", "--stage").split("\0"):
        if entry and (entry[0].islower() or entry[0] == "S"):
            facts, _, path = entry.partition("\t")
            there = git.ask("hash-object", "--", path).text.strip() if (git.root / path).is_file() else ""
            if there != facts.split(" ")[2] and (there or entry[0].islower()):  # a sparse one need not be there
                yield path


def branch(git: Git) -> str | None:
    """The branch that is checked out, None for a detached HEAD."""
    answer = git.ask("symbolic-ref", "--quiet", "--short", "HEAD")
    return answer.text.strip() if answer.code == 0 else None


def operation(git: Git) -> str | None:
    """The operation that git is in the middle of (merge, rebase, …), None where there is none."""
    folder = git.folder or Path(git.do("rev-parse", "--path-format=absolute", "--git-dir"))
    return next((name for mark, name in OPERATIONS.items() if (folder / mark).exists()), None)


def add(git: Git, commit: str, folder: Path) -> None:
    """Make a full linked work tree of a commit, submodules initialised and LFS files fetched; `discard` removes it."""
    discard(git, folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    lfs = () if git.settings().get("filter.lfs.process") is None else ("-c", "filter.lfs.required=true")
    git.do(*lfs, *_WHOLE, "worktree", "add", "--quiet", "--detach", "--force", str(folder), commit, limit=refs.MOVE)
    if (folder / ".gitmodules").exists():
        Git(folder, git.common).do("submodule", "--quiet", "update", "--init", "--recursive", limit=refs.MOVE)


def discard(git: Git, folder: Path) -> None:
    """Remove a linked work tree, also one that a crash left behind."""
    remove_tree(folder)
    known = git.common / "worktrees"
    for own in known.glob(f"{folder.name}*"):  # git itself keeps what it was killed over, for ever
        if (text_or_none(own / "gitdir") or f"{folder}/.git").strip() == f"{folder}/.git":
            remove_tree(own)
    with suppress(OSError):
        known.rmdir()  # as git does, where it was the last


def tagged(git: Git, tree: Path, folder: Path, tags: Sequence[str], epoch: int) -> dict[str, str]:
    """The environment in which git shows these tags on the commit of a linked work tree, the last as the newest, and no
    others; the person's repository gets none.

    `folder` becomes a throw-away repository that borrows the objects and the configuration of the person's. What it
    does not track it ignores: another build may have left files in the tree. `epoch` is in seconds, UTC.
    """
    commit = Git(tree).do("rev-parse", "HEAD")
    git.do("init", "--quiet", "--bare", "--template=", f"--object-format={objects.algorithm(commit)}", str(folder))
    replace_text(folder / "objects/info/alternates", f"{git.common / 'objects'}\n")
    replace_text(folder / "info/exclude", "*\n")
    if (shallow := text_or_none(git.common / "shallow")) is not None:
        replace_text(folder / "shallow", shallow)
    here = Git(tree)
    env = {"GIT_DIR": str(folder), "GIT_WORK_TREE": str(tree)}
    here.do("config", "include.path", str(git.common / "config"), env=env)
    here.do("update-ref", "--no-deref", "HEAD", commit, env=env)
    here.do(*_WHOLE, "read-tree", "HEAD", env=env)
    _tag(here, tags, commit, epoch, env)
    return env


def picture(folder: Path, tags: Sequence[str], epoch: int) -> None:
    """Make a folder a repository of its own: one commit of its files with these tags. What comes later it ignores."""
    git = Git(folder)
    person = {f"GIT_{who}_{what}": "nobody" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    git.do("init", "--quiet", "--template=")
    git.do("add", "--all")
    git.do("commit", "--quiet", "--allow-empty", "--no-gpg-sign", "--message", "As it stands", env=person)
    replace_text(folder / ".git/info/exclude", "*\n")
    _tag(git, tags, "HEAD", epoch, person)


def _tag(git: Git, tags: Sequence[str], commit: str, epoch: int, env: Mapping[str, str]) -> None:
    for number, tag in enumerate(tags):
        dated = {**env, "GIT_COMMITTER_DATE": f"{epoch + number} +0000"}
        git.do("tag", "--annotate", "--no-sign", "--message", tag, tag, commit, env=dated)


def last_tag(folder: Path) -> str | None:
    """The tag that is nearest in the history of a folder's commit, None where there is none."""
    answer = Git(folder).ask("describe", "--tags", "--abbrev=0")
    return answer.text.strip() if answer.code == 0 else None


def bring_forward(git: Git, commit: str, files: Mapping[str, str | None], expected: Mapping[str, str | None]) -> None:
    """Give the person's files these texts (None: remove it) and git's index the commit's entries of the same paths, and
    touch no other.

    A file that says neither what it said before (`expected`, repository-relative) nor what it is to say is refused with
    `file-changed`, nothing written. A path that the commit lacks is one that git does not know afterwards.
    """
    refuse_changed(git, commit, files, expected)
    remove_leftovers({(git.root / path).parent for path in files})
    for path, text in files.items():
        place = git.root / path
        if text is None:
            place.unlink(missing_ok=True)
        elif text_or_none(place) != text:
            replace_text(place, text, lasting=False)
    listed = git.do("ls-tree", "-r", "-z", "--full-tree", commit) if files else ""
    entries = dict.fromkeys(files, f"0 {'0' * max(40, len(commit))}")
    for entry in filter(None, listed.split("\0")):
        head, _, path = entry.partition("\t")
        if path in entries:
            mode, _, oid = head.split(" ")
            entries[path] = f"{mode} {oid}"
    if entries:
        lines = "".join(f"{entry}\t{path}\0" for path, entry in entries.items())
        git.do("update-index", "-z", "--index-info", stdin=lines.encode())
        git.ask("update-index", "-q", "--refresh")


def refuse_changed(git: Git, commit: str, files: Mapping[str, str | None], expected: Mapping[str, str | None]) -> None:
    """Refuse (`file-changed`) where a file says neither what is expected nor what it is to say: that is the person's
    own newer edit."""
    for path, text in files.items():
        if text_or_none(git.root / path) not in (expected.get(path), text):
            raise fail(
                "file-changed",
                f"{path} was changed meanwhile",
                path=path,
                hint=f"the prepared text is in commit {commit[:12]}: compare with `git diff {commit[:12]} -- {path}`",
            )


def repair(git: Git, commit: str, joined: Mapping[str, str] | None = None) -> None:
    """Finish what a crash cut off between the ref transaction and the person's tree, which ends with git's index.

    Paths that the index still has from before, in files that say what the commit or its parent says, are brought
    forward; a file that says anything else is the person's, and is left alone. `joined` are texts of uncommitted edits
    that are known to have joined the commit, by path.
    """
    changed = set(git.do("diff-tree", "-r", "-z", "--name-only", "--no-commit-id", commit).split("\0"))
    behind = git.do("diff-index", "--cached", "-z", "--name-only", "--no-renames", commit, "--").split("\0")
    paths = [path for path in behind if path and path in changed]
    new, old = git.texts(commit, paths), {**git.texts(f"{commit}^", paths), **(joined or {})}
    here = {path: text_or_none(git.root / path) for path in new}
    stale = {path: text for path, text in new.items() if here[path] in (old.get(path), text)}
    if stale:
        bring_forward(git, commit, stale, {path: old.get(path) for path in stale})
