"""What is measured: our wheel in an environment of its own, and the peers, pinned, in others; made once and kept."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from generated import ALONE, PERSON

ROOT = Path(__file__).parents[1]
PINS = Path(__file__).with_name("peers.txt")
LERNA = "9.0.7"
PYTHON = os.path.realpath(sys._base_executable)  # noqa: SLF001 - CPython's own: a shim, or a link, costs a start of its own
FOREIGN = ("PYTHON", "VIRTUAL_ENV", "GIT_", "COVERAGE_", "NX_")


@dataclass(frozen=True)
class Tools:
    """`ours` is the folder with python, trainer-release and uv; `peers` that with build, twine and bump-my-version;
    None where they are not wanted, or cannot be had, and `why`."""

    ours: Path
    peers: Path | None
    lerna: Path | None
    why: Mapping[str, str]

    def peer(self, name: str) -> Path:
        """The program of a peer that is there."""
        return (self.peers or self.ours) / name

    @property
    def python(self) -> Path:
        return self.ours / "python"

    @property
    def tool(self) -> Path:
        return self.ours / "trainer-release"


def environment(work: Path | None) -> dict[str, str]:
    """What every command sees: nobody's configuration, the interpreter named to uv, caches below `work` if given."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
    env |= PERSON | ALONE | {"NO_COLOR": "1", "NX_DAEMON": "false", "LC_ALL": "C.UTF-8"}
    env |= {"UV_PYTHON": PYTHON, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
    env |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return env | (caches(work / "cache") if work else {})


def caches(folder: Path) -> dict[str, str]:
    """The caches of all tools, ours among them, below one folder."""
    return {"XDG_CACHE_HOME": str(folder), "UV_CACHE_DIR": str(folder / "uv"), "PIP_CACHE_DIR": str(folder / "pip")}


def as_it_is() -> Tools:
    """The environment that runs this, and nobody else."""
    return Tools(Path(sysconfig.get_path("scripts")), None, None, {})


def installed(work: Path, tell: Callable[[str], None]) -> Tools:
    """Everything that can be had here, made below `work` where it is not there already."""
    env = environment(work)
    own = _digest(ROOT, "src", "pyproject.toml", "README.md", "LICENSE", "constraints.txt")
    _kept(work / "ours", own, lambda place: _ours(place, env), tell)
    _kept(work / "peers", _digest(ROOT, str(PINS)), lambda place: _pinned(place, env), tell)
    npm, why = shutil.which("npm"), {}
    if npm:
        _kept(work / "lerna", LERNA, lambda place: _lerna(place, npm, env), tell)
    else:
        why = {"lerna": "npm is not there"}
    lerna = work / "lerna" / "node_modules" / ".bin" / "lerna" if npm else None
    return Tools(work / "ours" / "bin", work / "peers" / "bin", lerna, why)


def _uv() -> Path:
    from uv import find_uv_bin

    return Path(find_uv_bin())


def _do(env: Mapping[str, str], *words: str | Path) -> None:
    done = subprocess.run([str(word) for word in words], env=dict(env), check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, words))} ended with {done.returncode}\n{done.stdout}{done.stderr}")


def _ours(place: Path, env: Mapping[str, str]) -> None:
    """Our wheel, built from this checkout, and what it needs."""
    _do(env, _uv(), "build", "--wheel", "--out-dir", place / "wheel", ROOT)
    _do(env, _uv(), "venv", "--python", PYTHON, "--allow-existing", place)
    (wheel,) = (place / "wheel").glob("*.whl")
    _install(env, place, wheel, "--constraint", ROOT / "constraints.txt")


def _pinned(place: Path, env: Mapping[str, str]) -> None:
    _do(env, _uv(), "venv", "--python", PYTHON, "--allow-existing", place)
    _install(env, place, "--requirement", PINS)


def _install(env: Mapping[str, str], place: Path, *what: str | Path) -> None:
    """Compiled, as every Python is after its first run."""
    _do(env, _uv(), "pip", "install", "--compile-bytecode", "--python", place / "bin" / "python", *what)


def _lerna(place: Path, npm: str, env: Mapping[str, str]) -> None:
    (place / "package.json").write_text(json.dumps({"private": True, "dependencies": {"lerna": LERNA}}))
    _do(env, npm, "install", "--prefix", place, "--no-audit", "--no-fund", "--loglevel=error")


def _kept(place: Path, stamp: str, make: Callable[[Path], None], tell: Callable[[str], None]) -> None:
    """Make it anew where it is not there, or is of something else."""
    said, stamp = place / "fits", f"{PYTHON} {sys.version} {stamp}"
    if said.is_file() and said.read_text() == stamp:
        return
    tell(f"installing {place.name}")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    make(place)
    said.write_text(stamp)


def _digest(root: Path, *names: str) -> str:
    """A hash over the files below these."""
    paths = sorted(
        path for name in names for path in ((root / name).rglob("*.*") if (root / name).is_dir() else [root / name])
    )
    found = [path for path in paths if path.is_file() and path.suffix != ".pyc"]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in found)).hexdigest()
