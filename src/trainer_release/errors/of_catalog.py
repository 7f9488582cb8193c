"""Pages of the error codes about: catalog."""

from __future__ import annotations

from trainer_release.errors.page import Page

CATALOG: dict[str, Page] = {}
