"""What failed tests left in their temporary folders, kept beside the report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from trainer_release.agent.events import BAD
from trainer_release.model.testing import CellReport
from trainer_release.world import files

_LENGTH = 30


def retain(folder: Path, reports: Sequence[CellReport], target: Path) -> None:
    """Copy, of the cells that ran in `folder`, what failed tests left in TMPDIR and in their `tmp_path`."""
    for number, report in enumerate(reports):
        for run in sorted((folder / f"c{number}" / "run").glob("*")):
            for place in (*sorted((run / "kept").glob("*")), *_own(run / "tmp", report)):
                files.copy_tree(place, target / report.name.replace(" ", "-") / place.name)


def _own(tmp: Path, report: CellReport) -> Iterator[Path]:
    """The `tmp_path` of each failed test: pytest names it by the first letters of the test ("tmp_path", its docs)."""
    names = {test.test.rpartition("::")[2] for test in report.tests if test.outcome in BAD}
    short = {re.sub(r"[\W]", "_", name)[:_LENGTH] for name in names}
    for place in sorted(tmp.glob("pytest-of-*/pytest-*/*")):
        if place.is_dir() and not place.is_symlink() and place.name.rstrip("0123456789") in short:
            yield place
