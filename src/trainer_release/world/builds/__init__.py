"""Builds: a source folder in, one sdist and one wheel out. Others know `Builder` and `find_uv` alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock
from typing import Any, Self

from trainer_release.world.builds.isolated import Backend, requirements, unpack
from trainer_release.world.builds.kept import Cache, cache_folder
from trainer_release.world.builds.shared import Environments
from trainer_release.world.builds.workers import Workers, possible
from trainer_release.world.cache import build_of
from trainer_release.world.files import remove_tree, scratch
from trainer_release.world.venvs import Venvs

__all__ = ["Builder", "find_uv"]

_FINDING = Lock()


def find_uv() -> str | None:
    """The path of uv: the installed package's own, else the one on PATH; None where there is neither."""
    try:
        from uv import find_uv_bin

        with _FINDING:  # it reads the interpreter's configuration, whose first reading several threads do not survive
            return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        return shutil.which("uv")


class Builder:
    """Builds packages with one interpreter. Owns the build environments of a run and removes them at exit.

    `python` is an interpreter's absolute path, `uv` the path of uv or None. `build` may run in threads. `isolated`
    wants environments that are made for this run and a new interpreter for every call of a backend; else environments
    are kept below `cache` (the user's cache folder; only with uv, which tells what requirements mean now), and workers
    call the backends where the system can fork. `constraints` bound what environments hold, as `name==version`.
    """

    def __init__(
        self,
        python: str,
        uv: str | None,
        *,
        isolated: bool = False,
        cache: Path | None = None,
        constraints: Sequence[str] = (),
    ) -> None:
        self._root = Path(mkdtemp(prefix="trainer-release-builds-")).resolve()
        venvs = Venvs(python, uv)
        self._conditions = [build_of(python), bool(uv), isolated, sorted(constraints)]
        fast = possible() and not isolated
        home = (cache or cache_folder()) if fast else None
        self._environments = Environments(venvs, self._root, Cache(venvs, home) if home else None, constraints)
        self._workers = Workers() if fast else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._environments.close()
        if self._workers:
            self._workers.close()
        remove_tree(self._root)

    def expect(self, sources: Iterable[Path]) -> None:
        """Tell which packages will be built: their environments are made in the background, several at once."""
        self._environments.expect(map(requirements, sources))

    def build(
        self,
        source: Path,
        out: Path,
        *,
        epoch: int,
        wheel_from: str = "sdist",
        env: Mapping[str, str] | None = None,
        timeout: float = 3600,
    ) -> tuple[Path, ...]:
        """Build the sdist, then the wheel from it (`wheel_from="tree"`: from the source folder), into `out`.

        `epoch` becomes SOURCE_DATE_EPOCH; `env` is added for this package alone; `timeout` bounds each call of the
        backend, in seconds (compilers may take long). Backends may write into the source folder: hand over a work tree
        or copy. Codes: `build-failed`, `build-timeout`, `build-incomplete`, `environment-failed`.
        """
        with scratch("build") as folder:
            backend = Backend(self._environments, self._workers, source, folder, epoch, timeout, env)
            sdist = backend.build(source, "sdist", folder / "sdist")
            tree = source if wheel_from == "tree" else unpack(sdist, folder / "source", source.name)
            wheel = backend.build(tree, "wheel", folder / "wheel")
            out.mkdir(parents=True, exist_ok=True)
            return tuple(Path(shutil.move(built, out / built.name)) for built in (sdist, wheel))

    @property
    def conditions(self) -> list[Any]:
        """What builds depend on besides their sources, as JSON: the interpreter, whether by uv, within which bounds."""
        return self._conditions

    def installed(self) -> tuple[str, ...]:
        """What the build environments hold so far, `name==version`, sorted: the conditions of a record."""
        return self._environments.installed()
