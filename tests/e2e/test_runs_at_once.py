"""Row I of the fault catalogue: a run works, and others begin beside it. Each ends with 9 and names the first, which
ends as if it had been alone. Races of `execute`, and across clones, have tests of their own."""

from __future__ import annotations

import subprocess
import time

import pytest

from kit.hostile_builds import suite
from kit.refused import EXE, run

WAITS = """
import time
deed = build_sdist
def build_sdist(*words):
    open("BEGUN", "w").close()
    while not os.path.exists("GO"):
        time.sleep(0.02)
    return deed(*words)
"""


@pytest.fixture
def working(tmp_path):
    """A suite of which a `prepare` is building, until it is let go."""
    begun, go = tmp_path / "begun", tmp_path / "go"
    home = suite(tmp_path / "repo", {"a": WAITS.replace("BEGUN", str(begun)).replace("GO", str(go))})
    line = [str(EXE), "prepare", "1.0.0"]
    first = subprocess.Popen(line, cwd=home.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 120
    while not begun.exists() and first.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    assert begun.exists()
    yield home, first, go
    go.touch()
    first.communicate(timeout=120)


@pytest.mark.row("I-two-prepare", "I-prepare-and-execute", "I-two-worktrees")
def test_whatever_begins_beside_a_prepare_ends_with_9_and_names_it(working, tmp_path):
    home, first, go = working
    home.git("worktree", "add", "--quiet", "-b", "release/next", str(tmp_path / "linked"))
    refs = home.refs
    for root in (home.root, tmp_path / "linked"):
        for words in (
            ["prepare", "1.0.0"],
            ["prepare", "1.1.0"],
            ["execute", "1.0.0"],
            ["abandon", "1.0.0"],
            ["build"],
        ):
            second = run(root, *words)
            assert (second.code, second.out, "Traceback" in second.err) == (9, "", False), (words, second)
            assert f"`trainer-release prepare 1.0.0`, process {first.pid}" in second.err
            assert "\n   = " in second.err
    for words in (["status"], ["check"], ["log"], ["prepare", "1.0.0", "--dry-run"]):
        assert run(home.root, *words).code == 0  # who only looks need not wait
    assert home.refs == refs
    go.touch()
    out, err = first.communicate(timeout=120)
    assert (first.returncode, "Prepared mill 1.0.0" in out) == (0, True), err
    assert set(home.refs) - set(refs) == {"refs/tags/v1.0.0", "refs/trainer-release/mill/1.0.0"}
    assert run(home.root, "prepare", "1.0.0").code == 0
    assert run(tmp_path / "linked", "prepare", "1.0.0").code == 6


@pytest.mark.row("I-holder-killed")
def test_a_prepare_that_was_killed_holds_nobody_up(working):
    home, first, go = working
    first.kill()
    first.wait()
    go.touch()
    assert run(home.root, "prepare", "1.0.0").code == 0
    assert len(home.git("worktree", "list").splitlines()) == 1


@pytest.mark.row("I-two-clones")
def test_of_two_clones_that_prepared_the_same_version_the_second_to_push_is_refused(tmp_path):
    home = suite(tmp_path / "repo", {"a": 'VERSION = "1.1.0"\n'})
    home.git("clone", "--quiet", "--bare", ".", str(tmp_path / "remote.git"))
    clones = [tmp_path / "one", tmp_path / "two"]
    for number, clone in enumerate(clones):
        home.git("clone", "--quiet", str(tmp_path / "remote.git"), str(clone))
        assert run(clone, "prepare", "1.1.0").code == 0, number
        time.sleep(1.1 * (not number))  # another second, another commit
    assert run(clones[0], "push", "1.1.0").code == 0
    late = run(clones[1], "push", "1.1.0")
    assert (late.code, late.out, "Traceback" in late.err) == (6, "", False), late
    assert "\n   = " in late.err
    assert home.git("-C", str(tmp_path / "remote.git"), "rev-parse", "v1.1.0") == home.git(
        "-C", str(clones[0]), "rev-parse", "v1.1.0"
    )
