"""Pages of the error codes about: release."""

from __future__ import annotations

from trainer_release.errors.page import Page

RELEASE: dict[str, Page] = {}
