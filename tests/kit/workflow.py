"""The run-steps of a workflow's jobs, played on this machine: each job in a fresh clone, artifacts handed on between them.

Actions are played where they move files (checkout, artifacts); an interpreter and the tools are here already, and what
talks to the forge is left out.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LEFT_OUT = ("python -m pip install", "gh ")


def load(path: Path) -> Any:
    """A workflow as plain values. `on` stays a word (YAML 1.2)."""
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def steps(workflow: Any) -> Iterable[tuple[str, Any]]:
    """Every step with its job's name."""
    return [(name, step) for name, job in workflow["jobs"].items() for step in job["steps"]]


@dataclass
class Forge:
    """What a forge does for a workflow run at a tag. `replaced` says which words of a command are others here."""

    origin: Path
    tag: str
    home: Path
    env: Mapping[str, str]
    replaced: Mapping[str, str] = field(default_factory=dict)
    matrix: Mapping[str, str] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)

    def play(self, name: str, job: Any) -> Path:
        """Play one job; the folder that it worked in."""
        folder = self.home / name
        for step in job["steps"]:
            action = str(step.get("uses", "")).partition("@")[0]
            if action == "actions/checkout":
                self._run(f"git clone --quiet --branch {self.tag} {self.origin} {folder}", self.home)
            elif action == "actions/upload-artifact":
                self._keep(folder, step["with"])
            elif action == "actions/download-artifact":
                self._fetch(folder, step["with"])
            elif "run" in step and not step["run"].startswith(LEFT_OUT) and "gh release" not in step["run"]:
                self._run(self._filled(step["run"]), folder)
        return folder

    def _run(self, script: str, folder: Path) -> None:
        for old, new in self.replaced.items():
            script = script.replace(old, new)
        self.ran.append(script)
        self.home.mkdir(exist_ok=True)
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=folder, env=dict(self.env), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{script}: {done.returncode}\n{done.stdout}\n{done.stderr}"

    def _filled(self, text: str) -> str:
        return re.sub(r"\$\{\{ *matrix\.(\w+) *\}\}", lambda match: self.matrix[match[1]], text)

    def _keep(self, folder: Path, given: Any) -> None:
        """A folder's content, or what a pattern matches, below the artifact's root."""
        store = self.home / "artifacts" / self._filled(given["name"])
        for found in sorted(folder.glob(given["path"].rstrip("/"))):
            shutil.copytree(found, store if given["path"].endswith("/") else store / found.name, dirs_exist_ok=True)

    def _fetch(self, folder: Path, given: Any) -> None:
        """One artifact into the path, or those that a pattern matches into folders of their names."""
        kept = self.home / "artifacts"
        if "name" in given:
            shutil.copytree(kept / given["name"], folder / given["path"], dirs_exist_ok=True)
        for found in kept.glob(given["pattern"]) if "pattern" in given else ():
            shutil.copytree(found, folder / given["path"] / found.name, dirs_exist_ok=True)
