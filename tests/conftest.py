"""What every test may count on: git knows who commits, and nobody's own configuration is read."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from hypothesis import settings

from kit.repo import PERSON

# Whoever starts the tests in the background has Ctrl-C ignored, and every child would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("full", max_examples=5000, deadline=None)  # for scripts/properties

# Where test-agent has put these tests beside a wheel there is no repository: what looks at it is not for there.
collect_ignore = (
    [] if (Path(__file__).parents[1] / "examples").is_dir() else ["e2e", "house", "suite/test_adopt_corpus.py"]
)


@pytest.fixture(autouse=True)
def person(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PERSON.items():
        monkeypatch.setenv(name, value)
