"""Virtual environments: make one, install into it, look inside; with uv where there is one, else venv and pip."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from trainer_release.errors import fail
from trainer_release.world.files import replace_text, scratch
from trainer_release.world.pipconf import ca_bundle, index_of_pip
from trainer_release.world.process import Finished, run

LOOPBACK = ("127.0.0.1", "localhost", "::1")

FOREIGN = (
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_USER",
    "PIP_DRY_RUN",
    "UV_SYSTEM_PYTHON",
    "UV_PYTHON",
    "UV_PROJECT",
    "UV_WORKING_DIR",
)
"""Variables that would send an installation to another environment than the one named."""

INDEXES = (
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_NO_INDEX",
    "UV_INDEX",
    "UV_INDEX_URL",
    "UV_EXTRA_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "UV_FIND_LINKS",
    "UV_NO_INDEX",
    "UV_INDEX_STRATEGY",
    "UV_EXCLUDE_NEWER",
    "UV_OFFLINE",
)
"""Variables that would add to, or take from, the one index that is named."""

_LISTING = """
import importlib.metadata as metadata, json, re
name = lambda dist: re.sub("[-_.]+", "-", dist.metadata["Name"]).lower()
print(json.dumps(sorted({f"{name(dist)}=={dist.version}" for dist in metadata.distributions()})))
"""


def interpreter() -> str:
    """The absolute path of the CPython behind this process: not a virtual environment's link, not a version shim."""
    return os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)


class Venvs:
    """Makes environments of one interpreter. `python` is its absolute path, `uv` the path of uv or None."""

    def __init__(self, python: str, uv: str | None) -> None:
        self.python = python
        self.uv = uv

    def create(self, folder: Path) -> Path:
        """Make an empty environment in a folder and return its interpreter. Fails with `environment-failed`."""
        uv = [self.uv, "venv", "--quiet", "--no-config", "--no-project", "--python", self.python, folder]
        argv = [word for word in uv if word] if self.uv else [self.python, "-I", "-m", "venv", folder]
        done = run(argv, env={"UV_PYTHON_DOWNLOADS": "never"}, drop=FOREIGN)
        if not done.ok:
            raise fail(
                "environment-failed",
                f"no virtual environment could be made with {self.python}",
                hint=f"try `{self.python} -m venv /tmp/try`; where it fails, install that Python's venv module",
                context=done.tail,
            )
        return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def install(
        self,
        python: Path,
        requirements: Sequence[str],
        *,
        wheels: Sequence[Path] = (),
        constraints: Sequence[str] = (),
        index_url: str | None = None,
        refresh: Sequence[str] = (),
        report: Path | None = None,
        timeout: float = 600,
    ) -> Finished:
        """Install into the environment of `python`; the caller looks at how it ended. `timeout` is in seconds.

        `wheels` are installed from their paths, never from an index. A constraint is `name==1.0`, or
        `name @ file:///…/name.whl`: then that file alone can satisfy the name, whatever an index offers.
        `index_url` None means the index that the person configured for pip or uv; otherwise it is the only one, and
        what is cached of the packages in `refresh` is not believed. `report` receives the installer's own JSON.
        """
        with scratch("install") as folder:
            replace_text(folder / "constraints.txt", "".join(f"{line}\n" for line in constraints))
            wanted = [*requirements, *map(str, wheels), "--constraint", str(folder / "constraints.txt")]
            where = self._uv_index(index_url) if self.uv else _pip_index(index_url)
            argv = self._uv(python, refresh, report) if self.uv else _pip(python, refresh, report)
            drop = FOREIGN if index_url is None else (*FOREIGN, *INDEXES)
            done = run(
                [*argv, *where, *wanted], cwd=folder, env=_environment(index_url), drop=drop, timeout=timeout
            )
        if report is not None and self.uv and done.ok:
            replace_text(report, done.out)
        return done

    def freeze(self, python: Path) -> tuple[str, ...]:
        """What an environment holds: `name==version`, names normalised (PEP 503), sorted."""
        done = self.inspect(python, _LISTING)
        if not done.ok:
            raise fail("environment-failed", f"{python} does not run", context=done.tail)
        return tuple(json.loads(done.out))

    def inspect(self, python: Path, code: str, *args: str) -> Finished:
        """Run a piece of Python in an environment, isolated from the caller's variables, user site and folder."""
        return run([python, "-I", "-c", code, *args], drop=FOREIGN)

    def _uv(self, python: Path, refresh: Sequence[str], report: Path | None) -> list[str]:
        """uv's command line, up to what is installed."""
        fresh = [word for name in refresh for word in ("--refresh-package", name)]
        told = ["--output-format", "json"] if report is not None else []
        return [str(self.uv), "pip", "install", "--no-progress", "--python", str(python), *fresh, *told]

    def _uv_index(self, index_url: str | None) -> list[str]:
        """The index for uv. It does not read pip's configuration, so a person's index there is handed on."""
        if index_url is not None:
            return ["--no-config", "--default-index", index_url]
        if os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL"):
            return []
        configured = index_of_pip()
        return ["--default-index", configured] if configured else []


def _pip(python: Path, refresh: Sequence[str], report: Path | None) -> list[str]:
    """pip's command line, up to what is installed. A stale answer is kept out by keeping pip's cache out."""
    fresh = ["--no-cache-dir"] if refresh else []
    told = ["--report", str(report)] if report is not None else []
    quiet = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    return [str(python), "-I", "-m", "pip", "install", *quiet, *fresh, *told]


def _pip_index(index_url: str | None) -> list[str]:
    return [] if index_url is None else ["--index-url", index_url]


def _environment(index_url: str | None) -> Mapping[str, str]:
    """Variables for an installation: no other index than the one named, no proxy before one on this machine."""
    env = {"UV_PYTHON_DOWNLOADS": "never", "PYTHONNOUSERSITE": "1", "PIP_REQUIRE_VIRTUALENV": "0"}
    for name in ("NO_PROXY", "no_proxy"):
        env[name] = ",".join(filter(None, (os.environ.get(name), *LOOPBACK)))
    if index_url is not None:
        env["PIP_CONFIG_FILE"] = os.devnull
        bundle = ca_bundle()
        env |= {"PIP_CERT": bundle} if bundle else {}
    return env
