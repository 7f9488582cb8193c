"""Where tests are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.cells import module, suite, write
from trainer_release.agent.discover import REPOSITORY, files_of, integration_tests, module_tests
from trainer_release.errors import ReleaseError


@pytest.fixture(autouse=True)
def no_repository(monkeypatch):
    monkeypatch.delenv(REPOSITORY, raising=False)


def names(source) -> list[str]:
    return [path.relative_to(source.path).as_posix() for path in files_of(source)]


def test_a_module_s_own_tests_leave_the_integration_tests_out(tmp_path):
    write(tmp_path, {"packages/one/tests/test_b.py": "", "packages/one/tests/unit/a_test.py": ""})
    write(tmp_path, {"packages/one/tests/integration/test_c.py": "", "packages/one/tests/helpers.py": ""})
    (found,) = module_tests(tmp_path, module("one"))
    assert (found.origin, found.ignore) == ("module", ("integration",))
    assert names(found) == ["test_b.py", "unit/a_test.py"]


def test_the_folder_may_be_called_test(tmp_path):
    write(tmp_path, {"packages/one/test/test_a.py": ""})
    (found,) = module_tests(tmp_path, module("one"))
    assert names(found) == ["test_a.py"]


@pytest.mark.parametrize("given", [module("one"), module("one", project=False)])
def test_a_module_without_tests_or_without_a_project_has_none(tmp_path, given):
    assert module_tests(tmp_path, given) == ()


def test_the_workspace_s_configuration_counts_where_the_module_has_none(tmp_path):
    write(tmp_path, {"pytest.ini": "", "packages/one/tests/test_a.py": "", "packages/two/tests/test_a.py": ""})
    write(tmp_path, {"packages/two/pytest.ini": ""})
    configs = [Path(module_tests(tmp_path, module(name))[0].config) for name in ("one", "two")]
    assert configs == [tmp_path, tmp_path / "packages/two"]


def test_integration_tests_come_from_root_umbrella_folder_and_repository(tmp_path, monkeypatch):
    write(tmp_path / "w", {"tests/integration/test_a.py": "# a", "apps/core/tests/integration/test_b.py": "# b"})
    write(tmp_path / "w", {"apps/other/tests/integration/test_c.py": "# c"})
    write(tmp_path / "repo", {"tests/test_d.py": "# d", "tests/test_e.py": "# b"})
    monkeypatch.setenv(REPOSITORY, str(tmp_path / "repo"))
    monkeypatch.chdir(tmp_path / "w/apps/other")
    known = suite(module("core", umbrella=True, path="apps/core"))
    found = integration_tests(tmp_path / "w", known, None)
    assert [source.origin for source in found] == [
        "tests/integration",
        "apps/core/tests/integration",
        "apps/other/tests/integration",
        f"repo:{tmp_path / 'repo'}",
    ]
    assert [names(source) for source in found] == [["test_a.py"], ["test_b.py"], ["test_c.py"], ["test_d.py"]]


def test_a_source_that_only_repeats_another_is_left_out(tmp_path):
    write(tmp_path, {"tests/integration/test_a.py": "# a", "repo/tests/test_copy.py": "# a"})
    found = integration_tests(tmp_path, None, None, here=tmp_path, repository=str(tmp_path / "repo"))
    assert [source.origin for source in found] == ["tests/integration"]


def test_a_folder_outside_the_workspace_is_named_in_full(tmp_path):
    write(tmp_path, {"elsewhere/tests/integration/test_a.py": ""})
    (found,) = integration_tests(tmp_path / "w", None, "apps/core", here=tmp_path / "elsewhere")
    assert found.origin == str(tmp_path / "elsewhere/tests/integration")


def test_a_repository_without_tests_is_an_error(tmp_path):
    with pytest.raises(ReleaseError, match="integration-tests-missing"):
        integration_tests(tmp_path, None, None, here=tmp_path, repository=str(tmp_path))


def test_generated_tests_have_an_origin_of_their_own(tmp_path):
    write(tmp_path, {"tests/integration/test_a.py": "# a", "tests/integration/generated/test_b.py": "# b"})
    found = integration_tests(tmp_path, None, None, here=tmp_path)
    assert [(source.origin, names(source)) for source in found] == [
        ("tests/integration", ["test_a.py"]),
        ("generated", ["test_b.py"]),
    ]
    (tmp_path / "tests/integration/test_a.py").unlink()
    assert [source.origin for source in integration_tests(tmp_path, None, None, here=tmp_path)] == ["generated"]
