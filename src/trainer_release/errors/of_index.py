"""Pages of the error codes about: index."""

from __future__ import annotations

from trainer_release.errors.page import Page

INDEX: dict[str, Page] = {}
