"""What tests must not see of the machine: the sources around them, and what is kept of other modules."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from trainer_release.agent.environments.making import Environment
from trainer_release.model.testing import Attempt, Cell, Conduct, TestResult

_TOPS = (".git", ".hg", "versions.yaml")


def hidden(
    cell: Cell, made: Environment, cache: Path | None, needed: Iterable[Path]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The folders to cover: the repositories (or projects) that tests come from, the folders of the wheels, the cache.
    And those to be seen all the same where they lie in one of them: the cell's environment, what its interpreter
    consists of, and what is `needed`.

    An environment that is tested as it stands may import from anywhere: nothing is hidden from it.
    """
    if cell.existing:
        return (), ()
    tops = [_top(Path(source.config or source.path)) for source in cell.tests]
    tops += [Path(wheel.path).parent for wheel in (*cell.wheels, *cell.siblings)]
    tops += [cache] if cache else []
    shown = (made.prefix, Path(cell.python).resolve().parents[1], *needed)
    folders = {str(place) for top in tops for place in _narrowed(top.resolve())}
    return tuple(sorted(folders)), tuple(str(place.resolve()) for place in shown)


def _top(folder: Path) -> Path:
    """The repository that holds a folder; the folder itself where none does, or the whole of the machine."""
    around = [folder.resolve(), *folder.resolve().parents]
    return next((place for place in around[:-1] if any((place / name).exists() for name in _TOPS)), around[0])


def _narrowed(folder: Path) -> Iterator[Path]:
    """The folder; for one in which programs must be able to write, or which holds such a one, the folders in it."""
    home = os.path.expanduser("~")  # noqa: PTH111 (a user without one is no error)
    wide = [Path(place).resolve() for place in (home, "/tmp")]  # noqa: S108 (nothing is put there)
    if folder == Path(folder.anchor):
        return
    if not any(place.is_relative_to(folder) for place in wide):
        yield folder
    else:
        for each in folder.iterdir():
            if each.is_dir() and not each.is_symlink():
                yield from _narrowed(each)


def tried(cell: Cell, tests: Iterable[TestResult], known: Iterable[Attempt]) -> tuple[Attempt, ...]:
    """The attempts to reach what is absent that only the texts of failed tests tell: by a path into what is hidden, or
    in a child, where no guard is."""
    told = {(each.name, each.test) for each in known}
    found: dict[tuple[str, str], Attempt] = {}
    for each in tests:
        for name, module in cell.absent.items() if each.text else ():
            where = _path_to(name, cell.conduct, each.text)
            missed = where or f"No module named '{name}'" in each.text
            if missed and (name, each.test) not in told:
                found[name, each.test] = Attempt(name, module, each.test, where, each.test)
    return tuple(found.values())


def _path_to(name: str, conduct: Conduct, text: str) -> str:
    """A path in a text that leads to a module of this name in what is hidden; empty where there is none."""
    part = re.escape(name.replace(".", "/"))
    for folder in conduct.hidden:
        for found in re.finditer(rf"{re.escape(folder)}/(?:[^\s'\"]*/)?{part}(?=[/.'\"-])[^\s'\"]*", text):
            if not any(found[0].startswith(f"{place}/") for place in conduct.shown):
                return found[0]
    return ""
