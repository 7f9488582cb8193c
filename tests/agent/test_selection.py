"""Which integration tests fit a choice of modules."""

from trainer_release.agent.selection import fitting, import_names, provided, undeclared
from trainer_release.model.catalog import Pin
from trainer_release.model.project import Project
from trainer_release.model.suite import Module
from trainer_release.model.testing import TestSource


def module(name, path):
    project = Project(path, f"trainer-{name}", "1.0.0", "pep621", ())
    return Module(name, project.package, "1.0.0", project, Pin.KEEP)


def written(folder, **files):
    for name, text in files.items():
        place = folder / f"{name}.py"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return TestSource("tests/integration", str(folder))


def test_a_file_that_imports_an_absent_module_is_left_out_and_says_what_it_needs(tmp_path):
    source = written(
        tmp_path / "tests",
        test_one="import trainer_one\n",
        test_both="from trainer_one import x\nfrom trainer_two.deep import y\n",
        test_late="def test_it():\n    import trainer_two\n",
    )
    kept, left = fitting([source], tmp_path, [module("two", "packages/two")])
    assert {(each.path, each.needs) for each in left} == {("test_both.py", ("two",)), ("test_late.py", ("two",))}
    assert set(kept[0].ignore) == {"test_both.py", "test_late.py"}


def test_a_source_of_which_nothing_is_left_is_dropped(tmp_path):
    source = written(tmp_path / "tests", test_two="import trainer_two\n")
    kept, left = fitting([source], tmp_path, [module("two", "packages/two")])
    assert kept == ()
    assert len(left) == 1


def test_a_file_that_does_not_parse_is_kept_so_that_pytest_says_what_is_wrong(tmp_path):
    source = written(tmp_path / "tests", test_broken="import (\n")
    kept, left = fitting([source], tmp_path, [module("two", "packages/two")])
    assert len(kept) == 1
    assert left == ()


def test_relative_imports_name_no_module(tmp_path):
    source = written(tmp_path / "tests", test_near="from . import trainer_two\nfrom .trainer_two import x\n")
    assert fitting([source], tmp_path, [module("two", "packages/two")])[1] == ()


def test_a_module_is_known_by_the_packages_in_its_folders(tmp_path):
    for place in ("packages/two/src/other_name", "packages/two/flat", "packages/two/tests"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "__init__.py").touch()
    assert import_names(tmp_path, module("two", "packages/two")) == {"trainer_two", "other_name", "flat"}


def test_what_is_not_declared_is_named_by_what_it_is_imported_by(tmp_path):
    modules = [module(name, f"packages/{name}") for name in ("one", "two", "three")]
    for path in ("one/src/trainer_one", "three/src/trainer_ns/three", "three/trainer_three", "three/tests"):
        written(tmp_path / "packages" / path, __init__="")
    names = provided(tmp_path, modules)
    assert undeclared(names, modules[:2]) == {"trainer_ns.three": "three", "trainer_three": "three"}
