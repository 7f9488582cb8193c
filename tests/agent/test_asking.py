"""What an environment holds, compared with the wheels it was made from."""

from __future__ import annotations

import zipfile

import pytest

from kit.cells import wheel
from trainer_release.agent.environments.asking import ask, differences, same
from trainer_release.world.site_packages import read
from trainer_release.world.venvs import interpreter


def installed(folder, ref, version=None, **changed):
    """A wheel unpacked as an installer would, with other texts in files."""
    with zipfile.ZipFile(ref.path) as archive:
        archive.extractall(folder, [name for name in archive.namelist() if ".data/" not in name])
    for path, text in changed.items():
        (folder / path).write_text(text)
    if version:
        (info,) = folder.glob(f"{ref.package.replace('-', '_')}-*.dist-info/METADATA")
        info.write_text(info.read_text().replace(f"Version: {ref.version}", f"Version: {version}"))


def test_only_the_wheel_s_own_version_and_bytes_are_no_difference(tmp_path):
    one, two = wheel(tmp_path, "kit-one"), wheel(tmp_path, "kit-two")
    for name in "abcd":
        (tmp_path / name).mkdir()
    installed(tmp_path / "a", one)
    assert differences([one], [two], read(tmp_path / "a")) == ()
    installed(tmp_path / "a", two)
    assert differences([one], [two], read(tmp_path / "a")) == ()
    installed(tmp_path / "b", two)
    assert differences([one], [two], read(tmp_path / "b")) == ("kit-one is not installed",)
    installed(tmp_path / "c", one, "1.1")
    installed(tmp_path / "c", two, "2")
    assert differences([one], [two], read(tmp_path / "c")) == (
        "kit-one 1.1 is installed, 1.0 was to be tested",
        "kit-two 2 is installed, 1.0 was to be tested",
    )
    installed(tmp_path / "d", one, **{"kit_one/__init__.py": "other"})
    assert differences([one], [two], read(tmp_path / "d")) == ("kit-one: kit_one/__init__.py is not the wheel's",)


def test_what_installers_move_is_not_compared(tmp_path):
    one = wheel(tmp_path, "kit-one", **{"kit_one-1.0.data/scripts/kit": "#!python\n"})
    (tmp_path / "site").mkdir()
    installed(tmp_path / "site", one)
    assert differences([one], [], read(tmp_path / "site")) == ()


@pytest.mark.parametrize(
    ("one", "other", "equal"), [("1.0", "1.0.0", True), ("1.0", "1.1", False), ("odd", "odd", True)]
)
def test_spellings_of_one_version_are_the_same(one, other, equal):
    assert same(one, other) is equal


def test_a_probe_that_dies_has_no_answer(monkeypatch, tmp_path):
    assert ask(interpreter(), "import", "antigravity_that_is_not_there") != []
    assert ask(str(tmp_path / "none"), "import", "json") is None
