"""git is asked a fixed number of times, whatever the number of modules."""

from __future__ import annotations

import pytest

from kit.questions import counted
from kit.repo import PERSON, Repository, catalog, project, repository, with_remote
from trainer_release.app.check import check
from trainer_release.app.history import log
from trainer_release.app.prepare import prepare
from trainer_release.app.status import status
from trainer_release.release import since, survey
from trainer_release.world.git import Git

OLD = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
FEW, MANY = 3, 12


def suite_of(folder, number):
    """A suite on a remote, tagged, and every module changed since; each third one is setuptools' own."""
    names = [f"m{at}" for at in range(number)]
    files = {"versions.yaml": catalog(**dict.fromkeys(names, "1.0.0"))}
    for at, name in enumerate(names):
        needs = [f"demo-{names[at - 1]}>=1.0.0"] if at else []
        files[f"packages/{name}/pyproject.toml"] = OLD if at % 3 == 2 else project(f"demo-{name}", "1.0.0", needs)
        if at % 3 == 2:
            files[f"packages/{name}/setup.cfg"] = (
                f"[metadata]\nname = demo-{name}\nversion = attr: demo_{name}.__version__\n"
            )
            files[f"packages/{name}/demo_{name}/__init__.py"] = '__version__ = "1.0.0"\n'
    home = repository(folder / "repo", files)
    with_remote(home, folder / "remote")
    home.git("tag", "--annotate", "--message", "x", "v1.0.0")
    home.commit("fix: all", **{path: f"{text}# more\n" for path, text in files.items()})
    return home


def unpublished(home: Repository) -> object:
    git = Git(home.root)
    suite = survey.suite_at(git, "HEAD", "", "versions.yaml")
    targets = dict.fromkeys(suite.modules, "1.0.0")
    found = since.unpublished_changes(git, "", suite, since.merged_tags(git), targets, list(targets), {})
    assert set(found) == set(targets)
    return found


COMMANDS = {
    "check": (lambda home: check(home.root), 4),
    "status": (lambda home: status(home.root), 6),
    "log": (lambda home: log(home.root), 2),
    "prepare --dry-run": (lambda home: prepare(home.root, "1.1.0", dry_run=True), 13),
    "what was published and changed since": (unpublished, 9),
}


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("questions")
    with pytest.MonkeyPatch.context() as patched:
        for name, value in PERSON.items():
            patched.setenv(name, value)
        return [suite_of(folder / str(number), number) for number in (FEW, MANY)]


@pytest.mark.parametrize("command", COMMANDS)
def test_git_is_asked_as_often_for_many_modules_as_for_few(both, command, monkeypatch, tmp_path):
    act, most = COMMANDS[command]
    counts = []
    for home in both:
        with counted(monkeypatch, tmp_path / "asked") as questions:
            act(home)
        counts.append([words.split(" --no-pager ")[-1] for words in questions.asked])
    few, many = counts
    assert len(many) == len(few), many
    assert len(few) <= most, few
