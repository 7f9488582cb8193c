"""Real git repositories, bare remotes and tiny suites whose projects state name, version and needs (PEP 621)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

PERSON = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
"""Who commits, for a machine on which nobody has configured git."""

UMBRELLA = "apps/core/pyproject.toml"
WORDS = "packages/words/pyproject.toml"
SPEECH = "packages/speech/pyproject.toml"
EMBEDDED = "apps/core/src/demo_core/suite.json"


@dataclass(frozen=True)
class Repository:
    """A git repository and the few commands that tests ask of it."""

    root: Path

    def git(self, *words: str, check: bool = True, stdin: str | None = None) -> str:
        """Run git as a person would; its output without the final line end."""
        command = ["git", "-C", str(self.root), *words]
        env = os.environ | PERSON
        done = subprocess.run(command, env=env, input=stdin, capture_output=True, text=True, check=False)
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout.rstrip("\n")

    def write(self, path: str, text: str) -> Path:
        """Write a file, line ends as given."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode(errors="surrogateescape"))
        return place

    def read(self, path: str) -> str:
        """A file's text, line ends as they are."""
        return (self.root / path).read_bytes().decode()

    def commit(self, message: str = "Work", **files: str) -> str:
        """Commit everything that is in the tree; its object id."""
        for path, text in files.items():
            self.write(path, text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.head

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    @property
    def status(self) -> str:
        """What `git status` has to say; empty for a clean tree."""
        return self.git("status", "--porcelain")

    @property
    def refs(self) -> dict[str, str]:
        """Every ref and the object that it names."""
        lines = self.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split() for line in lines)

    def hook(self, name: str, script: str) -> Path:
        """Install a hook: the lines of a shell script."""
        folder = self.root / ".git" / "hooks" if (self.root / ".git").exists() else self.root / "hooks"
        folder.mkdir(exist_ok=True)
        place = folder / name
        place.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        place.chmod(0o755)
        return place


def repository(folder: Path, files: Mapping[str, str] | None = None) -> Repository:
    """A repository on branch main with one commit of these files."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Repository(folder.resolve())
    made.git("init", "--quiet", "--initial-branch=main")
    for path, text in (files or {"README": "hello\n"}).items():
        made.write(path, text)
    made.commit("Begin")
    return made


def with_remote(made: Repository, folder: Path) -> Repository:
    """A bare remote called origin that has the branch main as it is now."""
    folder.mkdir(parents=True)
    remote = Repository(folder.resolve())
    remote.git("init", "--quiet", "--bare", "--initial-branch=main")
    made.git("remote", "add", "origin", str(folder))
    made.git("push", "--quiet", "--set-upstream", "origin", "main")
    return remote


def project(package: str, version: str = "1.0.0", needs: Iterable[str] = (), more: str = "") -> str:
    """A pyproject.toml with a comment that an edit must not lose."""
    lines = "".join(f'    "{each}",\n' for each in needs)
    listed = f"[\n{lines}]" if lines else "[]"
    return f'# {package}\n[project]\nname = "{package}"\nversion = "{version}"\ndependencies = {listed}\n{more}'


def catalog(version: str = "1.0.0", *, more: str = "", **modules: str) -> str:
    """A catalog of the suite `demo` with its row."""
    named = modules or {"words": version, "speech": version}
    listed = "".join(f'  {name}: "{said}"\n' for name, said in named.items())
    row = "".join(f'    {name}: "{said}"\n' for name, said in named.items())
    head = f'demo:\n  version: "{version}"  # the suite\nmodules:\n{listed}'
    return f'{head}compatibility:\n  "{version}":\n{row}{more}'


def suite(version: str = "1.0.0", *, more: str = "", **files: str | None) -> dict[str, str]:
    """The files of a suite of two modules and an umbrella: `speech` needs `words`, `demo-core` needs both.

    `files` adds or replaces by path; None removes.
    """
    span = ">=1.0.0,<2.0.0"
    texts: dict[str, str | None] = {
        "versions.yaml": catalog(version, more=more),
        WORDS: project("demo-words", version),
        "packages/words/src/demo_words/__init__.py": "",
        SPEECH: project("demo-speech", version, [f"demo-words{span}"]),
        "packages/speech/src/demo_speech/__init__.py": "",
        UMBRELLA: project("demo-core", version, [f"demo-speech=={version}", f"demo-words{span}"]),
        "apps/core/src/demo_core/__init__.py": "",
        "CHANGELOG.md": "# Changes\n\n## Unreleased\n\n- a change\n",
        **files,
    }
    return {path: text for path, text in texts.items() if text is not None}
