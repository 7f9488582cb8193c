"""`prepare` and `execute` as the command line ends them, under a clock that stands: frozen.py prepare|execute VERSION."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from trainer_release.app import execute, prepare
from trainer_release.cli.boundary import guarded
from trainer_release.release.step import CLOCK

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
STANDING = replace(CLOCK, now=lambda: MOMENT)


def run(command: str, version: str, index: str | None = None) -> None:
    if command == "prepare":
        prepare.prepare(Path.cwd(), version, index=index, clock=STANDING)
    else:
        execute.execute(Path.cwd(), execute.Options(version, index=index, confirm=lambda _plan: True, clock=STANDING))


if __name__ == "__main__":
    guarded(lambda: run(*sys.argv[1:]))
