"""Built files read in place, and held against the plan."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from kit.index import make_sdist, make_wheel, metadata
from trainer_release.errors import Exit, ReleaseError
from trainer_release.world.artifacts import dist, metadata_problems, read_metadata, record_of

INFO = "demo-1.0.dist-info"
MANY = ["other==1.0", 'other==1.0; extra == "all"', "third>=2,<3"]


def zipped(path: Path, *members: tuple[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members:
            archive.writestr(zipfile.ZipInfo(name), text)
    return path


def tarred(path: Path, *members: tuple[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, text in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ReleaseError) as caught:
        read_metadata(path)
    (problem,) = caught.value.problems
    assert (problem.code, problem.exit, problem.path) == ("artifact-invalid", Exit.GATE, str(path))
    return problem.message


def messages(path: Path, requires=None, package="demo", version="1.0") -> list[str]:
    problems = metadata_problems(path, package=package, version=version, requires=requires or {})
    assert all(problem.exit is Exit.GATE and problem.hint for problem in problems)
    return [problem.message for problem in problems]


def test_a_file_is_known_by_name_hash_and_size(tmp_path):
    path = make_wheel(tmp_path, "demo", "1.0")
    found = dist(path)
    assert (found.name, found.size) == (path.name, path.stat().st_size)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("make", [make_wheel, make_sdist])
def test_metadata_is_read_from_a_wheel_and_from_an_sdist(make, tmp_path):
    said = read_metadata(make(tmp_path, "Demo-Kit", "1.0", MANY))
    assert (said.name, said.version, said.requires_dist) == ("Demo-Kit", "1.0", tuple(MANY))
    assert (said.requires_python, said.classifiers, said.complete) == (None, (), True)


def test_python_extras_and_classifiers_are_read(tmp_path):
    lines = ["Requires-Python: >=3.9", "Provides-Extra: all", "Classifier: Typing :: Typed"]
    said = read_metadata(make_wheel(tmp_path, "demo", "1.0", lines=lines))
    assert (said.requires_python, said.provides_extra, said.classifiers) == (
        ">=3.9",
        ("all",),
        ("Typing :: Typed",),
    )


def test_record_gives_the_hash_of_every_file_but_itself(tmp_path):
    record = record_of(make_wheel(tmp_path, "demo", "1.0"))
    digest = base64.urlsafe_b64encode(hashlib.sha256(b'__version__ = "1.0"\n').digest()).rstrip(b"=").decode()
    assert record["demo/__init__.py"] == f"sha256={digest}"
    assert set(record) == {"demo/__init__.py", f"{INFO}/METADATA", f"{INFO}/WHEEL"}


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([("demo/__init__.py", "")], "0 files METADATA"),
        ([(f"{INFO}/METADATA", "x"), ("other-1.dist-info/METADATA", "x")], "2 files METADATA"),
        ([(f"{INFO}/METADATA", "x"), ("../evil.py", "")], "'../evil.py'"),
        ([(f"{INFO}/METADATA", "x"), ("/etc/evil", "")], "'/etc/evil'"),
        ([(f"{INFO}/METADATA", "x"), ("a\\evil.py", "")], "evil.py"),
        ([(f"{INFO}/METADATA", "x"), ("C:evil.py", "")], "'C:evil.py'"),
        ([(f"{INFO}/METADATA", "x" * ((1 << 20) + 1))], "1048577 bytes"),
        ([(f"{INFO}/METADATA", "Metadata-Version: 2.1\nName: demo\n")], "lacks Name or Version"),
    ],
)
def test_a_misleading_wheel_is_refused(members, said, tmp_path):
    assert said in refusal(zipped(tmp_path / "demo-1.0-py3-none-any.whl", *members))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_wheel_that_holds_a_file_twice_is_refused(tmp_path):
    twice = [(f"{INFO}/METADATA", metadata("demo", "1.0")), (f"{INFO}/METADATA", metadata("demo", "2.0"))]
    assert "2 times" in refusal(zipped(tmp_path / "demo-1.0-py3-none-any.whl", *twice))


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([("demo-1.0/setup.py", "")], "0 files PKG-INFO"),
        ([("demo-1.0/PKG-INFO", "x"), ("other/PKG-INFO", "x")], "2 files PKG-INFO"),
        ([("demo-1.0/PKG-INFO", "x"), ("demo-1.0/PKG-INFO", "y")], "2 times"),
        ([("demo-1.0/PKG-INFO", "x"), ("demo-1.0/../../evil", "")], "evil"),
        ([("demo-1.0/PKG-INFO", "x" * ((1 << 20) + 1))], "1048577 bytes"),
    ],
)
def test_a_misleading_sdist_is_refused(members, said, tmp_path):
    assert said in refusal(tarred(tmp_path / "demo-1.0.tar.gz", *members))


def test_a_link_that_poses_as_the_metadata_is_refused(tmp_path):
    path = tmp_path / "demo-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        link = tarfile.TarInfo("demo-1.0/PKG-INFO")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert "0 files PKG-INFO" in refusal(path)


@pytest.mark.parametrize("name", ["demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"])
@pytest.mark.parametrize("keep", [0, 60, 200])
def test_a_damaged_file_is_refused(name, keep, tmp_path):
    make = make_wheel if name.endswith(".whl") else make_sdist
    whole = make(tmp_path, "demo", "1.0").read_bytes()
    (tmp_path / name).write_bytes(whole[:keep])
    assert "cannot be read" in refusal(tmp_path / name)


def test_a_wheel_without_a_record_is_refused(tmp_path):
    path = zipped(tmp_path / "demo-1.0-py3-none-any.whl", (f"{INFO}/METADATA", ""))
    with pytest.raises(ReleaseError, match="0 files RECORD"):
        record_of(path)
    path.write_bytes(b"no zip")
    with pytest.raises(ReleaseError, match="cannot be read"):
        record_of(path)


@pytest.mark.parametrize("make", [make_wheel, make_sdist])
def test_a_file_that_says_what_was_planned_has_no_problem(make, tmp_path):
    path = make(tmp_path, "Demo_Kit", "1.0", MANY)
    requires = {"other": ("==1.0.0", "==1.0"), "third": ("<3,>=2",), "absent": ()}
    assert messages(path, requires, "demo.kit", "1") == []


def test_every_difference_is_named_at_once(tmp_path):
    path = make_wheel(tmp_path, "demo", "1.0", [*MANY, "direct @ https://index.example/direct-1.0-py3-none-any.whl"])
    requires = {"other": ("==1.1", "==1.1"), "third": (), "fourth": ("",)}
    found = messages(path, requires, "demo-kit", "1.1")
    assert [message.removeprefix(f"{path.name}: ") for message in found] == [
        "Name: expected demo-kit, found demo",
        "Version: expected 1.1, found 1.0",
        "Requires-Dist: expected no direct reference, found direct @ …",
        "Requires-Dist other: expected ==1.1 and ==1.1, found ==1.0 and ==1.0",
        "Requires-Dist third: expected no requirement, found <3,>=2",
        "Requires-Dist fourth: expected any version, found no requirement",
    ]


def test_an_occurrence_more_or_less_is_a_difference(tmp_path):
    path = make_wheel(tmp_path, "demo", "1.0", MANY)
    assert len(messages(path, {"other": ("==1.0",)})) == 1
    assert len(messages(path, {"other": ("==1.0", "==1.0", "==1.0")})) == 1


def test_what_the_build_requires_of_a_sibling_by_itself_admits_the_suites_version(tmp_path):
    path = make_wheel(tmp_path, "demo", "1.0", ["other>=1,<2", "other<1.5; python_version<'3.10'", "free"])
    said = metadata_problems(
        path, package="demo", version="1.0", requires={}, versions={"other": "1.9rc1", "free": "7"}
    )
    assert [each.message.partition(": ")[2] for each in said] == [
        "Requires-Dist other: expected one that admits 1.9rc1, found <1.5"
    ]


def test_a_local_version_is_refused_though_it_was_planned(tmp_path):
    (message,) = messages(make_wheel(tmp_path, "demo", "1.0+dirty"), version="1.0+dirty")
    assert "without a local part, found 1.0+dirty" in message


def test_a_file_name_that_contradicts_the_metadata_is_refused(tmp_path):
    path = make_wheel(tmp_path, "demo", "1.0").rename(tmp_path / "demo-2.0-py3-none-any.whl")
    assert messages(path) == ["demo-2.0-py3-none-any.whl: file name: expected demo 1.0, found demo 2.0"]
    odd = path.rename(tmp_path / "demo.whl")
    (message,) = messages(odd)
    assert "Invalid wheel filename" in message


def test_metadata_that_an_index_would_refuse_is_refused(tmp_path):
    lines = ["Requires-Python: three", "Provides-Extra: -"]
    (message,) = messages(make_wheel(tmp_path, "demo", "1.0", lines=lines))
    assert "requires-python" in message
    assert "provides-extra" in message


def test_a_damaged_file_is_one_problem_of_the_comparison(tmp_path):
    path = tmp_path / "demo-1.0.tar.gz"
    path.write_bytes(b"no archive")
    (message,) = messages(path)
    assert "cannot be read" in message


@pytest.mark.parametrize("said", ["Metadata-Version: 2.1", "Metadata-Version: 2.2\nDynamic: Requires-Dist"])
def test_an_sdist_with_dynamic_requirements_is_not_asked_about_them(said, tmp_path):
    text = f"{said}\nName: demo\nVersion: 1.0\n\n"
    path = tarred(tmp_path / "demo-1.0.tar.gz", ("demo-1.0/PKG-INFO", text))
    assert not read_metadata(path).complete
    assert messages(path, {"other": ("==1.0",)}) == []
