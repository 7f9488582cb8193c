"""Projects whose version no file states: which tool gives it, and how a build is told the version."""

import pytest

from trainer_release.suite.layouts import read_project
from trainer_release.suite.layouts.requirements import filled
from trainer_release.suite.layouts.scm import needs_tag, pretend

PROJECT = '\n[project]\nname = "My.Pkg"\ndynamic = ["version"]\n'
SETUPTOOLS = '[build-system]\nbuild-backend = "setuptools.build_meta"\nrequires = ["setuptools>=64", {}]' + PROJECT
HATCH = '[build-system]\nbuild-backend = "hatchling.build"\n' + PROJECT + "[tool.hatch.version]\n"
PDM = '[build-system]\nbuild-backend = "pdm.backend"' + PROJECT + '[tool.pdm.version]\nsource = "scm"\n'
HOOK = '\n[tool.hatch.metadata.hooks.uv-dynamic-versioning]\ndependencies = ["a=={{ version }}"]'
FOR_PACKAGE = "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_MY_PKG"


def read(text, **files):
    return read_project(".", {"pyproject.toml": text, **files}.get)


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        (SETUPTOOLS.format('"setuptools_scm[toml]>=8"'), [FOR_PACKAGE]),
        (SETUPTOOLS.format("") + "[tool.setuptools_scm]", [FOR_PACKAGE]),
        (PROJECT + "[tool.setuptools_scm]", [FOR_PACKAGE]),
        (SETUPTOOLS.format('"setuptools-git-versioning<3"'), []),
        (SETUPTOOLS.format('"versioningit"'), []),
        (HATCH + 'source = "vcs"', ["SETUPTOOLS_SCM_PRETEND_VERSION"]),
        (HATCH + 'source = "versioningit"', []),
        (HATCH + 'source = "uv-dynamic-versioning"', ["UV_DYNAMIC_VERSIONING_BYPASS"]),
        (HATCH + 'source = "vcs"' + HOOK, ["SETUPTOOLS_SCM_PRETEND_VERSION", "UV_DYNAMIC_VERSIONING_BYPASS"]),
        (HATCH + 'source = "env"\nvariable = "MY_VERSION"', ["MY_VERSION"]),
        (HATCH + 'source = "env"', []),
        (PDM, ["PDM_BUILD_SCM_VERSION"]),
    ],
)
def test_the_build_is_told_the_version_as_its_tool_hears_it(text, variables):
    project = read(text)
    assert (project.layout, project.version, project.from_tag) == ("scm", None, True)
    assert pretend(project, "1.2.3") == dict.fromkeys(variables, "1.2.3")


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        (SETUPTOOLS.format('"setuptools-git-versioning<3"'), True),
        (SETUPTOOLS.format('"versioningit"'), True),
        (HATCH + 'source = "versioningit"' + HOOK, True),
        (HATCH + 'source = "code"\nexpression = "found()"', True),
        (SETUPTOOLS.format('"setuptools_scm[toml]>=8"'), False),
        (HATCH + 'source = "vcs"', False),
        (HATCH + 'source = "env"\nvariable = "MY_VERSION"', False),
        (PDM, False),
        ('[project]\nname = "x"\nversion = "1"', False),
    ],
)
def test_a_tool_that_hears_no_variable_needs_to_see_the_tag(text, needed):
    assert needs_tag(read(text)) is needed


def test_a_hatch_toml_says_it_too():
    project = read(HATCH, **{"hatch.toml": '[version]\nsource = "vcs"'})
    assert pretend(project, "1") == {"SETUPTOOLS_SCM_PRETEND_VERSION": "1"}


def test_a_version_that_a_file_states_needs_no_pretence():
    assert pretend(read('[project]\nname = "x"\nversion = "1"'), "2") == {}


def test_requiring_the_tool_does_not_count_where_setuptools_is_told_a_file_or_an_attribute():
    text = SETUPTOOLS.format('"setuptools-scm"') + '[tool.setuptools.dynamic]\nversion = {file = "VERSION"}'
    assert read(text, VERSION="1.0").layout == "setuptools"


def test_extras_that_a_plugin_fills_in_are_extras():
    table = '[tool.hatch.metadata.hooks.uv-dynamic-versioning.optional-dependencies]\ntest = ["a[b]=={{ version }}"]\n'
    project = read(HATCH + 'source = "vcs"\n' + table)
    (pinned,) = project.requirements
    assert project.extras == ("test",)
    assert (pinned.where, pinned.name, pinned.extras) == ("project.optional-dependencies.test", "a", ("b",))
    assert (pinned.specifier, pinned.text, pinned.url) == ("", "a[b]=={{ version }}", False)


@pytest.mark.parametrize("text", ["{{ name }}==1", "a{{ version }}", "pre-{name} >= 1"])
def test_a_template_whose_name_cannot_be_told_is_left_out(text):
    assert read(f'[project]\nname = "x"\nversion = "1"\ndependencies = ["{text}"]').requirements == ()


def test_a_template_in_a_group_that_no_build_fills_is_left_out():
    assert read('[project]\nname = "x"\nversion = "1"\n[dependency-groups]\nd = ["a=={v}"]').requirements == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a=={{ version }}", "a==1.2"), ("a[b] ~= {version} ; x", "a[b] ~= 1.2 ; x"), ("a=={{ base }}", "a=={{ base }}")],
)
def test_a_build_fills_the_version_into_a_template(text, expected):
    assert filled(text, "1.2") == expected
