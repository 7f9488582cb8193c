"""What a drill does to which request, and what it calls another end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trainer_release.app.drill import Drilled, Row, _wrong
from trainer_release.app.drill_faults import TRIALS, UNDISTURBED, Trial, struck
from trainer_release.app.drill_trial import End
from trainer_release.cli.render_trial import drill_document, drill_text
from trainer_release.world.faults import KINDS, Request
from trainer_release.world.process import Finished

TABLE = {trial.name: trial for trial in TRIALS}
WELL = Finished((), 0, "", "")
END = End({"a.whl": "1", "a.tar.gz": "2"}, {"tree/.git": {"refs/heads/main": "x"}}, {"suite": "t"}, (), (WELL,))


def upload(number):
    return Request("POST", "/", number, "upload")


@pytest.mark.parametrize(
    ("name", "uploads", "hit"),
    [("kill-first", 12, [1]), ("kill-middle", 12, [7]), ("kill-last", 12, [12]), ("burst-503", 12, [7, 8, 9])],
)
def test_a_fault_strikes_so_many_uploads_from_its_place_on(name, uploads, hit):
    assert [n for n in range(1, 15) if struck(TABLE[name], uploads, upload(n), 0)] == hit


def test_looks_are_struck_where_the_trial_says_so_and_not_for_ever():
    look = Request("GET", "/simple/a/", 40, "simple")
    assert [struck(TABLE["burst-503"], 2, look, n) for n in (0, 2, 3)] == [True, True, False]
    assert not struck(TABLE["stored-502"], 2, look, 0)
    assert not struck(UNDISTURBED, 2, upload(1), 0)


def test_every_trial_is_a_kind_that_the_proxy_knows_and_has_a_name_of_its_own():
    assert len(TABLE) == len(TRIALS)
    assert {trial.kind for trial in TRIALS} <= {*KINDS, None}
    assert all(trial.kind or trial.stale for trial in TRIALS)


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (replace(END, runs=(WELL, WELL)), []),
        (replace(END, runs=(replace(WELL, code=7),) * 3), ["ended with exit code 7", "took 3 runs"]),
        (replace(END, files={"a.whl": "1"}), ["not published: a.tar.gz"]),
        (replace(END, files={**END.files, "a.whl": "9"}), ["other bytes: a.whl"]),
        (replace(END, resent=("a.whl",)), ["sent twice with other bytes: a.whl"]),
        (replace(END, refs={"tree/.git": {}}), ["other refs: tree/.git"]),
        (replace(END, manifest=None), ["another manifest"]),
    ],
)
def test_every_way_in_which_an_end_is_another_is_said(end, words):
    assert _wrong(end, END) == words


def test_the_table_has_a_row_a_fault_and_the_sum_of_those_that_were_tried():
    trial = Trial("one", "a fault", "kill")
    rows = (
        Row(trial, "upload 2 of 2", (-9, 0)),
        Row(trial, "", (7, None), ("took 3 runs",)),
        Row(trial, "", skipped="no remote"),
    )
    found = Drilled("t", "1.0.1", 2, rows)
    text = drill_text(found)
    for words in ("killed -> 0", "7 -> no end", "not tried: no remote", "1 of 2 faults survived, by t 1.0.1 (2 files)"):
        assert words in text
    assert [row["survived"] for row in drill_document(found)["faults"]] == [True, False, None]
