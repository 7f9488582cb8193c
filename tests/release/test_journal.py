"""The journal: what it says survives a crash, and an edited one is not believed."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from trainer_release import __version__
from trainer_release.errors import ReleaseError
from trainer_release.model.outcome import Outcome, Status
from trainer_release.release.engine.journal import Journal

AT = "2026-11-22T06:00:00+00:00"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal" / "execute.jsonl"


def opened(path, plan="p", resume=True):
    return Journal(path, plan, resume=resume)


def finished(path, *subjects, step="publish"):
    journal = opened(path)
    for subject in subjects:
        journal.note("done", step, subject, AT, {"n": subject})


def refusal(path, plan="p"):
    with pytest.raises(ReleaseError) as caught:
        opened(path, plan)
    (problem,) = caught.value.problems
    return problem


def test_what_was_done_is_known_to_the_next_run_with_its_evidence(path):
    finished(path, "a")
    again = opened(path)
    assert again.done("publish", "a") == Outcome(Status.SKIPPED, {"n": "a"})
    assert again.done("publish", "b") is None
    assert again.done("other", "a") is None


def test_what_was_only_begun_or_failed_is_not_done(path):
    journal = opened(path)
    journal.note("started", "publish", "a", AT)
    journal.note("failed", "publish", "b", AT, {"codes": ["upload-failed"]})
    assert opened(path).done("publish", "a") is None
    assert opened(path).done("publish", "b") is None


def test_a_run_that_does_not_resume_begins_anew(path):
    finished(path, "a")
    assert opened(path, resume=False).done("publish", "a") is None
    assert not path.exists()


@pytest.mark.row("H-truncated")
@pytest.mark.parametrize("cut", [1, 5, 30])
def test_a_last_line_that_a_crash_cut_off_is_passed_over(path, cut):
    finished(path, "a", "b")
    path.write_bytes(path.read_bytes()[:-cut])
    again = opened(path)
    assert again.done("publish", "a") is not None
    again.note("done", "publish", "c", AT, {})
    third = opened(path)
    assert [third.done("publish", name) is not None for name in "ac"] == [True, True]


def test_wherever_a_crash_cuts_the_file_it_can_be_read_and_written_on(path):
    finished(path, "a", "b")
    whole = path.read_bytes()
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        journal = opened(path)
        ended = whole[:cut].count(b"\n")
        assert [journal.done("publish", name) is not None for name in "ab"] == [ended > 0, ended > 1]
        journal.note("started", "publish", "d", AT)
        opened(path)


def test_zeros_that_a_power_cut_left_at_the_end_are_passed_over(path):
    finished(path, "a")
    path.write_bytes(path.read_bytes() + b"\0" * 100)
    finished(path, "b")
    assert opened(path).done("publish", "b") is not None


@pytest.mark.row("H-checksum")
def test_an_edited_line_is_refused_with_its_number(path):
    finished(path, "a", "b", "c")
    path.write_bytes(path.read_bytes().replace(b'"subject": "b"', b'"subject": "x"'))
    problem = refusal(path)
    assert (problem.code, problem.line, problem.exit) == ("journal-edited", 2, 10)
    assert problem.path == "execute.jsonl"
    assert "remove the journal" in problem.hint


@pytest.mark.row("H-another-version", "H-another-commit")
def test_the_journal_of_another_plan_is_refused(path):
    finished(path, "a")
    problem = refusal(path, plan="q")
    assert (problem.code, problem.line, problem.exit) == ("journal-of-another-plan", 1, 10)
    assert "plan p" in problem.message
    assert "plan q" in problem.message


def test_lines_of_several_threads_do_not_mix(path):
    journal = opened(path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: journal.note("done", "publish", str(n), AT, {"text": "x" * 500}), range(60)))
    again = opened(path)
    assert all(again.done("publish", str(n)) for n in range(60))


def test_a_line_is_a_checksum_and_json_without_line_ends(path):
    opened(path).note("done", "publish", "a\nb", AT, {"text": "ü\n"})
    (line,) = path.read_text().splitlines()
    digest, _, body = line.partition(" ")
    assert len(digest) == 16
    assert json.loads(body) == {
        "plan": "p", "tool": __version__, "event": "done", "step": "publish", "subject": "a\nb", "at": AT, "evidence": {"text": "ü\n"},
    }  # fmt: skip
    assert opened(path).done("publish", "a\nb") is not None


def of_another_tool(path):
    """The same journal as another version of this program would have written it."""
    bodies = [line.partition(" ")[2] for line in path.read_text().splitlines()]
    bodies = [body.replace(f'"tool": "{__version__}"', '"tool": "9.9"') for body in bodies]
    path.write_text("".join(f"{hashlib.sha256(body.encode()).hexdigest()[:16]} {body}\n" for body in bodies))


@pytest.mark.row("H-newer-tool")
def test_the_unfinished_run_of_another_version_of_this_program_is_refused_with_both_ways_on(path):
    finished(path, "a")
    of_another_tool(path)
    problem = refusal(path)
    assert (problem.code, problem.exit) == ("journal-of-another-tool", 10)
    assert "trainer-release 9.9 began" in problem.message
    assert "finish it with trainer-release 9.9, or remove the journal" in problem.hint
    assert str(path) in problem.hint


def test_a_run_of_another_version_that_came_to_its_end_is_no_matter(path):
    journal = opened(path)
    journal.note("done", "publish", "a", AT)
    journal.end(AT)
    of_another_tool(path)
    again = opened(path)
    assert again.done("publish", "a") is None
    again.note("done", "publish", "b", AT)
    assert opened(path).done("publish", "b") is not None


def test_a_run_that_did_nothing_writes_no_end(path):
    opened(path).end(AT)
    assert not path.exists()


@pytest.mark.row("H-two-journals")
def test_the_journals_of_two_indexes_know_nothing_of_each_other(tmp_path):
    opened(tmp_path / "execute-pypi.jsonl", "p").note("done", "publish", "a", AT)
    assert opened(tmp_path / "execute-testpypi.jsonl", "q").done("publish", "a") is None
