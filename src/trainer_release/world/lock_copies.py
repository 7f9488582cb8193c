"""The lock files of a repository, and scratch copies of its workspace in which their tools may run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_release.world.files import find_named, make_folder

if TYPE_CHECKING:
    from trainer_release.world.git import Git

NAMES = ("uv.lock", "poetry.lock")
CONFIGURATION = (
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "hatch.toml",
    "Cargo.toml",
    "uv.toml",
    "poetry.toml",
    "pdm.toml",
)


@dataclass(frozen=True, slots=True)
class Workspace:
    """What a lock is made from: the workspace `root`, `prefix` inside its repository, the `texts` that stand instead of
    (or besides) the files there, by path relative to the root, and the tools: `python`'s and `uv`'s paths. With a
    `commit` its files are those of that commit, and nobody's work tree is read: the repository may be bare. `locks` are
    its lock files."""

    root: Path
    prefix: str
    git: Git
    python: str
    uv: str | None
    texts: Mapping[str, str] = field(default_factory=dict)
    commit: str | None = None
    locks: tuple[str, ...] = ()


def tracked(workspace: Workspace) -> tuple[str, ...]:
    """The lock files of a workspace that git tracks."""
    if not workspace.locks:
        return ()
    from trainer_release.world.git import Git

    inside = Git(workspace.root, workspace.git.common)
    known = inside.do("ls-files", "-z", "--", *(f":(literal){path}" for path in workspace.locks)).split("\0")
    return tuple(path for path in workspace.locks if path in known)


def texts_at(git: Git, commit: str, prefix: str = "", names: tuple[str, ...] = NAMES) -> dict[str, str]:
    """The texts of a commit's files of these names, lock files unless told, by path relative to the workspace."""
    paths = [path for path in git.paths(commit) if path.startswith(prefix) and path.rpartition("/")[2] in names]
    return {path.removeprefix(prefix): text for path, text in git.texts(commit, paths).items()}


@contextmanager
def configuration(workspace: Workspace, target: Path) -> Iterator[Path]:
    """A copy of the files that configure projects: all that a tool needs where every project states its metadata."""
    if workspace.commit:
        for path, text in texts_at(workspace.git, workspace.commit, workspace.prefix, CONFIGURATION).items():
            write(target / path, text.encode(errors="surrogateescape"))
    else:
        for path in find_named(workspace.root, *CONFIGURATION):
            write(target / path, (workspace.root / path).read_bytes())
    yield target


@contextmanager
def clone(workspace: Workspace, target: Path) -> Iterator[Path]:
    """A clone of the repository: for backends that insist on sources, a README or tags."""
    env = {"GIT_LFS_SKIP_SMUDGE": "1"}
    words = ("clone", "--quiet", "--shared", "--no-checkout", str(workspace.git.root), str(target))
    workspace.git.do(*words, env=env)
    from trainer_release.world.git import Git

    Git(target).do("checkout", "--quiet", "--detach", workspace.commit or "HEAD", env=env)
    yield target / workspace.prefix


def write(place: Path, data: bytes) -> None:
    """Write a file, its folder too where it is not there."""
    make_folder(place.parent)
    place.write_bytes(data)
