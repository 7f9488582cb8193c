"""A suite of any size in a git repository of its own: layers of modules, realistic pyprojects, a commit and a tag.

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
requires = ["hatchling>=1.21"]
build-backend = "hatchling.build"

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

[tool.hatch.build.targets.wheel]
packages = ["src/{module}"]

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


def suite_of(folder: Path, modules: int) -> Path:
    """Write the suite of that many modules below the folder, commit and tag it; the last module is the umbrella."""
    chance = random.Random(modules)
    names = [f"part-{number:04}" for number in range(modules - 1)]
    width = max(1, -(-len(names) // LAYERS))
    for at, name in enumerate(names):
        earlier = names[: at // width * width]
        needed = chance.sample(earlier, min(len(earlier), chance.randint(NEEDS - 2, NEEDS + 3)))
        others = chance.sample(OTHERS, 3)
        write_project(folder / "packages" / name, name, [*map(pinned, sorted(needed)), *others], modules)
    write_project(folder / "apps" / "core", "core", [*map(pinned, names)], modules)
    listed = "".join(f'  {name}: "{VERSION}"\n' for name in names)
    row = "".join(f'    {name}: "{VERSION}"\n' for name in names)
    catalog = f'{SUITE}:\n  version: "{VERSION}"\nmodules:\n{listed}compatibility:\n  "{VERSION}":\n{row}'
    (folder / "versions.yaml").write_text(catalog, encoding="utf-8")
    (folder / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n- Something.\n", encoding="utf-8")
    for words in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all"],
        ["commit", "--quiet", "--message", "The suite"],
        ["tag", "--annotate", f"v{VERSION}", "--message", VERSION],
    ):
        subprocess.run(["git", *words], cwd=folder, env=os.environ | PERSON | ALONE, check=True)
    return folder


def pinned(name: str) -> str:
    """How a module requires another one of the suite."""
    return f"{SUITE}-{name}>={VERSION},<2"


def write_project(folder: Path, name: str, needs: list[str], count: int) -> None:
    """One package with a module of a few lines and a test."""
    module = f"{SUITE}_{name}".replace("-", "_")
    lines = "".join(f"  '{each}',\n" if '"' in each else f'  "{each}",\n' for each in needs)
    text = PROJECT.format(
        package=f"{SUITE}-{name}", name=name, module=module, version=VERSION, needs=lines, count=count
    )
    for path, content in {
        "pyproject.toml": text,
        "README.md": f"# {name}\n",
        f"src/{module}/__init__.py": f'"""The {name} part."""\n',
        f"tests/test_{module}.py": f"import {module}\n\n\ndef test_it_is_there():\n    assert {module}.__doc__\n",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
