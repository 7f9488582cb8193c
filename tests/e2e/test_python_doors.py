"""The Python doors: the same use cases as the commands, from a program."""

import pytest

import trainer_release
from trainer_release.errors import ReleaseError


def test_a_program_plans_prepares_and_executes_a_release(fresh):
    work = fresh({"a": (), "b": ("a",)})
    manager = trainer_release.ReleaseManager(work.root)
    plan = manager.plan("1.1.0")
    assert {line.name: line.new for line in plan.modules}
    before = work.state()
    assert manager.plan("1.1.0").id == plan.id
    assert work.state() == before
    prepared = manager.prepare("1.1.0")
    assert prepared.done
    assert prepared.commit == work.git("rev-parse", "v1.1.0^{commit}").strip()
    done = manager.execute()
    assert done.manifest is not None
    assert done.manifest.is_file()
    assert set(done.uploaded) == set(work.uploads())
    assert manager.execute("1.1.0").uploaded == ()


def test_a_program_is_told_what_stands_against_a_release(fresh):
    work = fresh({"a": (), "b": ("a",)})
    work.write("stray.txt", "x")
    work.git("add", "stray.txt")
    with pytest.raises(ReleaseError) as told:
        trainer_release.ReleaseManager(work.root / "versions.yaml").prepare("1.1.0")
    assert [problem.code for problem in told.value.problems] == ["dirty-tree"]
    assert told.value.exit == 6


def test_a_name_that_is_no_door_is_an_attribute_error():
    with pytest.raises(AttributeError):
        trainer_release.nothing  # noqa: B018
