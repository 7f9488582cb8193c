"""Bring a lock file along: its own tool runs in a scratch copy of the workspace, never in the person's tree."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from trainer_release.errors import fail
from trainer_release.world.addresses import bare
from trainer_release.world.files import scratch, text_or_none
from trainer_release.world.lock_copies import Workspace, clone, configuration, write
from trainer_release.world.pipconf import index_of_pip
from trainer_release.world.process import Finished, run, which
from trainer_release.world.venvs import FOREIGN

_FIXING = ("UV_FROZEN", "UV_LOCKED", "UV_UPGRADE", "UV_DRY_RUN", "UV_PROJECT_ENVIRONMENT")
_SECRET = ("TWINE_", "UV_PUBLISH_", "POETRY_PYPI_TOKEN", "ACTIONS_ID_TOKEN_")
_HOW = {"uv": "pip install uv", "poetry": "uv tool install poetry, or pipx install poetry"}


def relock(workspace: Workspace, path: str, text: str, *, settled: bool, fresh: Collection[str] = ()) -> str:
    """The text of the lock file at `path` that fits the workspace, made from `text` at the smallest change.

    What is locked stays as far as it fits. `settled`: no requirement changed, so that a text which its tool finds to
    fit is left. `fresh` are packages that were published just now: what a cache knows of them is not asked. Codes:
    `lock-tool-missing`, `lock-failed`.
    """
    tool = _tool(workspace, path)
    with scratch("lock") as folder:
        for number, copy in enumerate((configuration, clone), start=1):
            with copy(workspace, folder / str(number)) as root:
                for name, content in {**workspace.texts, path: text}.items():
                    write(root / name, content.encode(errors="surrogateescape"))
                done = _made(workspace, tool, root / path, folder, settled=settled, fresh=fresh)
                if done.ok:
                    return text_or_none(root / path) or ""
    raise fail(
        "lock-failed",
        f"`{Path(tool).name} {' '.join(done.argv[1:2])}` could not make {path} fit",
        hint="mend what it names; a package that it cannot find may need its index in the tool's configuration",
        path=path,
        context=tuple(bare(line) for line in done.tail),
    )


def version(workspace: Workspace, path: str) -> str:
    """The version of the tool that owns the lock file at `path`. Code: `lock-tool-missing`."""
    said = _run([_tool(workspace, path), "--version"], workspace.root, {}).out
    match = re.search(r"\d+(\.\w+)+", said)
    return match[0] if match else ""


def _tool(workspace: Workspace, path: str) -> str:
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
    return tool


def _made(
    workspace: Workspace, tool: str, place: Path, folder: Path, *, settled: bool, fresh: Collection[str]
) -> Finished:
    if place.name == "uv.lock":
        return _by_uv(workspace, tool, place, fresh)
    return _by_poetry(tool, place, folder / "environments", settled=settled, cached=not fresh)


def _by_uv(workspace: Workspace, uv: str, place: Path, fresh: Collection[str]) -> Finished:
    """`uv lock`, and its own word that the result fits. A project that needs another Python is locked with one that uv
    finds on this machine."""
    python = ["--python", workspace.python]
    env = {"UV_PYTHON_DOWNLOADS": "never"} | _index(place)
    words = ["--no-progress", *(f"--refresh-package={name}" for name in fresh)]
    done = _run([uv, "lock", *words, *python], place.parent, env)
    if not done.ok and "incompatible with the project's Python requirement" in done.err:
        python = []
        done = _run([uv, "lock", *words], place.parent, env)
    return _run([uv, "lock", "--check", "--no-progress", *python], place.parent, env) if done.ok else done


def _index(place: Path) -> dict[str, str]:
    """The index of pip's configuration, which uv does not read, for a lock that was made with it."""
    url = index_of_pip()
    known = url and bare(url).rstrip("/") in (text_or_none(place) or "")
    return {"UV_DEFAULT_INDEX": url} if url and known and "UV_DEFAULT_INDEX" not in os.environ else {}


def _by_poetry(poetry: str, place: Path, environments: Path, *, settled: bool, cached: bool) -> Finished:
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
    more = [*(["--no-update"] if old else []), *([] if cached else ["--no-cache"])]
    done = _run([poetry, "lock", *more, *quiet], place.parent, env)
    return checked() if done.ok else done


def _run(argv: list[str], folder: Path, env: Mapping[str, str]) -> Finished:
    """A tool's command; backends that it starts see no credentials for uploads."""
    secret = [name for name in os.environ if name.startswith(_SECRET)]
    return run(argv, cwd=folder, env=env, drop=(*FOREIGN, *_FIXING, *secret))
