"""Wheels of a work tree: the same sources give the same bytes, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.cells import write
from kit.suite import project
from trainer_release.agent import wheels
from trainer_release.model.catalog import Pin
from trainer_release.model.suite import Module
from trainer_release.suite.layouts import read_project
from trainer_release.world import files
from trainer_release.world.builds import Builder, find_uv
from trainer_release.world.venvs import interpreter


@pytest.fixture(scope="module")
def builder(tmp_path_factory):
    with Builder(interpreter(), find_uv(), cache=tmp_path_factory.mktemp("builds")) as made:
        yield made


def built(builder: Builder, root: Path, tmp_path: Path, *, cache: str | None = "cache", text: str = "", **texts: str):
    """The wheel of the module in `root`, whose project says `text` too."""
    base = {"pyproject.toml": project("kit-one", "1.0", [], more=text), "kit_one.py": '"""A part."""\n'}
    write(root / "packages/one", base | texts)
    write(root, {"versions.yaml": ""})
    found = read_project("packages/one", lambda path: files.text_or_none(root / path))
    module = Module("one", "kit-one", "1.0", found, Pin.KEEP)
    place = tmp_path / f"work-{len([*tmp_path.iterdir()])}"
    kept = tmp_path / cache if cache else None
    (wheel,) = wheels.build(builder, root, [module], place, 1, cache=kept)
    return wheel, place.exists()


def test_a_wheel_of_the_same_sources_is_built_once_and_has_the_same_bytes(builder, tmp_path):
    root = tmp_path / "ws"
    first, worked = built(builder, root, tmp_path)
    again, worked_again = built(builder, root, tmp_path)
    assert (again, worked, worked_again) == (first, True, False)
    other, _ = built(builder, tmp_path / "elsewhere/ws", tmp_path, cache=None)
    assert other.sha256 == first.sha256
    changed, worked = built(builder, root, tmp_path, **{"kit_one.py": '"""Another."""\n'})
    assert worked
    assert changed.sha256 != first.sha256
    back, worked = built(builder, root, tmp_path)
    assert (back, worked) == (first, False)


def test_a_kept_wheel_with_other_bytes_is_built_again(builder, tmp_path):
    first, _ = built(builder, tmp_path / "ws", tmp_path)
    Path(first.path).write_bytes(b"harmed")
    again, worked = built(builder, tmp_path / "ws", tmp_path)
    assert worked
    assert files.sha256(Path(again.path)) == again.sha256 == first.sha256


def test_a_build_that_looks_at_other_folders_is_never_kept(builder, tmp_path):
    text = '[tool.kit]\nbeside = "../shared"\n'
    assert [built(builder, tmp_path / "ws", tmp_path, text=text)[1] for _ in range(2)] == [True, True]
