"""Throw-away copies: a repository as a person has it now, and bare repositories in the place of its remotes.

They borrow the objects of what they copy, and nothing is ever written there.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from trainer_release.errors import fail
from trainer_release.world import git_config, refs, worktree
from trainer_release.world.files import LEFTOVER, replace_text, text_or_none
from trainer_release.world.git import Git

_RELEASED = re.compile(r"refs/((heads|tags)/|trainer-release/[^/]+/(?!lease$))[^^]+")
"""What a copy of a remote has: branches, tags, records. Who releases there now is nothing to it."""
_OTHER = re.compile(r"(remote|include|includeif|extensions|alias|maintenance)\.")
_OWN = {f"core.{key}" for key in ("bare", "worktree", "hookspath", "fsmonitor", "repositoryformatversion")}


def remote(git: Git, name: str, folder: Path, known: Mapping[str, str] | None = None) -> Git:
    """A bare repository that has every branch, tag and record that the remote of this name has now. What the person's
    repository lacks is fetched as that is configured, and lands in the throw-away one. `known` is what the remote has,
    where it was asked already."""
    listed = refs.remote_refs(git, name) if known is None else known
    there = {ref: oid for ref, oid in listed.items() if _RELEASED.fullmatch(ref)}
    made = _bare(git, folder)
    asked = "".join(f"{oid}\n" for oid in there.values())
    said = git.do("cat-file", "--batch-check", stdin=asked.encode()).splitlines()
    gone = [ref for ref, line in zip(there, said, strict=True) if line.endswith(" missing")]
    if gone:
        env = {
            "GIT_OBJECT_DIRECTORY": str(folder / "objects"),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(git.common / "objects"),
        }
        words = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--refmap=")
        git.do("fetch", *words, name, *gone, env=env, limit=refs.MOVE)
    refs.update(made, [refs.RefChange(ref, None, oid) for ref, oid in there.items()])
    head = re.match(r"ref: (\S+)\tHEAD", git.ask("ls-remote", "--symref", name, "HEAD", limit=refs.ASK).text)
    made.do("symbolic-ref", "HEAD", head[1] if head else "refs/heads/main")
    return made


def clone(git: Git, folder: Path) -> Git:
    """A bare repository with the refs of another, remote-tracking ones among them."""
    made = _bare(git, folder)
    refs.update(made, [refs.RefChange(ref, None, oid) for ref, oid in git.refs().items()])
    replace_text(folder / "HEAD", text_or_none(git.common / "HEAD") or "", lasting=False)
    return made


def work_tree(git: Git, folder: Path, remotes: Mapping[str, Path]) -> Git:
    """The person's repository with its work tree: commits, refs, index, what is changed and what is not tracked yet
    (but not what is ignored). Each remote's address is the given folder; hooks are not run there."""
    git.do("init", "--quiet", "--template=", f"--object-format={_format(git)}", str(folder))
    made = Git(folder)
    borrow(made.common, git)
    _configure(git, made, remotes)
    refs.update(made, [refs.RefChange(ref, None, oid) for ref, oid in git.refs().items()])
    own = git.folder or git.common
    for name in ("HEAD", *worktree.OPERATIONS):  # a merge that is not finished is to be found there, too
        copy(own / name, made.common / name)
    copy(git.common / "lfs", made.common / "lfs")
    index = git.do("ls-files", "--stage", "-z", "--full-name", ":(top)")
    made.do("update-index", "-z", "--index-info", stdin=index.encode(errors="surrogateescape"))
    made.ask("checkout-index", "--all", "--force", "--index")  # what is in conflict has no content of its own
    now = worktree.state(git)
    for path in (*now.changed, *now.untracked):
        copy(git.root / path, folder / path)
    return made


def fresh(git: Git, remote: str, folder: Path) -> Git:
    """A clone of a repository's remote as anybody would make it, with the branch that is checked out. Addresses that
    were led elsewhere are led there, too."""
    settings = git.settings("--local").values
    url = settings[f"remote.{remote}.url"]
    led = [f"--config={key}={value}" for key, value in settings.items() if key.startswith("url.")]
    git.do("clone", "--quiet", "--template=", *led, f"--branch={worktree.branch(git)}", url, str(folder))
    return Git(folder)


def instead(git: Git, addresses: Mapping[str, Path]) -> None:
    """Lead every use of an address to a folder, whether it reads or pushes."""
    for url, place in addresses.items():
        for key in ("insteadOf", "pushInsteadOf"):
            git.do("config", "--add", f"url.{place}.{key}", url)


def refuse_outside(git: Git, folder: Path) -> None:
    """Refuse (`rehearsal-leaves`) where git, by all of its configuration, would take a remote's name for an address
    that is not below the folder."""
    for name in git.settings().remotes:
        for way in ((), ("--push",)):
            said = git.do("remote", "get-url", *way, "--all", name).splitlines()
            if any(not Path(url).is_relative_to(folder) for url in said):
                raise fail(
                    "rehearsal-leaves",
                    f"the remote {name} would still lead out of the throw-away copy; nothing was begun",
                    hint=f"git's own configuration says so beside the repository's: `git config --get-regexp "
                    f"'remote.{name}|insteadof'` shows where",
                )


def copied(source: Path, target: Path, repositories: Iterable[str]) -> None:
    """Copy a folder of throw-away repositories; the repositories in it, by path, know each other by where they
    lie."""
    shutil.copytree(source, target, symlinks=True)
    for path in repositories:
        for name in ("config", git_config.FILE, "objects/info/alternates"):
            text = text_or_none(target / path / name)
            if text is not None and str(source) in text:
                replace_text(target / path / name, text.replace(str(source), str(target)), lasting=False)


def _bare(git: Git, folder: Path) -> Git:
    git.do("init", "--quiet", "--bare", "--template=", f"--object-format={_format(git)}", str(folder))
    borrow(folder, git)
    return Git(folder, folder)


def borrow(folder: Path, git: Git) -> None:
    """Let the repository whose git folder this is use the objects of another."""
    replace_text(folder / "objects/info/alternates", f"{git.common / 'objects'}\n", lasting=False)
    if (shallow := text_or_none(git.common / "shallow")) is not None:
        replace_text(folder / "shallow", shallow, lasting=False)


def _format(git: Git) -> str:
    return git.do("rev-parse", "--show-object-format")


def _configure(git: Git, made: Git, remotes: Mapping[str, Path]) -> None:
    branch = f"branch.{worktree.branch(git)}."
    said = git.do("config", "--list", "--show-scope", "-z").split("\0")[:-1]
    listed: list[tuple[str, str]] = []
    for scope, entry in zip(said[::2], said[1::2], strict=True):
        key, said_so, value = entry.partition("\n")
        kept = not _OTHER.match(key) and key not in _OWN and (key.startswith(branch) or not key.startswith("branch."))
        if scope in ("local", "worktree") and kept:
            listed.append((key, value if said_so else "true"))
    git_config.include(made, listed)
    made.do("config", "core.hooksPath", os.devnull)
    for name, place in remotes.items():
        made.do("config", f"remote.{name}.url", str(place))


def linked(source: Path, target: Path) -> None:
    """Give a folder links to every file of another, which is never written."""
    for path in source.iterdir() if source.is_dir() else ():
        if path.is_file() and not path.name.startswith(LEFTOVER):
            target.mkdir(parents=True, exist_ok=True)
            (target / path.name).symlink_to(path)


def copy(source: Path, target: Path) -> None:
    """Copy a file, a link as a link, or a folder; what is not there is not there in the copy."""
    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    elif source.exists() or source.is_symlink():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copy2(source, target, follow_symlinks=False)
    else:
        target.unlink(missing_ok=True)
