"""A suite that has one project of every layout, each written down in one text.

`tests/e2e/every_layout/NAME.txt` is the module `NAME`: its files, the lines that a release changes, what it requires
then. `-- path --` begins a file.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from kit.suite import Workspace, add_module

CASES = Path(__file__).parents[1] / "e2e" / "every_layout"
HEAD = re.compile(r"^-- (.+) --\n", re.MULTILINE)
CATALOG = """\
loom:
  version: "1.0.0"
modules:
  yarn: "1.0.0"
{modules}release: {{index: local, module-tag: "{{package}}-v{{version}}"}}
"""
PLAIN = '"1.0.0"'
FROM_TREE = '{version: "1.0.0", build: tree}'
SUBMODULES = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "protocol.file.allow", "GIT_CONFIG_VALUE_0": "always"}
"""What lets git take a submodule from a folder of this machine."""


@dataclass(frozen=True)
class Case:
    """One module. `changed` are lines as `git show` tells them; `requires` the lines of Requires-Dist."""

    name: str
    files: dict[str, str]
    changed: list[str]
    requires: list[str]

    @property
    def folder(self) -> str:
        return f"packages/{self.name}"


def case(name: str) -> Case:
    """The case of that name; a package is added where it brings none."""
    _, *parts = HEAD.split((CASES / f"{name}.txt").read_text())
    files = dict(zip(parts[::2], parts[1::2], strict=True))
    changed, requires = (files.pop(key).splitlines() for key in ("changed", "requires"))
    if "Cargo.toml" not in files:
        files.setdefault(f"src/loom_{name.replace('-', '_')}/__init__.py", '"""A part."""\n')
    return Case(name, files, changed, requires)


def every() -> list[str]:
    """The name of every case."""
    return sorted(path.stem for path in CASES.glob("*.txt"))


def rust() -> dict[str, str] | None:
    """The environment in which cargo runs though the home is another; None where there is none that runs."""
    homes = {
        f"{name}_HOME": os.environ.get(f"{name}_HOME", str(Path.home() / f".{name.lower()}"))
        for name in ("RUSTUP", "CARGO")
    }
    cargo = shutil.which("cargo")
    asked = cargo and subprocess.run([cargo, "--version"], env=os.environ | homes, capture_output=True, check=False)
    return homes if asked and asked.returncode == 0 else None


def loom(folder: Path, home: Path, names: list[str]) -> Workspace:
    """A suite of these modules and of `yarn`, which all of them need, at 1.0.0: committed, and tagged where tags count."""
    work = Workspace(folder / "work", home, "loom")
    listed = "".join(f"  {name}: {FROM_TREE if name == 'from-tree' else PLAIN}\n" for name in names)
    work.write("versions.yaml", CATALOG.format(modules=listed))
    work.write("LICENSE", "Do as you like.\n")
    add_module(work, "yarn", path="packages/yarn")
    for each in map(case, names):
        for path, text in each.files.items():
            work.write(f"{each.folder}/{path}", text)
    expected = {f"loom-{name}": "2.0.0" for name in ["yarn", *names]}
    work.write("tests/integration/test_woven.py", TOGETHER.format(expected=expected))
    work.git("init", "--quiet", "--initial-branch=main")
    if "submodule" in names:
        add_submodule(work, folder / "part", "packages/submodule/src/loom_submodule/part")
    work.commit("The suite")
    for tag in ("loom-hatch-versioningit-v1.0.0", "v1.0.0"):
        work.git("tag", tag)
    return work


TOGETHER = """\
from importlib.metadata import version


def test_every_module_is_here():
    expected = {expected}
    assert {{name: version(name) for name in expected}} == expected
"""


def add_submodule(work: Workspace, origin: Path, path: str) -> None:
    """A repository of one file as a submodule."""
    part = Workspace(origin, work.home)
    part.write("data.txt", "from another repository\n")
    part.git("init", "--quiet", "--initial-branch=main")
    part.commit()
    work.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(origin), path)
