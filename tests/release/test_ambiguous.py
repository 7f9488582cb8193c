"""Uploads of which the client cannot know what became: none is judged wrongly, nothing that is there is sent again."""

from __future__ import annotations

import random

import pytest

from kit.ambiguous import cases, went, wrong
from kit.publishing import account

ALL = list(cases())
CHOSEN = (
    "pypiserver-stored, then 502-last-after 2.4 s",
    "hiding-404-a rival sends the same bytes first-first-at once",
    "hiding-404-stored, then 503-last-after 20 min",
)
SAMPLE = [case for case in ALL if str(case) in CHOSEN] + random.Random(5).sample(ALL, 5)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    account(monkeypatch, tmp_path)


@pytest.mark.parametrize("case", SAMPLE, ids=str)
def test_it_is_judged_by_the_index_alone(case, tmp_path):
    assert wrong(case, went(case, tmp_path)) == []


@pytest.mark.full
@pytest.mark.parametrize("case", [case for case in ALL if case not in SAMPLE], ids=str)
def test_every_other_case_is_judged_by_the_index_alone(case, tmp_path):
    assert wrong(case, went(case, tmp_path)) == []


def test_there_are_at_least_two_hundred_cases():
    assert len(set(ALL)) == len(ALL) >= 200
