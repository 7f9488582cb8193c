"""Distributions copied from one environment to another."""

from __future__ import annotations

from pathlib import Path

from kit.cells import write
from trainer_release.world.copies import take
from trainer_release.world.site_packages import read

SITE = "lib/python3.11/site-packages"


def installed(prefix: Path, name: str, files: dict[str, str]) -> None:
    """A distribution whose RECORD lists these files, paths as an installer writes them."""
    info = f"{name}-1.0.dist-info"
    texts = files | {f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"}
    record = "".join(f"{path},,\n" for path in (*texts, f"{info}/RECORD"))
    write(prefix / SITE, texts | {f"{info}/RECORD": record})


def taken(there: Path, here: Path) -> bool:
    (here / SITE).mkdir(parents=True, exist_ok=True)
    return take(read(there / SITE), read(here / SITE), here)


def test_what_lacks_is_copied_with_scripts_compiled_code_modes_and_times(tmp_path):
    there, here = tmp_path / "there", tmp_path / "here"
    installed(there, "one", {"one/__init__.py": "x = 1\n", "../../../bin/one": "#!/bin/sh\n"})
    write(
        there / SITE, {"one/__pycache__/__init__.cpython-311.pyc": "code", "one/__pycache__/gone.cpython-311.pyc": ""}
    )
    (there / "bin/one").chmod(0o755)
    assert taken(there, here)
    files = {path.relative_to(here).as_posix() for path in here.rglob("*") if path.is_file()}
    own = {"one/__init__.py", "one/__pycache__/__init__.cpython-311.pyc"}
    own |= {f"one-1.0.dist-info/{name}" for name in ("METADATA", "RECORD")}
    assert files == {"bin/one"} | {f"{SITE}/{path}" for path in own}
    for path in files:
        before, after = (there / path).stat(), (here / path).stat()
        assert (before.st_mode, before.st_mtime_ns) == (after.st_mode, after.st_mtime_ns)
        assert before.st_ino != after.st_ino


def test_what_is_there_in_any_version_stays(tmp_path):
    there, here = tmp_path / "there", tmp_path / "here"
    installed(there, "one", {"one.py": "new\n"})
    installed(here, "one", {"one.py": "old\n"})
    installed(there, "two", {"two.py": ""})
    assert taken(there, here)
    assert (here / SITE / "one.py").read_text() == "old\n"
    assert (here / SITE / "two.py").exists()


def test_nothing_is_copied_over_a_file_that_is_there(tmp_path):
    there, here = tmp_path / "there", tmp_path / "here"
    installed(there, "one", {"a.py": "", "shared.py": "theirs\n"})
    installed(here, "two", {"shared.py": "ours\n"})
    assert not taken(there, here)
    assert not (here / SITE / "a.py").exists()


def test_a_record_leads_to_nothing_outside_of_the_environment(tmp_path):
    there, here = tmp_path / "deep/there", tmp_path / "here"
    write(tmp_path, {"deep/secret": "x"})
    installed(there, "one", {"one.py": ""})
    record = there / SITE / "one-1.0.dist-info/RECORD"
    record.write_text(record.read_text() + "../../../../secret,,\n" + f"{tmp_path}/deep/secret,,\n")
    assert taken(there, here)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "here"]
