"""The trainer suite: answers questions from a folder of documents.

Importing this package imports no other module of the suite, so that
``check_version_compatibility`` can name a module that is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trainer_core.suite import Mismatch, VersionMismatchError, check_version_compatibility

if TYPE_CHECKING:
    from trainer_core.workflow import Workflow

__all__ = ["Mismatch", "VersionMismatchError", "Workflow", "check_version_compatibility"]


def __getattr__(name: str) -> Any:
    if name == "Workflow":
        from trainer_core.workflow import Workflow

        return Workflow
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
