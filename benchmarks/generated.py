"""A suite of any size in a git repository of its own: layers of modules, realistic pyprojects in six backends by turns,
a uv workspace, a commit and a tag.

The same size is always the same suite: nothing here is random but by a fixed seed.
"""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

SUITE = "mill"
VERSION = "1.4.0"
NEEDS = 5
"""How many modules of the suite a module needs, on the average; the first layer needs none."""
LAYERS = 12
PERSON = {
    f"GIT_{who}_{what}": f"{what.lower()}@suite.example"
    for who in ("AUTHOR", "COMMITTER")
    for what in ("NAME", "EMAIL")
}
ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
BACKENDS = {
    "hatchling": ("hatchling>=1.27", "hatchling.build"),
    "setuptools": ("setuptools>=77", "setuptools.build_meta"),
    "flit-core": ("flit_core>=3.11,<5", "flit_core.buildapi"),
    "poetry-core": ("poetry-core>=2.1", "poetry.core.masonry.api"),
    "pdm-backend": ("pdm-backend>=2.4", "pdm.backend"),
    "uv_build": ("uv_build>=0.11,<1", "uv_build"),
}
WORKSPACE = """\
[tool.uv.workspace]
members = ["packages/*", "apps/*"]
"""
OTHERS = (
    "requests>=2.31,<3",
    'typing-extensions>=4.9; python_version < "3.12"',
    "pydantic>=2.5,!=2.6.0,<3",
    "click~=8.1",
    "attrs>=23",
    "pyyaml>=6.0",
)
PROJECT = """\
# {package}: one of {count} packages that are released together
[build-system]
requires = ["{requires}"]
build-backend = "{backend}"

[project]
name = "{package}"
version = "{version}"
description = "The {name} part of the mill"
readme = "README.md"
license = "MIT"
requires-python = ">=3.10"
authors = [{{ name = "The mill's authors", email = "mill@suite.example" }}]
keywords = ["mill", "{name}"]
classifiers = [
  "Development Status :: 5 - Production/Stable",
  "Intended Audience :: Developers",
  "Operating System :: OS Independent",
  "Programming Language :: Python :: 3",
  "Typing :: Typed",
]
dependencies = [
{needs}]

[project.optional-dependencies]
fast = ["orjson>=3.9"]
docs = [
  "mkdocs>=1.5",
  "mkdocs-material>=9.5",  # the theme
]

[project.urls]
Source = "https://code.example/mill/{name}"

[dependency-groups]
test = ["pytest>=8", "pytest-cov>=5"]
dev = [{{ include-group = "test" }}, "mypy>=1.8", "ruff>=0.3"]

[tool.ruff]
line-length = 100
target-version = "py310"

[tool.ruff.lint]
select = ["E", "F", "I", "UP", "B"]
ignore = ["E501"]

[tool.mypy]
strict = true

[tool.pytest.ini_options]
testpaths = ["tests"]
addopts = ["-ra", "--strict-markers"]
"""


def suite_of(folder: Path, modules: int, pin: str = "keep") -> Path:
    """Write the suite of that many modules below the folder, commit and tag it; the last module is the umbrella.

    `pin` is what the catalog says of pins: `range` moves every one of them with the versions.
    """
    chance = random.Random(modules)
    names = [f"part-{number:04}" for number in range(modules - 1)]
    width = max(1, -(-len(names) // LAYERS))
    for at, name in enumerate(names):
        earlier = names[: at // width * width]
        needed = chance.sample(earlier, min(len(earlier), chance.randint(NEEDS - 2, NEEDS + 3)))
        needs = [*map(pinned, sorted(needed)), *chance.sample(OTHERS, 3)]
        write_project(folder / "packages" / name, name, backend_of(at), needs, modules)
    write_project(folder / "apps" / "core", "core", backend_of(len(names)), [*map(pinned, names)], modules)
    (folder / "pyproject.toml").write_text(WORKSPACE, encoding="utf-8")
    (folder / "versions.yaml").write_text(catalog(names, VERSION, pin), encoding="utf-8")
    (folder / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n- Something.\n", encoding="utf-8")
    committed(folder, "The suite")
    git(folder, "tag", "--annotate", f"v{VERSION}", "--message", VERSION)
    return folder


def backend_of(number: int) -> str:
    """The backends take turns."""
    return [*BACKENDS][number % len(BACKENDS)]


def catalog(names: list[str], version: str, pin: str) -> str:
    """The catalog in which every module has this version."""
    listed = "".join(f'  {name}: "{version}"\n' for name in names)
    row = "".join(f'    {name}: "{version}"\n' for name in names)
    suite = f'{SUITE}:\n  version: "{version}"\nmodules:\n{listed}compatibility:\n  "{version}":\n{row}'
    return f"{suite}release:\n  pin: {pin}\n  index: local\n"


def committed(folder: Path, message: str) -> Path:
    """Make a repository of a folder, with one commit of all that lies in it."""
    git(folder, "init", "--quiet", "--initial-branch=main", "--template=")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return folder


def git(folder: Path, *words: str) -> str:
    """One git command that must succeed, in nobody's configuration; what it says."""
    env = os.environ | PERSON | ALONE
    return subprocess.run(["git", *words], cwd=folder, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def pinned(name: str) -> str:
    """How a module requires another one of the suite."""
    return f"{SUITE}-{name}>={VERSION},<2"


def write_project(folder: Path, name: str, backend: str, needs: list[str], count: int) -> None:
    """One package with a module of a few lines and a test."""
    module = f"{SUITE}_{name}".replace("-", "_")
    lines = "".join(f"  '{each}',\n" if '"' in each else f'  "{each}",\n' for each in needs)
    requires, hooks = BACKENDS[backend]
    text = PROJECT.format(
        package=f"{SUITE}-{name}",
        name=name,
        requires=requires,
        backend=hooks,
        version=VERSION,
        needs=lines,
        count=count,
    )
    for path, content in {
        "pyproject.toml": text,
        "README.md": f"# {name}\n",
        f"src/{module}/__init__.py": f'"""The {name} part."""\n',
        f"tests/test_{module}.py": f"import {module}\n\n\ndef test_it_is_there():\n    assert {module}.__doc__\n",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
