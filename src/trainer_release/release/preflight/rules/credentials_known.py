"""There is something to upload with, before anything is uploaded."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem
from trainer_release.model.facts import ExecuteFacts

NAME = "credentials_known"


def check(facts: ExecuteFacts) -> Iterator[Problem]:
    """The embedded index needs none; neither does a run that has nothing to upload."""
    if facts.credentials:
        return
    for module in facts.record.modules.values():
        listed = facts.listed(module.package, module.version)
        if module.published and any(dist.name not in listed for dist in module.files):
            yield Problem(
                "no-credentials",
                f"there is no password or token for {facts.index}",
                hint="set TWINE_USERNAME and TWINE_PASSWORD, or use keyring, ~/.pypirc or trusted publishing",
            )
            return
