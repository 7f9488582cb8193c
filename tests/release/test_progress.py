"""How far a release is, file by file; and how long it can still be finished."""

from datetime import UTC, datetime, timedelta

import pytest

from kit.facts import record
from trainer_release.model.index import IndexFile, Page
from trainer_release.model.publishing import State
from trainer_release.release.capacity import Window, deadline, pressing
from trainer_release.release.progress import file_states

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MADE = record(carried=["speech", "core"])
WHEEL, SDIST = MADE.modules["words"].files


def there(dist, sha256=None, at=NOW):
    return IndexFile(dist.name, "http://index.example/x", sha256 or dist.sha256, 10, uploaded=at)


def states(listed=(), told=(), noted=None):
    pages = {"demo-words": Page({"1.1.0": tuple(listed)})}
    found = file_states(MADE, pages, {"demo-words": told}, {"words": noted} if noted else {})
    return {file.name: (file.state, file.since) for file in found}


def test_what_nobody_has_begun_is_planned_and_what_is_carried_is_left_out():
    assert states() == {WHEEL.name: (State.PLANNED, None), SDIST.name: (State.PLANNED, None)}


def test_only_the_index_promotes_a_file():
    begun = NOW - timedelta(hours=1)
    assert states(noted=("started", begun))[WHEEL.name] == (State.AMBIGUOUS, begun)
    assert states(noted=("failed", begun))[WHEEL.name] == (State.AMBIGUOUS, begun)
    assert states(noted=("done", begun))[WHEEL.name] == (State.UPLOADED, begun)
    assert states(told=[there(WHEEL)], noted=("failed", begun))[WHEEL.name] == (State.PUBLISHED, NOW)
    assert states([there(WHEEL)], noted=("started", begun))[WHEEL.name] == (State.PUBLISHED, NOW)
    assert states([there(WHEEL)], noted=("done", begun))[WHEEL.name] == (State.INSTALLABLE, NOW)
    assert states([there(WHEEL, "0" * 64)])[WHEEL.name] == (State.PLANNED, None)


@pytest.mark.parametrize(
    ("days", "window"),
    [(0, Window.OPEN), (10, Window.OPEN), (11, Window.CLOSING), (14, Window.CLOSING), (15, Window.CLOSED)],
)
def test_a_release_published_in_part_has_a_deadline(days, window):
    listed = {"demo-words": Page({"1.1.0": (there(WHEEL),)})}
    end = deadline(MADE, listed, 14)
    assert end == NOW + timedelta(days=14)
    assert pressing(end, NOW + timedelta(days=days)) is window


def test_what_is_whole_or_has_no_window_has_no_deadline():
    assert deadline(MADE, {"demo-words": Page({"1.1.0": (there(WHEEL), there(SDIST))})}, 14) is None
    assert deadline(MADE, {"demo-words": Page({"1.1.0": (there(WHEEL),)})}, None) is None
    assert deadline(MADE, {}, 14) is None
    assert pressing(None, NOW) is Window.OPEN
