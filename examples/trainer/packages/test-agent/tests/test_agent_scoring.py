"""What a score means."""

import pytest

from trainer_test_agent import contains, exact, overlap


@pytest.mark.parametrize(
    ("answer", "score"),
    [("At nine!", 1.0), ("We open at nine o'clock.", 0.0), ("nine at", 0.0), ("", 0.0)],
)
def test_exact_wants_the_same_words(answer, score):
    assert exact("at nine", answer) == score


@pytest.mark.parametrize(
    ("answer", "score"),
    [("We open AT NINE, mostly.", 1.0), ("at half past nine", 0.0), ("at nineteen", 0.0), ("nine", 0.0)],
)
def test_contains_wants_the_words_in_a_row(answer, score):
    assert contains("at nine", answer) == score


def test_overlap_is_between_nothing_and_all():
    assert overlap("at nine", "at nine") == 1.0
    assert overlap("at nine", "coffee") == 0.0
    assert overlap("at nine", "at ten") == 0.5


def test_overlap_punishes_an_answer_that_says_everything():
    assert overlap("nine", "nine ten eleven") == pytest.approx(0.5)


def test_overlap_counts_a_repeated_word_once_for_each_time_it_is_wanted():
    assert overlap("nine nine", "nine") == pytest.approx(2 / 3)
