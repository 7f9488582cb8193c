"""Environments that a user of a suite has: made empty, filled from the embedded index over HTTP."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.suite import BIN, Workspace, environment


@contextmanager
def serving(work: Workspace) -> Iterator[str]:
    """The suite's embedded index, kept up by `index serve`; its simple URL, which is the first line on stdout."""
    with work.start("index", "serve") as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), process.communicate()
        try:
            yield url
        finally:
            process.terminate()
            process.communicate(timeout=30)


def empty(folder: Path, home: Path, *words: str) -> Path:
    """An environment with nothing in it (`--seed`: but pip); its interpreter."""
    command = [str(BIN / "uv"), "venv", "--quiet", "--no-config", "--no-project", *words, str(folder)]
    subprocess.run([*command, "--python", str(BIN / "python")], check=True, env=environment(home))
    return folder / "bin" / "python"


def install(python: Path, home: Path, *words: str | Path) -> None:
    """Install with uv; `words` are what `uv pip install` takes."""
    command = [
        str(BIN / "uv"),
        "pip",
        "install",
        "--quiet",
        "--no-config",
        "--no-cache",
        "--python",
        str(python),
        *map(str, words),
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment(home))
    assert done.returncode == 0, done.stderr


def installed(python: Path) -> dict[str, str]:
    """What an environment holds: versions by name."""
    code = "from importlib.metadata import distributions as all\nfor d in all(): print(d.metadata['Name'], d.version)"
    done = subprocess.run([str(python), "-I", "-c", code], check=True, capture_output=True, text=True)
    return dict(line.split() for line in done.stdout.splitlines())
