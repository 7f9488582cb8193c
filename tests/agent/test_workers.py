"""Several pieces of work at once."""

from __future__ import annotations

import sys
import time

import pytest

from trainer_release.agent.workers import beside, each
from trainer_release.world import process


def test_answers_come_in_the_order_of_the_items():
    def wait(seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    assert each(wait, [0.05, 0.0, 0.02], jobs=3) == [0.05, 0.0, 0.02]


def test_an_error_ends_the_commands_that_run_and_cancels_the_rest():
    begun: list[str] = []

    def work(what: str) -> None:
        begun.append(what)
        if what == "fails":
            time.sleep(0.3)
            raise ValueError(what)
        process.run([sys.executable, "-c", "import time; time.sleep(60)"])

    started = time.monotonic()
    with pytest.raises(ValueError, match="fails"):
        each(work, ["fails", "sleeps", "sleeps", "never"], jobs=2)
    assert time.monotonic() - started < 30
    assert "never" not in begun


def test_what_was_done_before_everything_is_ended_can_be_told_from_the_rest():
    done: list[float] = []
    whole: list[float] = []

    def work(seconds: float) -> None:
        if not seconds:
            raise ValueError("ends all")
        process.run([sys.executable, "-c", f"import time; time.sleep({seconds})"])
        done.append(seconds)

    with pytest.raises(ValueError, match="ends all"):
        each(work, [0.01, 60.0, 0.0], 2, lambda: whole.extend(done))
    assert (whole, sorted(done)) == ([0.01], [0.01, 60.0])


def test_work_beside_a_block_is_ended_where_the_block_fails():
    with pytest.raises(ValueError, match="no"), beside(lambda: process.run(["sleep", "600"])) as answer:
        raise ValueError("no")
    assert answer().code != 0


def test_work_beside_a_block_has_its_answer_and_its_error():
    with beside(lambda: 7) as answer:
        assert answer() == 7
    with pytest.raises(ZeroDivisionError), beside(lambda: 1 // 0) as answer:
        answer()
