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


def score(folder):
    line = [sys.executable, TOP / "scripts" / "corpus", folder]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def change(folder, **more):
    truth = json.loads((folder / "mill" / "truth.json").read_text())
    (folder / "mill" / "truth.json").write_text(json.dumps(truth | more))


def test_what_agrees_with_the_truth_has_the_full_score(corpus):
    code, said = score(corpus)
    assert said.startswith("1.0000  mill")
    assert "7 of 7 facts" in said
    assert "mean of 1; 0 faults of sync and check" in said
    assert code == 0


def test_each_difference_is_named_and_lowers_the_score(corpus):
    change(corpus, graph={"build_edge_list": [], "runtime_edge_list": []})
    code, said = score(corpus)
    assert code == 1
    assert "edge mill-b mill-a: ours True, true nothing" in said
    assert "wave mill-b: ours 2, true 1" in said


def test_a_complaint_of_check_that_the_truth_does_not_know_is_a_fault(corpus):
    truth = json.loads((corpus / "mill" / "truth.json").read_text())
    truth["modules"][2]["internal"] = []
    change(corpus, modules=truth["modules"])
    code, said = score(corpus)
    assert code == 1
    assert "FAULT check: packages/b/pyproject.toml:9: mill-b requires `mill-a>=1.2,<2`" in said
