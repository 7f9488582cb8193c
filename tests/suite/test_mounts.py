"""Modules in repositories of their own: how their files are called, and which project is which module."""

from __future__ import annotations

import pytest

from trainer_release.errors import ReleaseError, Severity
from trainer_release.suite.assemble import assemble
from trainer_release.suite.catalog.reader import read
from trainer_release.suite.mounts import mounts, split

HEAD = 'demo:\n  version: "1.0.0"\nmodules:\n'


def project(name, *needs, version="1.0.0"):
    return f'[project]\nname = "{name}"\nversion = "{version}"\ndependencies = {list(needs)}\n'


def named(*lines):
    return [mount.name for mount in mounts(read(HEAD + "".join(f"  {line}\n" for line in lines), "versions.yaml")[0])]


def suite(catalog, **files):
    texts = {"versions.yaml": HEAD + catalog} | {path.replace("__", ":/"): text for path, text in files.items()}
    texts = {f"{path}/pyproject.toml" if ":" in path else path: text for path, text in texts.items()}
    texts = {path.replace("//", "/"): text for path, text in texts.items()}
    return assemble("versions.yaml", texts, texts.get)


def test_a_repository_is_called_after_the_last_part_of_its_address():
    assert named(
        "a: {repository: https://git.example/x/click.git}",
        "b: {repository: git@git.example:y/Click.git}",
        "c: {repository: ../away/click}",
        "d: {repository: https://git.example/x/click.git, path: d}",
        "e: {repository: 'https://git.example/~/!'}",
        "f: '1.0.0'",
    ) == ["click", "Click", "click-2", "repository"]


def test_a_path_says_its_repository():
    assert split("click:/src/x.py") == ("click", "src/x.py")
    assert split("click:") == split("click:/") == ("click", ".")
    assert split("packages/x") == ("", "packages/x")


def test_modules_are_found_by_name_or_path_and_others_there_are_nobodys_business():
    found, problems = suite(
        "  a: {repository: ../one.git}\n  b: {repository: ../one.git, path: libs/b}\n",
        **{"one__libs/a": project("demo-a", "demo-b>=1")},
        one__other=project("somebody"),
        **{"one__libs/b": project("demo-b")},
    )
    assert {name: module.path for name, module in found.modules.items()} == {"a": "one:/libs/a", "b": "one:/libs/b"}
    assert found.graph.depends["a"] == ("b",)
    assert problems == ()


def test_the_root_of_a_repository_is_a_project_too():
    found, _ = suite(
        "  a: {repository: ../one.git, path: .}\n  b: {repository: ../two.git}\n",
        one__=project("demo-a"),
        two__=project("b", "demo_a~=1.0"),
    )
    assert {name: module.path for name, module in found.modules.items()} == {"a": "one:", "b": "two:"}
    assert found.graph.order == ("a", "b")


def test_a_repository_that_is_not_at_hand_is_noted_and_its_modules_are_none_here():
    found, (note,) = suite("  a: {repository: ../one.git}\n")
    assert found.modules["a"].project is None
    assert (note.code, note.severity, note.line) == ("repository-not-cloned", Severity.NOTE, 4)


@pytest.mark.parametrize(
    ("catalog", "code"),
    [
        ("  a: {repository: ../one.git, ref: main}\n  b: {repository: ../one.git, ref: next}\n", "ref-differs"),
        ("  a: {repository: ../one.git, path: nowhere}\n", "path-missing"),
        ("  c: {repository: ../one.git}\n", "path-missing"),
        ("  a: {repository: ../one.git, path: x, package: other}\n", "package-mismatch"),
    ],
)
def test_what_does_not_fit_is_told_at_its_line(catalog, code):
    with pytest.raises(ReleaseError) as caught:
        suite(catalog, one__x=project("demo-a"), one__y=project("demo-b"))
    (problem,) = (each for each in caught.value.problems if each.severity is Severity.ERROR)
    assert problem.code == code
    assert problem.line in (4, 5)


def test_a_package_here_does_not_stand_in_for_one_there():
    texts = {
        "versions.yaml": HEAD + "  a: {repository: ../one.git}\n",
        "packages/a/pyproject.toml": project("demo-a"),
        "one:/pyproject.toml": project("demo-a"),
    }
    found, problems = assemble("versions.yaml", texts, texts.get)
    assert found.modules["a"].path == "one:"
    assert problems == ()
