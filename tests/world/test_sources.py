"""The Python sources of wheels and folders: what is read, what is refused, and that nothing is unpacked."""

from __future__ import annotations

import os

import pytest

from kit.index import make_wheel
from trainer_release.errors import ReleaseError
from trainer_release.world import sources


def test_the_sources_of_a_wheel_are_those_that_it_installs(tmp_path):
    files = {
        "pkg/x.py": "x = 1\n",
        "pkg/stub.pyi": "y: int\n",
        "pkg/data.txt": "z",
        "pkg-1.0.data/purelib/pkg/pure.py": "p = 1\n",
        "pkg-1.0.data/scripts/run.py": "r = 1\n",
    }
    wheel = make_wheel(tmp_path, "pkg", "1.0", files=files)
    assert set(sources.in_wheel(wheel)) == {"pkg/__init__.py", "pkg/x.py", "pkg/stub.pyi", "pkg/pure.py"}
    assert sources.in_wheel(wheel)["pkg/pure.py"] == b"p = 1\n"
    assert [path.name for path in tmp_path.iterdir()] == [wheel.name]


def test_a_wheel_that_is_none_or_holds_a_bomb_is_refused(tmp_path):
    (tmp_path / "x.whl").write_bytes(b"PK")
    with pytest.raises(ReleaseError, match="cannot be read"):
        sources.in_wheel(tmp_path / "x.whl")
    bomb = make_wheel(tmp_path, "bomb", "1.0", files={"bomb/a.py": "#" * 600, "bomb/b.py": "#" * 600})
    assert len(sources.in_wheel(bomb)) == 3
    with pytest.raises(ReleaseError, match="more than 1000 bytes"):
        sources.in_wheel(bomb, limit=1000)


def test_src_is_looked_at_before_the_folder_and_the_folders_in_it(tmp_path):
    for place in ("python/pkg", "pkg", "src/pkg"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "__init__.py").write_text(place)
        found = sources.in_folder(tmp_path, ["pkg"])
        assert found == (f"{place.removesuffix('pkg')}", {"pkg/__init__.py": place.encode()})
    assert sources.in_folder(tmp_path, ["other"]) is None
    assert sources.in_folder(tmp_path / "nowhere", ["pkg"]) is None


def test_single_modules_are_found_and_links_to_nowhere_passed_over(tmp_path):
    (tmp_path / "one.py").write_text("x = 1")
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "gone.py").symlink_to(tmp_path / "nowhere.py")
    os.mkfifo(tmp_path / "two" / "pipe.py")
    (tmp_path / "two" / "not-a-name").mkdir()
    (tmp_path / "two" / "not-a-name" / "x.py").write_text("")
    assert sources.in_folder(tmp_path, ["one", "two"]) == ("", {"one.py": b"x = 1"})
