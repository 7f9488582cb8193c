"""Where and when it was measured: in words that name no place."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from peers import Tools

QUIET = 0.5


def load() -> float:
    """How many processes wanted a core in the last minute, on the average."""
    return os.getloadavg()[0]


def now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def versions(tools: Tools, env: Mapping[str, str]) -> str:
    """The tools that were measured."""
    asked: dict[str, list[str | Path]] = {"git": ["git", "--version"], "uv": [tools.ours / "uv", "--version"]}
    if tools.peers:
        asked |= {name: [tools.peer(name), "--version"] for name in ("bump-my-version", "twine")}
        asked["build"] = [tools.peer("python"), "-m", "build", "--version"]
    if tools.lerna:
        asked |= {"lerna": [tools.lerna, "--version"], "node": ["node", "--version"]}
    told = (f"{name} {number(words, env)}" for name, words in asked.items())
    return ", ".join([f"{platform.system()} {platform.machine()}", f"Python {platform.python_version()}", *told])


def number(words: Sequence[str | Path], env: Mapping[str, str]) -> str:
    """The version in what a command says: its first word that begins with a digit."""
    done = subprocess.run([str(word) for word in words], env=dict(env), check=True, capture_output=True, text=True)
    return next(word for word in done.stdout.replace("v", " ").split() if word[0].isdigit())
