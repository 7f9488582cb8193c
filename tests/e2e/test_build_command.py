"""`build`: every module of HEAD becomes an sdist and a wheel in one folder, or each complaint is said once."""

from __future__ import annotations

from kit.suite import PAIR, tiny


def test_every_module_is_built_into_one_folder_and_what_is_not_committed_is_left_out(tmp_path):
    work = tiny(tmp_path / "mill", tmp_path / "home", PAIR)
    work.write("packages/a/mill_a.py", "not python")
    done = work.run("build", "--out", str(tmp_path / "dist"))
    assert "dirty-tree" in done.err
    names = [f"mill_{name}-1.0.0{end}" for name in ("a", "b", "core") for end in ("-py3-none-any.whl", ".tar.gz")]
    assert sorted(path.name for path in (tmp_path / "dist").iterdir()) == names
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "dist").iterdir()} == {0o644}


def test_a_build_requirement_that_no_index_has_is_said_once_for_all_modules(tmp_path):
    work = tiny(tmp_path / "mill", tmp_path / "home", PAIR)
    for path in ("packages/a", "packages/b"):
        work.replace(f"{path}/pyproject.toml", "flit_core>=3.11,<5", "flit_core==0.0.0.dev7")
    work.commit()
    err = work.run("build", "--out", str(tmp_path / "dist"), code=5).err
    assert err.count("could not be installed: flit_core==0.0.0.dev7") == 1
