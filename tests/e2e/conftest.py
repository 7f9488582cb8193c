"""One home and a few start states for all end-to-end tests, made once a run, whatever the number of workers."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from kit import at_index
from kit.suite import PAIR, ROW, Workspace, tiny

CHAIN = {"a": (), "b": ("a",), "c": ("b",)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def base(tmp_path_factory) -> Path:
    """A folder that all workers share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own


@pytest.fixture(scope="session")
def home(base) -> Path:
    place = base / "home"
    place.mkdir(exist_ok=True)
    return place


@pytest.fixture(scope="session")
def once(base) -> Callable[[str, Callable[[Path], Workspace]], Workspace]:
    """Make a start state under a name, or take the one that another worker has made."""

    def made(name: str, make: Callable[[Path], Workspace]) -> Workspace:
        folder, mark = base / name, base / f"{name}.done"
        with FileLock(base / f"{name}.lock"):
            if not mark.exists():
                make(folder)
                mark.touch()
        return Workspace(folder, home=base / "home")

    return made


@pytest.fixture
def fresh(tmp_path, home) -> Callable[..., Workspace]:
    """A new suite in a folder of its own: `fresh({"a": (), "b": ("a",)}, …)`, as `kit.suite.tiny`."""
    return lambda modules, **how: tiny(tmp_path / "suite", home, modules, **how)


@pytest.fixture
def prepared(once, home, tmp_path) -> Workspace:
    """A chain of three modules and their umbrella, 1.0.0 prepared and nothing published."""
    return once("prepared", lambda folder: chain(folder, home)).copy(tmp_path / "prepared")


def chain(folder: Path, home: Path) -> Workspace:
    work = tiny(folder, home, CHAIN)
    work.run("prepare", "1.0.0")
    return work


@pytest.fixture
def executed(once, home, tmp_path) -> Workspace:
    """The same, published on the embedded index."""

    def make(folder: Path) -> Workspace:
        work = once("prepared", lambda folder: chain(folder, home)).copy(folder)
        work.run("execute")
        return work

    return once("executed", make).copy(tmp_path / "executed")


@pytest.fixture
def pair(once, home, tmp_path) -> Workspace:
    """Two modules without an umbrella, prepared; not published, no remote."""

    def make(folder: Path) -> Workspace:
        work = tiny(folder, home, PAIR, umbrella=False, version="0.9.0", rows=ROW)
        work.run("prepare", "1.0.0")
        return work

    return once("pair", make).copy(tmp_path / "pair")


@pytest.fixture(scope="session")
def at_faulty(tmp_path_factory, home):
    """A pair prepared for an index of ours behind the faulty proxy, and for others whose networks are at fault."""
    with socket.socket() as free, socket.socket() as deaf:
        for each in (free, deaf):
            each.bind(("127.0.0.1", 0))
        deaf.listen(0)  # and nobody accepts
        closed, silent = (f"http://127.0.0.1:{each.getsockname()[1]}/simple/" for each in (free, deaf))
        others = {
            "plain": ("", ""),  # ours, without its JSON
            "no-such-host": ("", "http://index.invalid/simple/"),
            "refused": ("", closed),
            "tls": ("", "https://HERE/simple/"),
            "afar": ("", "http://index.example/simple/"),
            "uploads-refused": (closed, ""),
            "deaf": ("", silent),
        }
        with at_index.serving(tmp_path_factory.mktemp("faulty") / "suite", home, **others) as place:
            yield place


@pytest.fixture
def place(at_faulty, tmp_path, monkeypatch) -> at_index.Place:
    """The same with an empty index and a clock at its start, and this process in the environment of a person."""
    return at_index.fresh(at_faulty, tmp_path / "suite", monkeypatch)
