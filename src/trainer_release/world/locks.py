"""Bring a lock file along: its own tool runs in a scratch copy of the workspace, never in the person's tree."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from trainer_release.errors import fail
from trainer_release.world.addresses import bare
from trainer_release.world.files import find_named, make_folder, scratch, text_or_none
from trainer_release.world.git import Git
from trainer_release.world.pipconf import index_of_pip
from trainer_release.world.process import Finished, run, which
from trainer_release.world.venvs import FOREIGN

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
_FIXING = ("UV_FROZEN", "UV_LOCKED", "UV_UPGRADE", "UV_DRY_RUN", "UV_PROJECT_ENVIRONMENT")
_SECRET = ("TWINE_", "UV_PUBLISH_", "POETRY_PYPI_TOKEN", "ACTIONS_ID_TOKEN_")
_HOW = {"uv": "pip install uv", "poetry": "uv tool install poetry, or pipx install poetry"}


@dataclass(frozen=True, slots=True)
class Workspace:
    """What a lock is made from: the workspace `root`, `prefix` inside its repository, the `texts` that stand instead of
    (or besides) the files there, by path relative to the root, and the tools: `python`'s and `uv`'s paths."""

    root: Path
    prefix: str
    git: Git
    python: str
    uv: str | None
    texts: Mapping[str, str] = field(default_factory=dict)


def found(root: Path, git: Git) -> tuple[str, ...]:
    """The lock files below a workspace root that git tracks, relative to the root."""
    paths = [path.relative_to(root).as_posix() for path in find_named(root, *NAMES)]
    inside = Git(root, git.common)
    tracked = inside.do("ls-files", "-z", "--", *(f":(literal){path}" for path in paths)) if paths else ""
    return tuple(path for path in paths if path in tracked.split("\0"))


def relock(workspace: Workspace, path: str, text: str, *, settled: bool) -> str:
    """The text of the lock file at `path` that fits the workspace, made from `text` at the smallest change.

    What is locked stays as far as it fits. `settled`: no requirement changed, so that a text which its tool finds to
    fit is left. Codes: `lock-tool-missing`, `lock-failed`.
    """
    kind = Path(path).name
    tool = workspace.uv if kind == "uv.lock" else which("poetry")
    if tool is None:
        name = kind.removesuffix(".lock")
        raise fail(
            "lock-tool-missing",
            f"{path} has to be brought along, and {name} is not here",
            hint=f"{_HOW[name]}; then run the same command again",
            path=path,
        )
    with scratch("lock") as folder:
        for number, copy in enumerate((_configuration, _clone), start=1):
            with copy(workspace, folder / str(number)) as root:
                for name, content in {**workspace.texts, path: text}.items():
                    _write(root / name, content.encode(errors="surrogateescape"))
                done = _made(workspace, tool, root / path, folder, settled=settled)
                if done.ok:
                    return text_or_none(root / path) or ""
    raise fail(
        "lock-failed",
        f"`{Path(tool).name} {' '.join(done.argv[1:2])}` could not make {path} fit",
        hint="mend what it names; a package that it cannot find may need its index in the tool's configuration",
        path=path,
        context=tuple(bare(line) for line in done.tail),
    )


@contextmanager
def _configuration(workspace: Workspace, target: Path) -> Iterator[Path]:
    """A copy of the files that configure projects: all that a tool needs where every project states its metadata."""
    for place in find_named(workspace.root, *CONFIGURATION):
        _write(target / place.relative_to(workspace.root), place.read_bytes())
    yield target


def _write(place: Path, data: bytes) -> None:
    make_folder(place.parent)
    place.write_bytes(data)


@contextmanager
def _clone(workspace: Workspace, target: Path) -> Iterator[Path]:
    """A clone of the repository: for backends that insist on sources, a README or tags."""
    words = ("clone", "--quiet", "--shared", str(workspace.git.root), str(target))
    workspace.git.do(*words, env={"GIT_LFS_SKIP_SMUDGE": "1"})
    yield target / workspace.prefix


def _made(workspace: Workspace, tool: str, place: Path, folder: Path, *, settled: bool) -> Finished:
    if place.name == "uv.lock":
        return _by_uv(workspace, tool, place)
    return _by_poetry(tool, place, folder / "environments", settled=settled)


def _by_uv(workspace: Workspace, uv: str, place: Path) -> Finished:
    """`uv lock`, and its own word that the result fits. A project that needs another Python is locked with one that uv
    finds on this machine."""
    python = ["--python", workspace.python]
    env = {"UV_PYTHON_DOWNLOADS": "never"} | _index(place)
    done = _run([uv, "lock", "--no-progress", *python], place.parent, env)
    if not done.ok and "incompatible with the project's Python requirement" in done.err:
        python = []
        done = _run([uv, "lock", "--no-progress"], place.parent, env)
    return _run([uv, "lock", "--check", "--no-progress", *python], place.parent, env) if done.ok else done


def _index(place: Path) -> dict[str, str]:
    """The index of pip's configuration, which uv does not read, for a lock that was made with it."""
    url = index_of_pip()
    known = url and bare(url).rstrip("/") in (text_or_none(place) or "")
    return {"UV_DEFAULT_INDEX": url} if url and known and "UV_DEFAULT_INDEX" not in os.environ else {}


def _by_poetry(poetry: str, place: Path, environments: Path, *, settled: bool) -> Finished:
    """`poetry lock`, which keeps what is locked from Poetry 2 on and with `--no-update` before; then Poetry's word that
    the result fits. Environments that Poetry makes are gone with the scratch folder."""
    env = {"POETRY_VIRTUALENVS_PATH": str(environments), "POETRY_VIRTUALENVS_IN_PROJECT": "false"}
    quiet = ["--no-interaction", "--no-ansi"]

    def checked() -> Finished:
        done = _run([poetry, "check", "--lock", *quiet], place.parent, env)
        about_lock = "poetry.lock" in done.out + done.err
        return done if about_lock or done.code is None else Finished(done.argv, 0, done.out, done.err)

    if settled and (first := checked()).ok:
        return first
    version = re.search(r"(\d+)\.\d", _run([poetry, "--version", *quiet], place.parent, env).out)
    old = version is not None and int(version[1]) < 2
    done = _run([poetry, "lock", *(["--no-update"] if old else []), *quiet], place.parent, env)
    return checked() if done.ok else done


def _run(argv: list[str], folder: Path, env: Mapping[str, str]) -> Finished:
    """A tool's command; backends that it starts see no credentials for uploads."""
    secret = [name for name in os.environ if name.startswith(_SECRET)]
    return run(argv, cwd=folder, env=env, drop=(*FOREIGN, *_FIXING, *secret))
