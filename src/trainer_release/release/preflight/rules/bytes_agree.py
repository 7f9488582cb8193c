"""The index has nothing under our names that is not ours; looked at for every file before the first upload."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem
from trainer_release.model.facts import ExecuteFacts

NAME = "bytes_agree"


def check(facts: ExecuteFacts) -> Iterator[Problem]:
    """Same name and same sha256, or absent."""
    for module in facts.record.modules.values():
        listed = facts.listed(module.package, module.version)
        for dist in module.files if module.published else ():
            there = listed.get(dist.name)
            if there is not None and there.sha256 != dist.sha256:
                yield Problem(
                    "file-differs",
                    f"the index has another {dist.name}: sha256 {there.sha256 or 'unknown'}, "
                    f"prepared was {dist.sha256}",
                    hint="never upload over it: find out who published it, and release the next version",
                )
