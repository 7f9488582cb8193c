"""Reduction: what is found fails, nothing of it can go, nothing is asked twice, and few tries do."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer_release.agent.ddmin import smallest

SIX = tuple("abcdef")


class Asked:
    """A question that counts how often it is asked."""

    def __init__(self, fails):
        self.fails, self.asked = fails, []

    def __call__(self, part):
        self.asked.append(part)
        return self.fails(part)


@pytest.mark.parametrize("guilty", [*combinations(SIX, 2)])
def test_two_of_six_are_found_in_ten_tries_beside_the_two_known_answers(guilty):
    question = Asked(lambda part: {*guilty} <= {*part})
    assert smallest(SIX, question) == guilty
    assert len(question.asked) <= 10


@given(st.sets(st.integers(0, 39), min_size=1, max_size=4))
def test_where_more_never_mends_exactly_the_guilty_are_found_in_few_tries(guilty):
    question = Asked(lambda part: guilty <= {*part})
    assert smallest(range(40), question) == tuple(sorted(guilty))
    assert len(question.asked) <= len(guilty) * 8


@settings(deadline=None)
@given(st.sets(st.frozensets(st.integers(0, 5)), max_size=64))
def test_whatever_the_answers_the_rest_fails_and_none_of_it_can_go(failing):
    failing = {*failing, frozenset(range(6))} - {frozenset()}
    question = Asked(lambda part: frozenset(part) in failing)
    found = smallest(range(6), question)
    assert frozenset(found) in failing
    assert all(frozenset(found) - {each} not in failing for each in found)
    assert len(question.asked) == len({*question.asked})
    assert all(list(part) == sorted(part) for part in question.asked)


def test_one_item_needs_no_try():
    assert smallest(("only",), lambda part: pytest.fail(f"{part} was asked")) == ("only",)
