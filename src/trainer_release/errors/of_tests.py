"""Pages of the error codes about: tests."""

from __future__ import annotations

from trainer_release.errors.page import Page

TESTS: dict[str, Page] = {}
