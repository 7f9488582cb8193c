"""What every test may count on: git knows who commits, and nobody's own configuration is read."""

from __future__ import annotations

import pytest

from kit.repo import PERSON


@pytest.fixture(autouse=True)
def person(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PERSON.items():
        monkeypatch.setenv(name, value)
