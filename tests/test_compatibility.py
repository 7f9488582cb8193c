"""The check that a user's environment holds exactly one suite version."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

import trainer_release
from kit.cells import oldest
from kit.index import make_wheel
from trainer_release import compatibility
from trainer_release.compatibility import VersionMismatchError, check_version_compatibility
from trainer_release.world.process import run
from trainer_release.world.venvs import interpreter

SUITE = {
    "schema": "trainer-release/suite/v1",
    "suite": "kit",
    "version": "2.0.0",
    "modules": {"kit-core": "2.0.0", "kit-one": "1.0.0", "kit.two": "1.1rc1"},
}
INSTALLED = (("kit-core", "2.0.0"), ("kit-one", "1.0.0"), ("kit_two", "1.1rc1"))


def install(folder: Path, name: str, version: str, **files: str) -> None:
    """Unpack a wheel into a folder, as an installer would."""
    with zipfile.ZipFile(make_wheel(folder / "wheels", name, version, files=files)) as wheel:
        wheel.extractall(folder)


@pytest.fixture
def site(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "site"
    for name, version in INSTALLED:
        install(folder, name, version)
    monkeypatch.syspath_prepend(folder)
    return folder


def written(folder: Path, content: object) -> Path:
    path = folder / "given.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_suite_file_that_is_met_says_nothing(site, tmp_path):
    check_version_compatibility(written(tmp_path, SUITE))
    check_version_compatibility(str(written(tmp_path, SUITE)))
    check_version_compatibility(SUITE)


def test_a_manifest_is_understood_too(site):
    versions = SUITE["modules"].items()
    check_version_compatibility(
        {"suite_version": "2.0.0", "modules": {name: {"version": version} for name, version in versions}}
    )


def test_every_mismatch_is_named_at_once(site):
    wanted = {"kit-one": "1.0.1", "kit-two": "1.1", "kit-three": "3.0", "kit-core": "2.0.0"}
    with pytest.raises(VersionMismatchError, match=r"(?s)suite version 9\.0.*kit-one.*kit-two.*kit-three") as caught:
        check_version_compatibility({"suite_version": "9.0", "modules": wanted})
    assert caught.value.mismatches == [
        ("kit-one", "1.0.1", "1.0.0"),
        ("kit-two", "1.1", "1.1rc1"),
        ("kit-three", "3.0", None),
    ]
    assert caught.value.reasons["kit-three"] == "3.0 expected, not installed"


def test_an_editable_install_of_the_right_version_is_named(site):
    direct = {"url": "file:///home/me/kit-one", "dir_info": {"editable": True}}
    (site / "kit_one-1.0.0.dist-info" / "direct_url.json").write_text(json.dumps(direct))
    with pytest.raises(VersionMismatchError, match="editable install of file:///home/me/kit-one") as caught:
        check_version_compatibility(SUITE)
    assert caught.value.mismatches == [("kit-one", "1.0.0", "1.0.0")]


def test_an_ordinary_install_from_a_file_is_no_mismatch(site):
    (site / "kit_one-1.0.0.dist-info" / "direct_url.json").write_text('{"url": "file:///x.whl", "archive_info": {}}')
    check_version_compatibility(SUITE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.0", "1.0.0"),
        ("1.0rc1", "1.0.0-RC.1"),
        ("v2", "2.0"),
        ("1.0alpha2", "1.0a2"),
        ("1.0+a-b", "1.0+a.b"),
        ("1.0.post1", "1.0-post1"),
    ],
)
def test_spellings_of_one_version_are_equal(one, other):
    assert compatibility.canonical(one) == compatibility.canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1.0", "1.0.1"), ("1.0", "1.0rc1"), ("1.0", "1!1.0"), ("1.0", "1.0+x"), ("10", "1.0"), ("odd", "1")],
)
def test_different_versions_are_different(one, other):
    assert compatibility.canonical(one) != compatibility.canonical(other)


@pytest.mark.parametrize("content", [[], {}, {"modules": {}}, {"modules": {"a": 1}}, {"modules": {"a": {}}}, "text"])
def test_what_is_neither_manifest_nor_suite_file_is_a_value_error(tmp_path, content):
    with pytest.raises(ValueError, match="given.json"):
        check_version_compatibility(written(tmp_path, content))


def test_a_file_that_is_no_json_is_a_value_error(tmp_path):
    path = tmp_path / "given.json"
    path.write_text("{")
    with pytest.raises(ValueError, match="is not JSON"):
        check_version_compatibility(path)


def test_the_package_offers_the_check_by_name():
    assert trainer_release.check_version_compatibility is check_version_compatibility
    assert trainer_release.VersionMismatchError is VersionMismatchError


def test_the_command_answers_in_json_and_with_its_exit_code(site, tmp_path, capsys):
    path = str(written(tmp_path, SUITE))
    assert compatibility.main([path, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "ok": True,
        "suite_version": "2.0.0",
        "checked": ["kit-core", "kit-one", "kit.two"],
        "mismatches": [],
    }
    path = str(written(tmp_path, SUITE | {"modules": {"kit-one": "1.0.1"}}))
    assert compatibility.main([path, "--json"]) == 4
    (mismatch,) = json.loads(capsys.readouterr().out)["mismatches"]
    assert mismatch == {
        "package": "kit-one",
        "expected": "1.0.1",
        "found": "1.0.0",
        "reason": "1.0.1 expected, 1.0.0 found",
    }


def test_the_command_speaks_plainly_without_json(site, tmp_path, capsys):
    assert compatibility.main([str(written(tmp_path, SUITE))]) == 0
    assert capsys.readouterr().out == "suite version 2.0.0: 3 packages as listed\n"
    assert compatibility.main([str(written(tmp_path, SUITE | {"modules": {"kit-x": "1"}}))]) == 4
    assert "  kit-x: 1 expected, not installed" in capsys.readouterr().out


def test_without_a_file_the_embedded_one_is_found(site, capsys):
    assert compatibility.main(["--name", "kit-suite.json"]) == 6
    assert "no installed distribution embeds a suite file" in capsys.readouterr().err
    install(site, "kit-core", "2.0.0", **{"kit_core/kit-suite.json": json.dumps(SUITE)})
    install(site, "kit-other", "1.0", **{"kit_other/kit-suite.json": "[]"})
    assert compatibility.main(["--name", "kit-suite.json"]) == 0
    assert "suite version 2.0.0" in capsys.readouterr().out


def test_of_two_embedded_suite_files_one_has_to_be_named(site, capsys):
    for name in ("kit-core", "kit-rival"):
        stem = name.replace("-", "_")
        install(site, name, "2.0.0", **{f"{stem}/kit-suite.json": json.dumps(SUITE)})
    assert compatibility.main(["--name", "kit-suite.json"]) == 6
    assert "several suite files are installed" in capsys.readouterr().err


def test_a_file_that_is_missing_or_bad_is_told_apart(tmp_path, capsys):
    assert compatibility.main([str(tmp_path / "none.json")]) == 6
    assert compatibility.main([str(written(tmp_path, {}))]) == 3
    assert "lists no modules" in capsys.readouterr().err


@pytest.mark.parametrize("python", [interpreter(), oldest()], ids=["this", "3.9"])
def test_the_file_runs_by_its_path_in_an_interpreter_that_has_nothing_of_ours(python, tmp_path):
    if python is None:
        pytest.skip("no Python 3.9 lies beside this one")
    path = written(tmp_path, {"modules": {"kit-none": "1.0"}})
    done = run([python, "-I", compatibility.__file__, path, "--json"])
    assert (done.code, done.err) == (4, "")
    assert json.loads(done.out)["mismatches"][0]["found"] is None
