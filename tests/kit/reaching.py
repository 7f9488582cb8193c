"""Ways of tests to reach a module of the suite that they must not have: each a set of files, and what surrounds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

REAL = "def real():\n    return 'real'\n"
CALL = "    import {name}\n    assert {name}.real() == 'real'\n"
"""The end of a test that has reached it: a stub's function raises."""


@dataclass(frozen=True)
class Way:
    """`tests` are files of the module's project by path; `body` is that of the test; `environ` is set around the run,
    `cwd` is where it is started; `site` are files planted in the kept environment. {src}, {flat}, {wheel}, {cache},
    {workspace} and {name} are filled in."""

    body: str
    tests: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    cwd: str | None = None
    site: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)


def by_path(place: str) -> str:
    return f"    import sys\n    sys.path.insert(0, '{place}')\n" + CALL


SPEC = (
    "    import importlib.util, sys\n"
    "    spec = importlib.util.spec_from_file_location('{name}', '{src}/{name}/__init__.py')\n"
    "    module = importlib.util.module_from_spec(spec)\n    sys.modules['{name}'] = module\n"
    "    spec.loader.exec_module(module)\n    assert module.real() == 'real'\n"
)
FINDER = (
    "    import importlib.machinery, importlib.util\n"
    "    spec = importlib.machinery.PathFinder.find_spec('{name}', ['{src}'])\n"
    "    module = importlib.util.module_from_spec(spec)\n    spec.loader.exec_module(module)\n"
    "    assert module.real() == 'real'\n"
)
CHILD = (
    "    import os, subprocess, sys\n    code = 'import {name}; assert {name}.real() == \"real\"'\n"
    "    env = dict(os.environ, PYTHONPATH='{src}')\n"
    "    subprocess.run([sys.executable, '-c', code], env=env, check=True)\n"
)
ALONE = (
    "    import subprocess, sys\n    code = 'import sys; sys.path.insert(0, \"{src}\"); import {name}; {name}.real()'\n"
    "    subprocess.run([sys.executable, '-I', '-c', code], env={{}}, check=True)\n"
)
GIT = (
    "    import subprocess, sys\n"
    "    top = subprocess.run(['git', '-C', '{workspace}/packages/one', 'rev-parse', '--show-toplevel'],"
    " capture_output=True, text=True, check=True).stdout.strip()\n"
    "    sys.path.insert(0, top + '/packages/{name}/src')\n" + CALL
)
UPWARDS = (
    "    import pathlib, sys\n"
    "    for folder in pathlib.Path(__file__).resolve().parents:\n"
    "        sys.path += [str(each.parent) for each in folder.glob('packages/*/src/{name}')]\n" + CALL
)
OTHERS = (
    "    import pathlib, sys\n"
    "    sys.path += [str(each.parent) for each in pathlib.Path('{cache}').glob('**/site-packages/{name}')]\n"
    "    sys.path += [str(each) for each in pathlib.Path('{cache}').rglob('{name}-*.whl')]\n" + CALL
)
INSTALL = (
    "    import subprocess, sys\n"
    "    subprocess.run([sys.executable, '-m', 'pip', 'install', '{wheel}'], check=True)\n" + CALL
)
WAYS: Mapping[str, Way] = {
    "src": Way(by_path("{src}")),
    "flat": Way(by_path("{flat}")),
    "a folder that pth files are read from": Way(
        "    import pathlib, site\n    site.addsitedir(str(pathlib.Path(__file__).parent / 'more'))\n" + CALL,
        {"tests/more/three.pth": "{src}\n"},
    ),
    "an editable leftover": Way(CALL, site={"__editable__.{name}.pth": "{src}\n"}),
    "a sitecustomize": Way(CALL, site={"sitecustomize.py": "import sys\nsys.path.insert(0, '{src}')\n"}),
    "PYTHONPATH": Way(CALL, environ={"PYTHONPATH": "{src}"}),
    "the working folder": Way(CALL, cwd="{src}"),
    "a conftest that knows the way": Way(CALL, {"conftest.py": "import sys\nsys.path.insert(0, '{src}')\n"}),
    "a conftest in the tests that goes up": Way(
        CALL,
        {
            "tests/conftest.py": "import pathlib, sys\nsys.path.insert(0, str(pathlib.Path(__file__).parents[3]/'src'))\n"
        },
    ),
    "pytest's own pythonpath": Way(CALL, {"pytest.ini": "[pytest]\npythonpath = {src} ../{name}/src\n"}),
    "a plugin by variable": Way(CALL, environ={"PYTEST_PLUGINS": "{name}", "PYTHONPATH": "{src}"}),
    "the repository's root": Way(GIT),
    "the folders above": Way(UPWARDS),
    "a file by its path": Way(SPEC),
    "a finder of its own": Way(FINDER),
    "a child with PYTHONPATH": Way(CHILD),
    "a child that reads no variable": Way(ALONE),
    "a copy in the tests": Way(by_path("tests/site-packages"), {"tests/site-packages/{name}/__init__.py": REAL}),
    "a package of its name in the tests": Way(CALL, {"tests/{name}/__init__.py": REAL}),
    "a link in the tests": Way(CALL, links={"tests/{name}": "{src}/{name}"}),
    "zipimport": Way(by_path("{wheel}")),
    "what is kept for others": Way(OTHERS),
    "installing it": Way(INSTALL),
    "running its file": Way("    import runpy\n    assert runpy.run_path('{src}/{name}/__init__.py')['real']()\n"),
}
