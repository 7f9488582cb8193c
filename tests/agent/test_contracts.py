"""A public API against its published wheel: real wheels, a real download, and sources that nobody ever imports."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

import pytest

from kit.index import answering, make_wheel
from trainer_release.agent.contracts import Subject, survey
from trainer_release.agent.contracts.compare import compare
from trainer_release.model.index import IndexFile
from trainer_release.world.files import sha256


def sources(**files):
    """Sources by path: `pkg__x` is pkg/x.py, `pkg` is pkg/__init__.py."""
    paths = {name: "/".join(name.split("__")) for name in files}
    return {f"{path}.py" if "/" in path else f"{path}/__init__.py": _bytes(files[name]) for name, path in paths.items()}


def _bytes(text):
    return dedent(text).encode()


def difference(old, new, version="1.0.0", **more):
    """What became of one module's text, and of what stands beside it."""
    return compare(version, sources(pkg=old, **more), sources(pkg=new, **more), "packages/a/src/")


def kinds(contract):
    return [(breakage.object, breakage.kind, breakage.line) for breakage in contract.breakages]


BROKEN = [
    ("def f(): ...\ndef g(): ...", "def f(): ...", ("pkg.g", "Public object was removed", 2)),
    ("def f(a, b): ...", "\ndef f(a): ...", ("pkg.f(b)", "Parameter was removed", 2)),
    ("def f(a): ...", "def f(a, b): ...", ("pkg.f(b)", "Parameter was added as required", 1)),
    ("def f(a, b): ...", "def f(b, a): ...", ("pkg.f(a)", "Positional parameter was moved", 1)),
    ("def f(a=1): ...", "def f(a): ...", ("pkg.f(a)", "Parameter is now required", 1)),
    ("class C: ...", "C = 1", ("pkg.C", "Public object points to a different kind of object", 1)),
    ("class B: ...\nclass C(B): ...", "class B: ...\nclass C: ...", ("pkg.C", "Base class was removed", 2)),
    ("class C:\n  def f(self): ...", "class C: ...", ("pkg.C.f", "Public object was removed", 2)),
    ("__all__ = ['_x']\n_x = 1", "__all__ = ['y']\ny = 1", ("pkg._x", "Public object was removed", 2)),
    ("from .sub import f", "", ("pkg.f", "Public object was removed", 1)),
]


@pytest.mark.parametrize(("old", "new", "told"), BROKEN)
def test_what_a_user_may_rely_on_and_is_no_longer_so_is_a_breakage(old, new, told):
    contract = difference(old, new, pkg__sub="def f(): ...")
    assert told in kinds(contract)
    assert {breakage.path for breakage in contract.breakages} <= {"packages/a/src/pkg/__init__.py"}
    assert contract.least == "major"


def test_a_dataclass_whose_new_field_is_required_breaks_who_makes_one():
    head = "from dataclasses import dataclass\n@dataclass\nclass D:\n  a: int\n"
    contract = difference(head, head + "  b: int\n")
    assert ("pkg.D.__init__(b)", "Parameter was added as required", 2) in kinds(contract)
    assert difference(head, head + "  b: int = 1\n").least == "minor"


NO_BREAKAGE = [
    ("__all__ = []\nx = 1", "__all__ = []\ny = 1"),
    ("def _f(): ...", ""),
    ("import os\nfrom os import path", ""),
    ("__all__ = ['f']\ndef f(): ...\ndef g(): ...", "__all__ = ['f']\ndef f(): ..."),
    ("__version__ = '1'", ""),
    ("def f(a): ...", "def f(a, b=1): ..."),
    ("class C:\n  def _f(self): ...", "class C: ..."),
    ("def f(): ...", "from ._impl import f"),
    ("def f():\n  '''Old'''\n  return 1", "def f():\n  return 2"),
]


@pytest.mark.parametrize(("old", "new"), NO_BREAKAGE)
def test_what_nobody_may_rely_on_is_no_breakage_and_nothing_new(old, new):
    contract = difference(old, new, pkg___impl="def f(): ...")
    assert (contract.breakages, contract.additions, contract.least) == ((), (), "patch")


def test_only_what_is_new_and_public_asks_for_minor_and_is_named_once():
    contract = difference("", "class C:\n  x = 1\n  def f(self): ...\n_y = 1\nimport os\n")
    assert (contract.additions, contract.least) == (("pkg.C",), "minor")
    assert str(contract) == "pkg.C is new"
    assert difference("class C: ...", "class C:\n  x = 1").additions == ("pkg.C.x",)


def test_below_one_a_breakage_asks_for_minor():
    assert difference("x = 1", "", "0.66b0").least == "minor"
    assert difference("x = 1", "", "1!0.9").least == "minor"
    assert difference("x = 1", "", "2026.1").least == "major"


def test_private_modules_tests_scripts_and_templates_are_no_api():
    old = sources(
        pkg="", pkg___impl="x = 1", pkg__tests__test_it="x = 1", pkg__templates__x="{{ name }}", tests="x = 1"
    )
    assert (
        compare("1.0.0", old | {"pkg/__main__.py": b"x = 1", "pkg/not-a-name.py": b"("}, sources(pkg="")).least
        == "patch"
    )
    assert [b.object for b in compare("1.0.0", sources(pkg="", pkg__sub="x = 1"), sources(pkg="")).breakages] == [
        "pkg.sub"
    ]
    assert [str(b) for b in compare("1.0.0", sources(pkg=""), {}, "src/").breakages] == [
        "pkg: Public object was removed, src/pkg/__init__.py:1"
    ]


def test_a_namespace_shared_with_other_packages_is_walked_down_to_its_packages():
    old = {"ns/deep/one/__init__.py": b"x = 1\ny = 1\n", "ns/deep/one/scripts/run.py": b"(", "ns/top.py": b"z = 1\n"}
    contract = compare("1.0.0", old, old | {"ns/deep/one/__init__.py": b"x = 1\n"})
    assert kinds(contract) == [("ns.deep.one.y", "Public object was removed", 2)]


def test_imports_in_a_circle_and_from_nowhere_are_lived_with():
    circle = {"pkg__a": "from .b import x\n", "pkg__b": "from .a import x\n"}
    old = sources(pkg="from .a import x\nfrom numpy import *\nclass C(nowhere.Base): ...\ny = 1", **circle)
    new = old | {"pkg/__init__.py": old["pkg/__init__.py"].removesuffix(b"y = 1")}
    assert "pkg.y" in [breakage.object for breakage in compare("1.0.0", old, new).breakages]


@pytest.fixture
def published(tmp_path):
    """Publish wheels of a package `pkg`; the subject that compares the last one with `folder`."""
    folder, served = tmp_path / "project", {}

    def publish(files, now, **changes):
        wheel = make_wheel(tmp_path, "pkg", "1.0.0", files=files)
        served["/w"] = wheel.read_bytes()
        for path, text in now.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(_bytes(text))
        file = IndexFile(wheel.name, f"{address}w", sha256(wheel))
        tracked = {f"packages/a/{path}" for path in changes.pop("tracked", files)}
        return replace(Subject("a", folder, "packages/a/", "1.0.0", (file,), tracked), **changes)

    with answering(lambda path, _: (200, {}, served[path])) as address:
        yield publish


def one(subject):
    return survey([subject], 2)["a"]


def test_the_published_wheel_is_held_against_the_sources_of_now_wherever_they_lie(published):
    for place in ("src/", "", "python/"):
        subject = published({"pkg/__init__.py": "x = 1\ny = 1\n"}, {})
        subject = replace(subject, folder=subject.folder / f"in{place}", tracked={f"packages/a/{place}pkg/__init__.py"})
        (subject.folder / place / "pkg").mkdir(parents=True)
        (subject.folder / place / "pkg/__init__.py").write_text("x = 1\n")
        assert [str(b) for b in one(subject).breakages] == [
            f"pkg.y: Public object was removed, packages/a/{place}pkg/__init__.py:2"
        ]


def test_several_are_compared_at_once_and_nothing_at_all_where_there_is_nothing(published):
    subject = published({"pkg/__init__.py": "x = 1\n"}, {"pkg/__init__.py": "x = 1\n"})
    found = survey([replace(subject, name=name) for name in ("a", "b", "c")], 2)
    assert {name: each.least for name, each in found.items()} == dict.fromkeys("abc", "patch")
    assert survey([], 2) == {}


def test_neither_side_is_imported_and_no_path_file_is_followed(published, tmp_path):
    boom = f"open({str(tmp_path / 'ran')!r}, 'w')\nx = 1\n"
    files = {"pkg/__init__.py": boom, "pkg.pth": f"import sys; {boom}", "conftest.py": boom}
    contract = one(published(files, {"pkg/__init__.py": boom + "y = 1\n", "pkg.pth": "/"}))
    assert contract.additions == ("pkg.y",)
    assert not (tmp_path / "ran").exists()


def test_what_only_the_build_wrote_is_not_missed_in_the_sources(published):
    wheel = {"pkg/__init__.py": "", "pkg/version.py": "version = '1.0.0'\n", "pkg/gone.py": "x = 1\n"}
    contract = one(published(wheel, {"pkg/__init__.py": ""}, tracked=["pkg/__init__.py", "pkg/gone.py"]))
    assert [breakage.object for breakage in contract.breakages] == ["pkg.gone"]


@pytest.mark.parametrize("bad", ["def f(:\n", "x = '\\ud8'\n", "(" * 500, "\0", "# coding: nothing\n"])
def test_sources_that_cannot_be_parsed_are_told_and_ask_for_nothing(published, bad, capfd):
    contract = one(published({"pkg/__init__.py": "x = 1\n"}, {"pkg/__init__.py": bad}))
    assert (contract.breakages, contract.least) == ((), "patch")
    assert contract.fault.startswith("SyntaxError: ")
    assert capfd.readouterr() == ("", "")


def test_escapes_that_python_dislikes_say_nothing_here(published, recwarn):
    assert one(published({"pkg/__init__.py": ""}, {"pkg/__init__.py": "x = '\\d'\n"})).additions == ("pkg.x",)
    assert [str(warning.message) for warning in recwarn.list] == []


def test_sources_that_are_not_found_and_wheels_that_do_not_come_are_told(published):
    subject = published({"pkg/__init__.py": "x = 1\n"}, {"other/__init__.py": ""})
    assert one(subject).fault == "the sources of pkg were not found"
    assert "the sources of pkg were not found" in one(replace(subject, folder=subject.folder / "none")).fault
    other = replace(subject.files[0], sha256="0" * 64)
    assert "the index states sha256 000" in one(replace(subject, files=(other,))).fault
    outside = published({"../pkg.py": "x = 1\n"}, {"pkg/__init__.py": ""})
    assert "holds a path that leaves it: '../pkg.py'" in one(outside).fault


def test_a_wheel_for_another_machine_tells_its_api_as_well(published):
    subject = published({"pkg/__init__.py": "x = 1\n"}, {"pkg/__init__.py": ""})
    other = replace(subject.files[0], name="pkg-1.0.0-cp39-cp39-win32.whl")
    assert one(replace(subject, files=(other,))).least == "major"
