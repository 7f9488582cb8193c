"""Pages of the error codes about: project."""

from __future__ import annotations

from trainer_release.errors.page import Page

PROJECT: dict[str, Page] = {}
