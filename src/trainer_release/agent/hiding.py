"""What tests must not see of the machine: the sources around them, and what is kept of other modules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from trainer_release.agent.making import Environment
from trainer_release.model.testing import Cell

_TOPS = (".git", ".hg", "versions.yaml")
_ENVIRONMENT = "pyvenv.cfg"


def hidden(cell: Cell, made: Environment, cache: Path | None, needed: Iterable[Path]) -> tuple[str, ...]:
    """The folders to cover: the repositories (or projects) that tests come from, the folders of the wheels, what
    lies in the cache but the cell's own environment. What holds something that is `needed` is opened, and the rest of it
    covered; an environment that we run in ourselves stays as it is.

    An environment that is tested as it stands may import from anywhere: nothing is hidden from it.
    """
    if cell.existing:
        return ()
    kept = [place.resolve() for place in (made.prefix, Path(cell.python), *needed)]
    tops = [_top(Path(source.config or source.path)) for source in cell.tests]
    tops += [Path(wheel.path).parent for wheel in (*cell.wheels, *cell.siblings)]
    tops += [cache] if cache else []
    return tuple(sorted({str(place) for top in tops for place in _around(top.resolve(), kept)}))


def _top(folder: Path) -> Path:
    """The outermost folder of the repository that holds a folder; the folder itself where none does."""
    around = [folder.resolve(), *folder.resolve().parents]
    return next((place for place in around if any((place / name).exists() for name in _TOPS)), around[0])


def _around(folder: Path, kept: list[Path]) -> Iterator[Path]:
    inside = [place for place in kept if place.is_relative_to(folder)]
    if not inside:
        yield folder
    elif folder not in inside and folder.is_dir() and not (folder / _ENVIRONMENT).exists():
        for each in folder.iterdir():
            if each.is_dir() and not each.is_symlink():
                yield from _around(each, inside)
