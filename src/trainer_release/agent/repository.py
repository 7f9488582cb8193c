"""A repository of integration tests: at a path, as it lies there or as it was at a commit; only ever read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from trainer_release.agent.cells import testing_choice
from trainer_release.errors import ReleaseError, fail
from trainer_release.model.testing import TestSource
from trainer_release.suite.layouts import read_project
from trainer_release.world import exports, files
from trainer_release.world.cache import cache_folder
from trainer_release.world.git import Git, open_repository

REPOSITORY = "INTEGRATION_TESTS_REPO"


def repository_tests(named: str) -> TestSource:
    """The tests of a repository given as `path` or `path@ref`. The origin says `repo:path@commit`, and `+dirty` where
    the files read are not those of the commit.

    ReleaseError `integration-tests-missing` where there is no such path or ref, or no `tests/` in it.
    """
    path, _, ref = (named, "", "") if Path(named).exists() or "@" not in named else named.rpartition("@")
    folder = Path(path).resolve()
    git = open_repository(folder) if folder.is_dir() else None
    origin = f"repo:{path}"
    if ref:
        if git is None:
            raise _missing(named, f"{folder} is no git repository")
        commit = git.commit_of(ref)
        if commit is None:
            raise _missing(named, f"{folder} has no {ref}")
        folder, origin = exports.exported(git, commit, _inside(git, folder), cache_folder()), f"{origin}@{commit}"
    elif git is not None and (commit := git.commit_of("HEAD")):
        origin += f"@{commit}" + ("+dirty" if exports.uncommitted(git, _inside(git, folder)) else "")
    if not (folder / "tests").is_dir():
        raise _missing(named, f"there is no {folder / 'tests'}")
    return TestSource(origin, str(folder / "tests"), str(folder), requires=tuple(_requirements(folder)))


def _inside(git: Git, folder: Path) -> str:
    below = folder.relative_to(git.root).as_posix()
    return "" if below == "." else below


def _missing(named: str, why: str) -> ReleaseError:
    hint = f"set {REPOSITORY} to a checkout that has tests/ (path, or path@ref), or unset it"
    return fail("integration-tests-missing", f"{REPOSITORY} is {named}, and {why}", hint=hint)


def _requirements(folder: Path) -> Iterator[str]:
    """What the tests of a repository need: its project's dependencies, extra or group for tests, else its list."""
    try:
        project = read_project(".", lambda path: files.text_or_none(folder / path))
    except ReleaseError:
        yield from filter(None, map(_requirement, (files.text_or_none(folder / "requirements.txt") or "").splitlines()))
        return
    extra, group = testing_choice(project.extras), testing_choice(project.groups)
    places = {"project.dependencies", f"project.optional-dependencies.{extra}", f"dependency-groups.{group}"}
    yield from (pinned.text for pinned in project.requirements if pinned.where in places)


def _requirement(line: str) -> str | None:
    """The requirement in a line of pip's requirement files; None where it is a comment, an option, a path."""
    text = line.partition(" #")[0].strip()
    try:
        return str(Requirement(text))
    except InvalidRequirement:
        return None
