"""The bare check: with declared dependencies alone, what does a wheel import that nothing brings?"""

from __future__ import annotations

import pytest

from kit.cells import cell, source, tools, wheel
from trainer_release.agent.environments.bare import module_name
from trainer_release.agent.environments.brings import brought_by, distribution_of, for_extras
from trainer_release.agent.environments.making import ready
from trainer_release.errors import ReleaseError

PLANTED = {
    "packaging": ("kit_one/versions.py", 1, "from packaging.version import Version\n"),
    "pluggy": ("kit_one/plugins/__init__.py", 2, "import sys\nimport pluggy\n"),
    "iniconfig": ("kit_one/plugins/deep.py", 2, "def read():\n    import iniconfig\n"),
    "pygments": ("kit_one/colours.py", 1, "from pygments import lex\n"),
    "pytest": ("kit_one/assertions.py", 1, "import _pytest.assertion\n"),
    "kit-three": ("kit_one/other.py", 3, "# a sibling\n\nimport kit_three\n"),
    "pyyaml": ("kit_one/texts.py", 2, "import json\nimport yaml, json\n"),
    "missing-a": ("kit_one/behind.py", 2, "import missing_a\nimport missing_b\n"),
    "missing-b": ("kit_one/behind.py", 2, ""),
    "missing-c": (
        "kit_one/friendly.py",
        2,
        "try:\n    import missing_c\nexcept ImportError as error:\n    raise ImportError('install c') from error\n",
    ),
}
CLEAN = {
    "kit_one/typed.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import missing_d\n",
    "kit_one/careful.py": "try:\n    import missing_d\nexcept ImportError:\n    missing_d = None\n"
    "def f():\n    try:\n        import missing_d\n    except ModuleNotFoundError:\n        return 1\n",
    "kit_one/extra.py": "import kit_extra\n",
    "kit_one/elsewhere.py": "import winreg\n",
    "kit_one/sub/windows.py": "import missing_d\n",
    "kit_one/exits.py": "raise SystemExit(3)\n",
    "kit_one/dies.py": "import os\nos._exit(3)\n",
    "kit_one/raises.py": "raise RuntimeError('not configured')\n",
    "kit_one/__main__.py": "import missing_d\n",
    "kit_one/tests/test_it.py": "import missing_d\n",
    "kit_one/printing.py": "print('{}')\nimport kit_two\n",
    "kit_one/data/my-script.py": "import missing_d\n",
}
EXTRA = ["Provides-Extra: more", "Requires-Dist: kit-extra; extra == 'more'"]


def found(tmp_path, files, requires=(), **more):
    one = wheel(tmp_path / "dist", "kit-one", "1.0", requires, EXTRA, **files)
    siblings = (wheel(tmp_path / "dist", "kit-two"),)
    given = cell(source(tmp_path / "p", {"tests/test_it.py": ""}), (one,), siblings=siblings, **more)
    world = tools()
    try:
        ready(given, world.venvs, tmp_path / "cell", None)
    except ReleaseError as error:
        return error.problems
    return ()


def test_ten_planted_undeclared_dependencies_are_found_where_they_are_and_nothing_else(tmp_path):
    files = CLEAN | {path: text for path, _, text in PLANTED.values() if text}
    known = {"absent": {"kit_three": "three"}, "family": {"kit-three": "three"}}
    problems = found(tmp_path, files, ["kit-two"], optional_imports=("kit_one.sub.*",), **known)
    assert {each.code for each in problems} == {"undeclared-dependency"}, problems
    shown = sorted((each.hint.split()[1], each.path) for each in problems)
    assert shown == sorted((name, path) for name, (path, _, _) in PLANTED.items()), problems
    lines = {each.hint.split()[1]: each.line for each in problems}
    assert lines == {name: line for name, (_, line, _) in PLANTED.items()} | {"missing-a": 1}
    assert all(f"{each.path}:{each.line}" in each.message for each in problems)


def test_a_module_that_the_wheel_lacks_and_an_entry_point_that_leads_nowhere_are_told(tmp_path):
    info = "kit_one-1.0.dist-info/entry_points.txt"
    entries = (
        "[console_scripts]\nkit = kit_one.main:run\nlost = kit_one.main:lost\n[kit.plugins]\nA = kit_one.plug [more]\n"
    )
    files = {info: entries, "kit_one/main.py": "def run(): pass\n", "kit_one/more.py": "\nimport kit_one.gone\n"}
    problems = found(tmp_path, files)
    said = sorted((each.code, each.path, each.line) for each in problems)
    assert [code for code, _, _ in said] == ["wheel-incomplete"] * 3
    text = "\n".join(each.message for each in problems)
    assert "kit_one/more.py:2 imports kit_one.gone" in text
    assert "console_scripts: lost" in text
    assert "kit_one.plug" in text


def test_a_clean_wheel_has_nothing_to_complain_of(tmp_path):
    assert (
        found(
            tmp_path,
            {"kit_one/a.py": "import json\nfrom . import b\n", "kit_one/b.py": "import kit_two\n"},
            ["kit-two"],
        )
        == ()
    )


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("a/b.py", "a.b"),
        ("a/__init__.py", "a"),
        ("a/c.cpython-311-x86_64-linux-gnu.so", "a.c"),
        ("a/tests/b.py", None),
        ("a/__main__.py", None),
        ("a/b-c.py", None),
        ("a/data.json", None),
        ("../../../bin/a.py", None),
        ("a-1.0.dist-info/x.py", None),
    ],
)
def test_which_files_are_modules(path, module):
    assert module_name(path) == module


def test_which_distribution_brings_a_module_is_told_as_far_as_names_tell():
    assert distribution_of("trainer.y.z", {"trainer.y": "trainer-y"}) == "trainer-y"
    assert [distribution_of(name, {}) for name in ("yaml", "_pytest.x", "my_lib.part", "PIL")] == [
        "pyyaml",
        "pytest",
        "my-lib",
        "pillow",
    ]
    lines = ["a>=1", "b; extra == 'x'", "c; python_version > '3' and extra == 'x'", "a; extra == 'x'", "???"]
    assert for_extras(lines) == {"b", "c"}
    assert brought_by("google.cloud.storage", ["google-cloud-storage"])
    assert brought_by("yaml", ["pyyaml"])
    assert not brought_by("yaml.nodes", ["yamllint"])
