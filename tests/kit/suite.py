"""Small real suites: flit packages in a git repository of their own, and the commands that release them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

BIN = Path(sys.executable).parent
Needs = Mapping[str, Iterable[str]]
PAIR = {"a": (), "b": ("a",)}
ROW = '  "1.0.0": {a: "1.0.0", b: "1.0.0"}\n'
"""Two modules, the second needs the first; and the row that releases them."""


def environment(home: Path) -> dict[str, str]:
    """An environment that says nothing of this machine's user: an empty home, no CI, no colours, an own identity."""
    person = {
        f"GIT_{who}_{what}": f"{what.lower()}@suite.example"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    own = {"HOME": str(home), "NO_COLOR": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    gone = {"CI", "GITHUB_ACTIONS", "VIRTUAL_ENV", "FORCE_COLOR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "PYTHONPATH"}
    gone |= {"PYTHONDONTWRITEBYTECODE"}  # else every command compiles all that it imports
    kept = {key: value for key, value in os.environ.items() if key not in gone and not key.startswith("GIT_")}
    cache = os.environ.get("UV_CACHE_DIR") or str(Path.home() / ".cache" / "uv")
    return {**kept, **own, **person, "UV_PYTHON_DOWNLOADS": "never", "UV_CACHE_DIR": cache}


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its standard output, which is one JSON document and nothing else."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Workspace:
    """A suite's folder in a git repository, and the commands of this project started there."""

    root: Path
    home: Path
    name: str = "mill"
    repository: Path = field(default=Path())

    @property
    def top(self) -> Path:
        return self.root if self.repository == Path() else self.repository

    @property
    def data(self) -> Path:
        return self.top / ".git" / "trainer-release" / self.name / "data"

    @property
    def cache(self) -> Path:
        return self.top / ".git" / "trainer-release" / self.name / "cache"

    def start(self, *words: str, cwd: Path | None = None, **more: str) -> subprocess.Popen[str]:
        """A command of this project, running."""
        line = [str(BIN / "trainer-release"), *words]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
        return subprocess.Popen(line, cwd=cwd or self.root, env=environment(self.home) | more, text=True, **pipes)

    def run(self, *words: str, code: int | None = 0, cwd: Path | None = None, **more: str) -> Done:
        """A command of this project; it must end with `code`."""
        process = self.start(*words, cwd=cwd, **more)
        out, err = process.communicate(timeout=300)
        done = Done(words, process.returncode, out, err)
        assert code is None or done.code == code, f"{words}: {done.code}, not {code}\n{out}\n{err}"
        return done

    def git(self, *words: str, code: int = 0, cwd: Path | None = None) -> str:
        done = subprocess.run(
            ["git", *words],
            cwd=cwd or self.root,
            env=environment(self.home),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, f"git {words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout.strip()

    def write(self, path: str, text: str) -> Path:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())
        return place

    def read(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def replace(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert old in text, f"{old!r} is not in {path}:\n{text}"
        self.write(path, text.replace(old, new))

    def row(self, version: str, modules: str) -> None:
        """One more row of `compatibility`, not committed: `modules` is YAML, such as `{a: "1.1.0"}`."""
        text = self.read("versions.yaml")
        line = f'  "{version}": {modules}\n'
        head = "compatibility:\n"
        self.write("versions.yaml", text.replace(head, head + line) if head in text else text + head + line)

    def commit(self, message: str = "Change") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def log(self) -> list[list[str]]:
        """The lines of the embedded index's access log, in words."""
        place = self.data / "index" / "access.log"
        return [line.split() for line in place.read_text().splitlines()] if place.exists() else []

    def uploads(self) -> list[str]:
        """The names of the files that the index took, in order."""
        return [words[4] for words in self.log() if words[1] == "POST" and words[3] == "200"]

    def manifest(self, version: str, package: str | None = None) -> Any:
        name = f"{package or f'{self.name}-core'}-{version}-manifest.json"
        return json.loads((self.data / "manifests" / name).read_text())

    def record(self, ref: str) -> Any:
        """The record that an annotated tag (or the record ref) carries."""
        text = self.git("cat-file", "tag", ref)
        return json.loads(text.partition("BEGIN TRAINER-RELEASE RECORD-----")[2].partition("-----END")[0])

    def state(self) -> dict[str, str]:
        """Everything that may not change: files, refs, HEAD, git's index, objects, cache and data."""
        tree = _digest(p for p in self.top.rglob("*") if ".git" not in p.relative_to(self.top).parts)
        git = self.top / ".git"
        return {
            "tree": tree,
            "refs": self.git("for-each-ref") + (git / "HEAD").read_text(),
            "index": hashlib.sha256((git / "index").read_bytes()).hexdigest(),
            "objects": self.git("cat-file", "--batch-all-objects", "--batch-check"),
            "folders": _digest(p for p in (git / "trainer-release").rglob("*") if p.name != "access.log"),
            "writes": "\n".join(" ".join(words[1:]) for words in self.log() if words[1] not in ("GET", "HEAD")),
        }

    def copy(self, folder: Path) -> Workspace:
        """The same in another place."""
        shutil.copytree(self.top, folder, symlinks=True)
        inside = self.root.relative_to(self.top)
        return Workspace(folder / inside, self.home, self.name, Path() if self.root == self.top else folder)


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path}\0".encode())
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def project(package: str, version: str, needs: Iterable[str], *, more: str = "") -> str:
    """The pyproject.toml of a package built by flit."""
    listed = "".join(f'    "{need}",\n' for need in needs)
    return (
        dedent(
            f"""\
        [build-system]
        requires = ["flit_core>=3.11,<5"]
        build-backend = "flit_core.buildapi"

        [project]
        name = "{package}"
        version = "{version}"
        description = "A part of a test suite"
        requires-python = ">=3.9"
        dependencies = [
        """
        )
        + f"{listed}]\n{more}"
    )


def add_module(
    home: Workspace,
    name: str,
    *,
    path: str,
    needs: Iterable[str] = (),
    version: str = "1.0.0",
    package: str | None = None,
) -> None:
    """One package with one function and one test; `needs` are requirements."""
    package = package or f"{home.name}-{name}"
    module = package.replace("-", "_")
    home.write(f"{path}/pyproject.toml", project(package, version, needs))
    home.write(f"{path}/{module}.py", f'"""A part."""\n\n\ndef name():\n    return "{name}"\n')
    test = f"import {module}\n\n\ndef test_it_knows_its_name():\n    assert {module}.name() == '{name}'\n"
    home.write(f"{path}/tests/test_{module}.py", test)


def tiny(
    folder: Path,
    home: Path,
    modules: Needs,
    *,
    name: str = "mill",
    version: str = "1.0.0",
    release: str = "{index: local}",
    rows: str = "",
    more: str = "",
    umbrella: bool = True,
    commit: bool = True,
    inside: str = "",
) -> Workspace:
    """A committed suite: `modules` maps a module to the modules that it needs; the umbrella needs them all.

    `release`, `rows` (the text under `compatibility`) and `more` are YAML of the catalog; `inside` the suite's folder in
    its repository.
    """
    folder.mkdir(parents=True, exist_ok=True)
    work = Workspace(folder / inside, home, name, folder if inside else Path())
    listed = "".join(f'  {each}: "{version}"\n' for each in modules)
    rows = f"compatibility:\n{rows}" if rows else ""
    text = f'{name}:\n  version: "{version}"\nmodules:\n{listed}{rows}release: {release}\n{more}'
    work.write("versions.yaml", text)
    work.write("CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n- Everything.\n")
    for each, needs in modules.items():
        wanted = [f"{name}-{need}>=1.0.0,<2" for need in needs]
        add_module(work, each, path=f"packages/{each}", needs=wanted, version=version)
    if umbrella:
        wanted = [f"{name}-{each}>=1.0.0,<2" for each in modules]
        add_module(work, "core", path="apps/core", needs=wanted, version=version)
    imports = "".join(f"import {name}_{each.replace('-', '_')}\n" for each in modules)
    work.write("tests/integration/test_together.py", f"{imports}\n\ndef test_all_are_here():\n    assert True\n")
    work.git("init", "--quiet", "--initial-branch=main", cwd=work.top)
    if commit:
        work.commit("The suite")
    return work
