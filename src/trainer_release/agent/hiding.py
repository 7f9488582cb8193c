"""What tests must not see of the machine: the sources around them, and what is kept of other modules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from trainer_release.agent.environments.making import Environment
from trainer_release.model.testing import Attempt, Cell, TestResult

_TOPS = (".git", ".hg", "versions.yaml")
_ENVIRONMENT = "pyvenv.cfg"


def hidden(cell: Cell, made: Environment, cache: Path | None, needed: Iterable[Path]) -> tuple[str, ...]:
    """The folders to cover: the repositories (or projects) that tests come from, the folders of the wheels, what
    lies in the cache but the cell's own environment. What holds something that is `needed` is opened, and the rest of
    it covered; an environment that we run in ourselves stays as it is.

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


def tried(cell: Cell, tests: Iterable[TestResult], known: Iterable[Attempt]) -> tuple[Attempt, ...]:
    """The attempts to reach what is absent that only the texts of failed tests tell: by a path into what is hidden, or
    in a child, where no guard is."""
    told = {(each.name, each.test) for each in known}
    found: dict[tuple[str, str], Attempt] = {}
    for each in tests:
        for name, module in cell.absent.items() if each.text else ():
            where = _path_to(name, cell.conduct.hidden, each.text)
            missed = where or f"No module named '{name}'" in each.text
            if missed and (name, each.test) not in told:
                found[name, each.test] = Attempt(name, module, each.test, where, each.test)
    return tuple(found.values())


def _path_to(name: str, hidden: Iterable[str], text: str) -> str:
    """A path in a text that leads to a module of this name below what is hidden; empty where there is none."""
    part = re.escape(name.replace(".", "/"))
    for folder in hidden:
        found = re.search(rf"{re.escape(folder)}/(?:[^\s'\"]*/)?{part}(?=[/.'\"-])[^\s'\"]*", text)
        if found:
            return found[0]
    return ""
