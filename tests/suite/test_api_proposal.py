"""How public APIs enter a proposal: the larger of what commits say and what the API asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trainer_release.model.contracts import Breakage, Contract
from trainer_release.suite.assemble import assemble
from trainer_release.suite.bumps import jump
from trainer_release.suite.proposal import History, propose

GONE = Breakage("Public object was removed", "s_a.f", "", "", "packages/a/s_a.py", 3)
MORE = '\ngroups: {beta: {version: "0.66b0", modules: [b, c]}}'


def suite(more="", **modules):
    """Independent modules at versions."""
    listed = "".join(f'  {name}: "{said}"\n' for name, said in modules.items())
    texts = {"versions.yaml": f's:\n  version: "1.5.0"\nmodules:\n{listed}release: {{versioning: independent}}{more}\n'}
    for name, said in modules.items():
        texts[f"packages/{name}/pyproject.toml"] = f'[project]\nname = "s-{name}"\nversion = "{said}"\n'
    return assemble("versions.yaml", texts, texts.get)[0]


def since(contracts, **commits):
    messages = {name: (said,) for name, said in commits.items()}
    return History("v1.5.0", "1.5.0", {}, frozenset(commits), messages, contracts)


def test_the_larger_level_of_commits_and_api_is_proposed_and_named():
    modules = suite(a="1.0.0", b="1.0.0", c="1.0.0")
    contracts = {
        "a": Contract("1.0.0", (GONE, GONE)),
        "b": Contract("1.0.0", (), ("s_b.g",)),
        "c": Contract("1.0.0", (), ("s_c.g",)),
    }
    found = propose(modules, "1.6.0", history=since(contracts, a="fix: tidy", b="fix: tidy", c="feat!: gone"))
    assert found.targets == {"a": "2.0.0", "b": "1.1.0", "c": "2.0.0"}
    gone = "public API since 1.0.0: s_a.f: Public object was removed, packages/a/s_a.py:3, and 1 more"
    assert found.notes == (
        f"a 1.0.0 → 2.0.0: major, changed since v1.5.0: {gone}",
        "b 1.0.0 → 1.1.0: minor, changed since v1.5.0: public API since 1.0.0: s_b.g is new",
        "c 1.0.0 → 2.0.0: major, changed since v1.5.0: feat!: gone",
    )


def test_one_member_of_a_group_moves_it_and_it_stays_a_pre_release():
    modules = suite(MORE, a="1.0.0", b="0.66b0", c="0.66b0")
    contracts = {"b": Contract("0.66b0"), "c": Contract("0.66b0", (replace(GONE, object="s_c.f"),))}
    found = propose(modules, "1.6.0", history=since(contracts, b="fix: tidy", c="fix: tidy"))
    assert found.targets == {"a": "1.0.0", "b": "0.67b0", "c": "0.67b0"}


def test_what_could_not_be_compared_leaves_the_commits_word():
    modules = suite(a="1.0.0")
    unknown = {"a": Contract("", fault="no earlier wheel on the index")}
    assert propose(modules, "1.6.0", history=since(unknown, a="fix: tidy")).targets == {"a": "1.0.1"}


@pytest.mark.parametrize(
    ("old", "new", "level"),
    [
        ("1.0.0", "1.0.1", "patch"),
        ("1.0.0", "1.0.1rc1", "patch"),
        ("1.0", "1.0.0.post1", "patch"),
        ("1.0.0", "1.1.0", "minor"),
        ("1.9.9", "2.0.0rc1", "major"),
        ("1.0.0", "1!1.0.0", "major"),
        ("0.66b0", "0.67b0", "minor"),
        ("1.0.0rc1", "1.0.0", "major"),
        ("1.0.0b1", "1.0.0b2", "major"),
        ("1.0.0rc1", "1.0.1", "patch"),
    ],
)
def test_the_level_between_two_versions(old, new, level):
    assert jump(old, new) == level
