"""No file is larger than the index takes."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem
from trainer_release.model.facts import ExecuteFacts

NAME = "files_fit"


def check(facts: ExecuteFacts) -> Iterator[Problem]:
    """Of the files that are still to be uploaded."""
    limit = facts.address.file_size
    for module in facts.record.modules.values() if limit else ():
        listed = facts.listed(module.package, module.version)
        for dist in module.files if module.published else ():
            if limit and dist.size > limit << 20 and dist.name not in listed:
                yield Problem(
                    "file-too-large",
                    f"{dist.name} has {dist.size >> 20} MiB, {facts.index} takes {limit}",
                    hint="leave out what the package does not need; where the index takes more of you, list it under "
                    "`indexes` with its `file-size`",
                )
