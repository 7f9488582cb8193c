"""Virtual environments: make one, install into it, look inside; by uv, else by venv and pip."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
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
    "UV_EXCLUDE_NEWER_PACKAGE",
    "PIP_UPLOADED_PRIOR_TO",
    "UV_OFFLINE",
)
"""Variables that would add to, or take from, the one index that is named."""

_LISTING = """
import importlib.metadata as metadata, json, re
def entry(dist):
    name = re.sub("[-_.]+", "-", dist.metadata["Name"]).lower()
    origin = json.loads(dist.read_text("direct_url.json") or "{}").get("url")
    return {"name": name, "version": dist.version, "url": origin}
print(json.dumps(sorted(map(entry, metadata.distributions()), key=lambda found: found["name"])))
"""


def interpreter() -> str:
    """The absolute path of the CPython behind this process: no environment's link, no version shim."""
    return os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)


class Venvs:
    """Makes environments of one interpreter. `python` is its absolute path, `uv` the path of uv or None."""

    def __init__(self, python: str, uv: str | None) -> None:
        self.python = python
        self.uv = uv

    def create(self, folder: Path, *, movable: bool = False) -> Path:
        """Make an empty environment in a folder, return its interpreter; where it is `movable` the scripts that uv puts
        there run beside any interpreter. Fails with `environment-failed`."""
        python = [*(["--relocatable"] if movable else []), "--python", self.python]
        by_uv = [str(self.uv), "venv", "--quiet", "--no-config", "--no-project", *python, str(folder)]
        by_venv = [self.python, "-I", "-m", "venv", str(folder)]
        done = run(by_uv if self.uv else by_venv, env={"UV_PYTHON_DOWNLOADS": "never"}, drop=FOREIGN)
        if not done.ok:
            raise fail(
                "environment-failed",
                f"no virtual environment could be made with {self.python}",
                hint=f"try `{self.python} -m venv /tmp/try`; if it fails, install its venv module",
                context=done.tail,
            )
        return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def pins(self, requirements: Sequence[str], constraints: Sequence[str] = ()) -> str | None:
        """What requirements resolve to now within constraints, for this interpreter: `name==version` with the hashes of
        its files, as pip's requirement files say it. None where uv is missing, nothing fits, or one has no version and
        hash."""
        if not self.uv:
            return None
        with scratch("resolve") as folder:
            replace_text(folder / "wanted.in", "".join(f"{line}\n" for line in requirements))
            replace_text(folder / "bounds.txt", "".join(f"{line}\n" for line in constraints))
            words = [
                "--quiet",
                "--no-header",
                "--no-annotate",
                "--generate-hashes",
                "--python",
                self.python,
                *(["--constraint", "bounds.txt"] if constraints else []),
                "wanted.in",
            ]
            done = run([self.uv, "pip", "compile", *words], cwd=folder, env=self._variables(None), drop=FOREIGN)
        named = [line for line in done.out.splitlines() if line[:1].strip()]
        return done.out if done.ok and named and all("==" in line and " @ " not in line for line in named) else None

    def resolve(self, requirements: Sequence[str], *, index_url: str, refresh: Sequence[str]) -> Finished:
        """Whether requirements resolve from that index alone, for this interpreter, whatever is cached of the packages
        in `refresh` and whatever a person's configuration holds back. By uv, which must be there."""
        with scratch("resolve") as folder:
            replace_text(folder / "wanted.in", "".join(f"{line}\n" for line in requirements))
            words = ["--quiet", "--python", self.python, "wanted.in"]
            words += [word for name in refresh for word in ("--refresh-package", name)]
            argv = [str(self.uv), "pip", "compile", *words]
            return run(argv, cwd=folder, env=self._variables(index_url), drop=(*FOREIGN, *INDEXES), timeout=120)

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
        """Install into the environment of `python`; the caller looks at how it ended.

        `wheels` are installed from their paths, never from an index. A constraint is `name==1.0`, or
        `name @ file:///…/name.whl`: then that file alone can satisfy the name, whatever an index offers.
        `index_url` None means the index that the person configured for uv or pip; else it is the only one.
        What is cached of the packages in `refresh` is not believed. `report` receives, as JSON, what the
        environment holds afterwards: name, version, and url (PEP 610), null for what an index gave.
        `timeout` is in seconds.
        """
        with scratch("install") as folder:
            bounds = folder / "constraints.txt"
            replace_text(bounds, "".join(f"{line}\n" for line in constraints))
            wanted = [
                *requirements,
                *map(str, wheels),
                *(["--constraint", str(bounds)] if constraints else []),
            ]
            drop = FOREIGN if index_url is None else (*FOREIGN, *INDEXES)
            argv = [*self._command(python, refresh), *wanted]
            done = run(argv, cwd=folder, env=self._variables(index_url), drop=drop, timeout=timeout)
        if report is not None and done.ok:
            replace_text(report, json.dumps(self._listing(python), indent=2) + "\n")
        return done

    def freeze(self, python: Path) -> tuple[str, ...]:
        """What an environment holds: `name==version`, names normalised (PEP 503), sorted."""
        return tuple(f"{found['name']}=={found['version']}" for found in self._listing(python))

    def inspect(self, python: Path, code: str, *args: str) -> Finished:
        """Run a piece of Python in an environment, away from the caller's variables and folder."""
        return run([python, "-I", "-c", code, *args], drop=FOREIGN)

    def _listing(self, python: Path) -> list[dict[str, str | None]]:
        done = self.inspect(python, _LISTING)
        if not done.ok:
            raise fail("environment-failed", f"{python} does not run", context=done.tail)
        listing: list[dict[str, str | None]] = json.loads(done.out)
        return listing

    def _command(self, python: Path, refresh: Sequence[str]) -> list[str]:
        """The words before what is installed. A stale answer is kept out of pip by keeping its cache out."""
        if self.uv:
            fresh = [word for name in refresh for word in ("--refresh-package", name)]
            return [self.uv, "pip", "install", "--no-progress", "--python", str(python), *fresh]
        quiet = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
        fresh = ["--no-cache-dir"] if refresh else []
        return [str(python), "-I", "-m", "pip", "install", *quiet, *fresh]

    def _variables(self, index_url: str | None) -> dict[str, str]:
        """The index, and no proxy before this machine. Its URL may hold a password: no argv shows it.

        uv does not read pip's configuration: a person's index there is handed on.
        """
        env = {"UV_PYTHON_DOWNLOADS": "never", "PYTHONNOUSERSITE": "1", "PIP_REQUIRE_VIRTUALENV": "0"}
        for name in ("NO_PROXY", "no_proxy"):
            env[name] = ",".join(filter(None, (os.environ.get(name), *LOOPBACK)))
        if index_url is not None:
            alone = {"UV_NO_CONFIG": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_CERT": ca_bundle() or ""}
            return env | alone | {"UV_DEFAULT_INDEX": index_url, "PIP_INDEX_URL": index_url}
        own = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL")
        configured = None if own or not self.uv else index_of_pip()
        return env | ({"UV_DEFAULT_INDEX": configured} if configured else {})
