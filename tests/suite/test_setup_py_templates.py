"""A setup.py that puts its siblings' versions in by itself, or adds to its lists: the edges are seen, the text is its own."""

import pytest

from trainer_release.errors import ReleaseError
from trainer_release.model.project import Wanted
from trainer_release.suite.layouts import edit_project, read_project

SETUP = """\
import os
from setuptools import setup

version = "5.7.0"
install_requires = ["third-party>=1", f"mill-a>={version}"]
install_requires += ["mill-b==5.7.0"]
install_requires.append(f'mill-c[x]=={version}; python_version > "3"')
if os.environ.get("SNAP"):
    install_requires.append("mill-never==1.0")
else:
    install_requires.extend([
        # as the plugin
        f"mill-d~={version}.0",
        "mill-never==2.0",
    ])
setup(
    name="mill-e",
    version=version,
    install_requires=install_requires,
    extras_require={"all": [f"mill-f>={version}", f"{version}-is-no-name"]},
)
"""


def project(text):
    return read_project("e", {"e/setup.py": text}.get)


def test_templates_are_requirements_and_those_below_a_condition_too():
    stated = {pinned.name: (pinned.where, pinned.text, pinned.line) for pinned in project(SETUP).requirements}
    assert stated == {
        "third-party": ("project.dependencies", "third-party>=1", 5),
        "mill-a": ("project.dependencies", "mill-a>={version}", 5),
        "mill-b": ("project.dependencies", "mill-b==5.7.0", 6),
        "mill-c": ("project.dependencies", 'mill-c[x]=={version}; python_version > "3"', 7),
        "mill-d": ("project.dependencies", "mill-d~={version}.0", 13),
        "mill-f": ("project.optional-dependencies.all", "mill-f>={version}", 20),
    }


def test_an_edit_leaves_templates_to_the_build():
    moved = {f"mill-{letter}": ("6.0.0", "exact") for letter in "abcdf"}
    (edit,) = edit_project(project(SETUP), Wanted("6.0.0", moved))
    assert edit.after == SETUP.replace('version = "5.7.0"', 'version = "6.0.0"').replace(
        "mill-b==5.7.0", "mill-b==6.0.0"
    )


def test_a_list_that_is_added_to_itself_comes_to_an_end():
    found = project("x = []\nx += x\n" + SETUP.replace("=install_requires,", "=x,"))
    assert {pinned.name for pinned in found.requirements} == {"mill-f"}


def test_a_version_that_is_put_together_is_told_and_not_taken_for_its_first_part():
    with pytest.raises(ReleaseError) as caught:
        project(SETUP.replace('"5.7.0"\n', '"5.7.0"\nversion += "rc1"\n'))
    assert [problem.code for problem in caught.value.problems] == ["layout-unknown"]
