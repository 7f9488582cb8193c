"""The command that compares init, graph, sync and check with what is true of real repositories."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
CASES = Path(__file__).parent / "data" / "corpus"


@pytest.fixture
def corpus(tmp_path):
    return Path(shutil.copytree(CASES, tmp_path / "corpus"))


def score(folder, *names):
    line = [sys.executable, TOP / "scripts" / "corpus", folder, *names]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def change(folder, name="mill", **more):
    truth = json.loads((folder / name / "truth.json").read_text())
    (folder / name / "truth.json").write_text(json.dumps(truth | more))


def test_what_agrees_with_the_truth_has_the_full_score(corpus):
    code, said = score(corpus)
    assert "1.0000  1.0000 literally  mill" in said
    assert "7 of 7 facts" in said
    assert "1.0000  0.7727 literally  loom" in said
    assert "mean of 2; 0.8864 literally; 0 faults of sync and check" in said
    assert said.rstrip().endswith(
        "2 unsatisfied pins, 2 reported, 2 repaired; "
        "1 of 5 places of versions drifted, 1 reported, 1 repaired; 0 false alarms"
    )
    assert code == 0


def test_what_the_literal_score_counts_otherwise_is_argued(corpus):
    _, said = score(corpus, "loom")
    table = said.partition("literally different, and why:")[2]
    assert "loom-probe" in table
    assert "packages/core/tests/probe: only for tests, nothing says how it is built" in table
    assert "wave loom-all: ours 5, true 4" in table
    assert "a requested extra leads there" in table


def test_each_difference_is_named_and_lowers_the_score(corpus):
    change(corpus, graph={"build_edge_list": [], "runtime_edge_list": []})
    code, said = score(corpus, "mill")
    assert code == 1
    assert "edge mill-b mill-a: ours True, true nothing" in said
    assert "wave mill-b: ours 2, true 1" in said


def test_a_complaint_of_check_that_the_truth_does_not_know_is_a_fault(corpus):
    truth = json.loads((corpus / "mill" / "truth.json").read_text())
    truth["modules"][2]["internal"] = []
    change(corpus, modules=truth["modules"])
    code, said = score(corpus, "mill")
    assert code == 1
    assert "FAULT check: pin-excludes packages/b/pyproject.toml:9: mill-b requires `mill-a>=1.2,<2`" in said


def test_a_stale_pin_that_check_does_not_report_is_a_fault(corpus):
    pins = [{"module": "loom-io", "dep": "loom-base>=3"}]
    change(corpus, "loom", unsatisfied_internal_pins=pins)
    code, said = score(corpus, "loom")
    assert code == 1
    assert "FAULT check is silent about packages/io loom-base >=3" in said
