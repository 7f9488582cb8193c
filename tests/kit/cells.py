"""Modules with tests, as wheels and folders, and the cells to test them in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from kit.index import make_wheel
from trainer_release.agent.run import Tools
from trainer_release.agent.wheels import reference
from trainer_release.model.catalog import Pin
from trainer_release.model.project import Pinned, Project
from trainer_release.model.suite import Graph, Module, Suite
from trainer_release.model.testing import Cell, TestSource, WheelRef
from trainer_release.world.builds import find_uv
from trainer_release.world.venvs import Venvs, interpreter


def tools(cache: Path | None = None) -> Tools:
    """What a cell needs; nothing is kept unless a folder for it is given."""
    return Tools(Venvs(interpreter(), find_uv()), cache)


def oldest() -> str | None:
    """A Python 3.9, the oldest that a module's environment may have, where one lies beside this interpreter."""
    places = Path(interpreter()).parents[2].glob("3.9.*/bin/python")
    return next((str(path) for path in sorted(places)), None)


def wheel(
    folder: Path,
    name: str,
    version: str = "1.0",
    requires: Iterable[str] = (),
    lines: Iterable[str] = (),
    **files: str,
) -> WheelRef:
    return reference(make_wheel(folder, name, version, requires, files=files, lines=lines))


def write(folder: Path, texts: Mapping[str, str]) -> Path:
    for path, text in texts.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder


def source(folder: Path, texts: Mapping[str, str]) -> TestSource:
    """The tests folder of a project whose files are these."""
    write(folder, texts)
    return TestSource("module", str(folder / "tests"), str(folder))


def cell(tests: TestSource, wheels: tuple[WheelRef, ...] = (), **changes) -> Cell:
    given = {
        "siblings": (),
        "python": interpreter(),
        "requires": ("pytest>=8",),
        "mode": "isolated",
    } | changes
    names = tuple(each.package for each in wheels)
    return Cell(name="one", modules=names, wheels=wheels, tests=(tests,), **given)


def module(name: str, *needs: tuple[str, str], umbrella: bool = False, project: bool = True, **known) -> Module:
    """A module `kit-<name>`; `needs` are pairs of a place (`project.dependencies`) and a requirement."""
    pins = tuple(
        Pinned(where, text, text.split(">")[0].split("=")[0], "", (), None, False, lambda: 1, "pyproject.toml")
        for where, text in needs
    )
    path = known.pop("path", f"packages/{name}")
    held = Project(path, f"kit-{name}", "1.0", "pep621", pins, **known) if project else None
    return Module(name, f"kit-{name}", "1.0", held, Pin.KEEP, umbrella=umbrella)


def suite(*modules: Module) -> Suite:
    """A suite of these modules; who depends on whom is read from their `project.dependencies`."""
    names = {each.package: each.name for each in modules}
    depends = {
        each.name: tuple(
            names[pin.name]
            for pin in (each.project.requirements if each.project else ())
            if pin.where == "project.dependencies" and pin.name in names
        )
        for each in modules
    }
    return Suite(None, {each.name: each for each in modules}, Graph(depends, ()))
