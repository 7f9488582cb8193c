"""Which of the files that an index lists this machine can install."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.tags import sys_tags
from packaging.utils import parse_wheel_filename

from trainer_release.model.index import IndexFile


def best_wheel(files: Iterable[IndexFile]) -> IndexFile | None:
    """The wheel that pip would choose here: the most specific of the compatible tags (PEP 425); None without one."""
    ranks = {tag: rank for rank, tag in enumerate(sys_tags())}
    found: list[tuple[int, IndexFile]] = []
    for file in files:
        if file.name.endswith(".whl"):
            fitting = [ranks[tag] for tag in parse_wheel_filename(file.name)[3] if tag in ranks]
            found += [(min(fitting), file)] if fitting else []
    return min(found, key=lambda pair: pair[0])[1] if found else None
