"""Refs of several repositories: moved as one, and finished or undone after a crash in the middle."""

from __future__ import annotations

import pytest

from kit.repo import repository
from trainer_release.errors import ReleaseError
from trainer_release.world import moves
from trainer_release.world.git import Git
from trainer_release.world.refs import RefChange

MAIN, TAG = "refs/heads/main", "refs/tags/v1"


@pytest.fixture
def three(tmp_path):
    """Three repositories with a second commit that main does not have yet: the moves, and the repositories."""
    gits, changes, made = {}, {}, {}
    for name in ("a", "b", ""):
        repo = made[name] = repository(tmp_path / (name or "home"))
        first = repo.head
        second = repo.commit("Second")
        repo.git("update-ref", MAIN, first)
        gits[name] = Git(repo.root)
        changes[name] = (RefChange(MAIN, first, second), RefChange(TAG, None, second))
    return moves.Moves("1.0.0", changes), gits, made


def stop_at(made, name):
    """A lock on a ref: that repository refuses."""
    lock = made[name].root / ".git" / "refs" / "heads" / "main.lock"
    lock.touch()
    return lock


def test_all_are_moved_and_nothing_is_left_to_do(three, tmp_path):
    wanted, gits, made = three
    moves.carry_out(tmp_path / "log", wanted, gits)
    assert all(TAG in repo.refs for repo in made.values())
    assert not list(moves.missing(wanted, gits))


@pytest.mark.parametrize("names", [("",), ("a", "b", "")])
def test_where_nothing_could_be_moved_nothing_is_left_to_do(three, tmp_path, names):
    wanted, gits, made = three
    stop_at(made, names[0])
    with pytest.raises(ReleaseError) as caught:
        moves.carry_out(tmp_path / "log", moves.Moves("1.0.0", {name: wanted.changes[name] for name in names}), gits)
    assert caught.value.problems[0].code == "git-locked"
    assert not (tmp_path / "log").exists()


@pytest.mark.row("E8-refs")
def test_what_one_transaction_left_halved_is_finished(three, tmp_path):
    wanted, gits, made = three
    alone = moves.Moves("1.0.0", {"": wanted.changes[""]}, {"versions.yaml": "mine"})
    moves.carry_out(tmp_path / "log", alone, gits)  # git died after the first of its renames: the tag is there alone
    made[""].git("update-ref", MAIN, str(wanted.changes[""][0].old))
    left = moves.pending(tmp_path / "log")
    assert left == alone
    assert moves.begun(left, gits)
    assert list(moves.missing(left, gits)) == [("", MAIN)]
    moves.go_on(left, gits)
    assert not list(moves.missing(left, gits))


@pytest.mark.row("E8-refs")
@pytest.mark.parametrize("at", ["b", ""])
def test_a_cut_in_the_middle_is_finished(three, tmp_path, at):
    wanted, gits, made = three
    lock = stop_at(made, at)
    with pytest.raises(ReleaseError):
        moves.carry_out(tmp_path / "log", wanted, gits)
    assert TAG not in made[at].refs
    lock.unlink()
    begun = moves.pending(tmp_path / "log")
    assert begun == wanted
    moves.go_on(begun, gits)
    assert all(repo.refs[TAG] == repo.refs[MAIN] for repo in made.values())


@pytest.mark.parametrize("at", ["b", ""])
def test_or_it_is_undone(three, tmp_path, at):
    wanted, gits, made = three
    before = {name: repo.refs for name, repo in made.items()}
    lock = stop_at(made, at)
    with pytest.raises(ReleaseError):
        moves.carry_out(tmp_path / "log", wanted, gits)
    lock.unlink()
    said = moves.undo(tmp_path / "log", moves.pending(tmp_path / "log"), gits)
    assert {name: repo.refs for name, repo in made.items()} == before
    assert said == {"b": [f"a: {MAIN}", f"a: {TAG}"]}.get(at, [f"b: {MAIN}", f"b: {TAG}", f"a: {MAIN}", f"a: {TAG}"])
    assert moves.pending(tmp_path / "log") is None


def test_a_ref_that_somebody_moved_meanwhile_stops_both_ways(three, tmp_path):
    wanted, gits, made = three
    lock = stop_at(made, "b")
    with pytest.raises(ReleaseError):
        moves.carry_out(tmp_path / "log", wanted, gits)
    lock.unlink()
    third = made["a"].commit("Third")
    for act in (moves.go_on, lambda *given: moves.undo(tmp_path / "log", *given)):
        with pytest.raises(ReleaseError) as caught:
            act(wanted, gits)
        assert caught.value.problems[0].code == "ref-moved"
    assert made["a"].refs[MAIN] == third
    assert moves.pending(tmp_path / "log") == wanted


@pytest.mark.parametrize("text", ["", "{", "[]", '{"release": 1}', '{"release": "1", "changes": {"a": [[1]]}}'])
def test_a_log_that_cannot_be_read_is_named(tmp_path, text):
    (tmp_path / "moves.json").write_text(text)
    with pytest.raises(ReleaseError) as caught:
        moves.pending(tmp_path / "moves.json")
    assert caught.value.problems[0].code == "record-invalid"
