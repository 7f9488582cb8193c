"""Pages of the error codes about: git."""

from __future__ import annotations

from trainer_release.errors.page import Page

GIT: dict[str, Page] = {}
