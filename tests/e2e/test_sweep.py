"""A sample of `scripts/kills`: struck in the middle, `prepare` and `execute` are finished by the same command."""

from __future__ import annotations

from random import Random

import pytest

from kit import calls, kills

SAMPLE = (
    ("prepare", "", "git update-ref: rename suite/.git/refs/tags/v1.0.0"),
    ("prepare", "ENOSPC", "python: fsync suite/.git/trainer-release/mill/data/"),
    ("execute", "", "python: link suite/.git/trainer-release/mill/data/index"),
    ("execute", "EIO", "execute-local.jsonl"),
)


@pytest.fixture(scope="module")
def starts(tmp_path_factory):
    if not calls.possible():
        pytest.skip("needs Linux and a C compiler")
    return kills.starts(tmp_path_factory.mktemp("sweep") / "starts", 1)


@pytest.mark.row("D1-ENOSPC", "D1-EIO", "D2")
@pytest.mark.parametrize(("command", "errors", "place"), SAMPLE)
def test_a_run_that_is_struck_is_finished_by_the_same_command(starts, command, errors, place, tmp_path):
    start = starts[command]
    place = next(each for each in sorted(start.places) if place in each)
    result = kills.disturbed(start, tmp_path / "run", 0, Random(0), errors, place)
    assert result.place == place
    assert result.wrong == []
    assert (result.twice, result.lost) == (0, 0)
