"""The versions of the next suite version, and why: what changed, what was asked for, and who must move with it."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from trainer_release.errors import ReleaseError
from trainer_release.suite.asked import Asked, read, suite_version
from trainer_release.suite.assemble import assemble
from trainer_release.suite.draft import excluding
from trainer_release.suite.proposal import History, propose


def project(package, version, needs=()):
    listed = "".join(f'    "{need}",\n' for need in needs)
    return f'[project]\nname = "{package}"\nversion = "{version}"\ndependencies = [\n{listed}]\n'


def suite(modules, needs=None, *, version="1.5.0", versioning="independent", more="", problems=False):
    """A suite `s` of modules at versions, `needs` maps a module to requirements on siblings; with the umbrella."""
    listed = "".join(f'  {name}: "{said}"\n' for name, said in modules.items())
    head = f's:\n  version: "{version}"\nmodules:\n{listed}'
    texts = {"versions.yaml": f"{head}release: {{versioning: {versioning}}}\n{more}"}
    for name, said in modules.items():
        texts[f"packages/{name}/pyproject.toml"] = project(f"s-{name}", said, (needs or {}).get(name, ()))
    texts["apps/core/pyproject.toml"] = project("s-core", version, [f"s-{name}" for name in modules])
    found = assemble("versions.yaml", texts, texts.get)
    return found if problems else found[0]


def since(changed=(), versions=None, version="1.5.0", **commits):
    messages = {name: (said,) for name, said in commits.items()}
    return History(f"v{version}", version, versions or {}, frozenset({*changed, *commits}), messages)


def refusal(*words, **named):
    with pytest.raises(ReleaseError) as caught:
        propose(*words, **named)
    return caught.value


def test_what_changed_moves_by_its_commits_and_the_rest_stays():
    three = suite({"a": "1.0.0", "b": "1.2.0", "c": "0.3.0"})
    found = propose(three, "1.6.0", history=since(a="feat: words", b="Tidy", c="fix!: gone"))
    assert found.targets == {"a": "1.1.0", "b": "1.2.1", "c": "0.4.0", "core": "1.6.0"}
    assert found.notes[0] == "a 1.0.0 → 1.1.0: minor, changed since v1.5.0: feat: words"
    assert propose(three, "1.6.0", history=since()).targets == {
        "a": "1.0.0",
        "b": "1.2.0",
        "c": "0.3.0",
        "core": "1.6.0",
    }


def test_what_was_asked_for_beats_the_commits():
    three = suite({"a": "1.0.0", "b": "1.2.0", "c": "0.3.0"})
    asked = Asked(bumps={"a": "major", "b": "1.4.0"})
    found = propose(three, "1.6.0", asked, since(a="fix: a"))
    assert (found.targets["a"], found.targets["b"], found.targets["c"]) == ("2.0.0", "1.4.0", "0.3.0")
    assert "b 1.2.0 → 1.4.0: 1.4.0, asked for (--bump)" in found.notes


def test_dependents_move_to_a_fixed_point_when_their_pin_excludes_what_moved():
    needs = {"b": ["s-a==1.0.0"], "c": ["s-b~=1.0.0"], "d": ["s-b==1.0.0"], "e": ["s-a>=1,<2"]}
    five = suite(dict.fromkeys("abcde", "1.0.0"), needs)
    found = propose(five, "1.6.0", history=since(a="feat: a"))
    assert found.targets == {"a": "1.1.0", "b": "1.0.1", "c": "1.0.0", "d": "1.0.1", "e": "1.0.0", "core": "1.6.0"}
    (why,) = [note for note in found.notes if note.startswith("d ")]
    assert why == "d 1.0.0 → 1.0.1: patch, its `s-b==1.0.0` (packages/d/pyproject.toml:5) excludes b 1.0.1"


def test_a_module_that_was_never_released_keeps_the_catalogs_version():
    two = suite({"a": "1.0.0", "new": "0.1.0"}, {"new": ["s-a==1.0.0"]})
    found = propose(two, "1.6.0", history=since(("a", "new"), {"a": "1.0.0"}))
    assert found.targets == {"a": "1.0.1", "new": "0.1.0", "core": "1.6.0"}, "its pin is edited: it need not move"
    assert "new 0.1.0: v1.5.0 has not released it: as the catalog says" in found.notes


def test_a_version_that_a_person_gave_by_hand_stays():
    two = suite({"a": "1.3.0", "b": "1.0.0"})
    assert propose(two, "1.6.0", history=since(("a",), {"a": "1.0.0", "b": "1.0.0"})).targets["a"] == "1.3.0"


def test_without_a_tag_every_module_keeps_its_version():
    two = suite({"a": "1.0.0", "b": "0.2.0"}, {"b": ["s-a"]})
    assert propose(two, "1.6.0").targets == {"a": "1.0.0", "b": "0.2.0", "core": "1.6.0"}


def test_what_the_index_has_is_published_with_its_pins_whatever_tags_say():
    two = suite({"a": "1.0.0", "b": "0.2.0"}, {"b": ["s-a==1.0.0"]})
    asked = Asked(bumps={"a": "minor"})
    assert propose(two, "1.6.0", asked).targets["b"] == "0.2.0"
    assert propose(two, "1.6.0", asked, published={"b"}).targets["b"] == "0.2.1"


def test_release_candidates_move_what_changed_and_the_final_strips_them():
    needs = {"b": ["s-a>=1.0.0,<2"]}
    first = propose(suite({"a": "1.0.0", "b": "1.0.0", "c": "1.0.0"}, needs), "1.6.0rc1", history=since(a="fix: a"))
    assert first.targets == {"a": "1.1.0rc1", "b": "1.0.1rc1", "c": "1.0.0", "core": "1.6.0rc1"}
    needs = {"b": ["s-a>=1.1.0rc1,<2"]}
    now = suite({"a": "1.1.0rc1", "b": "1.0.1rc1", "c": "1.0.0"}, needs, version="1.6.0rc1")
    second = propose(now, "1.6.0rc2", history=since(version="1.6.0rc1", a="fix: again"))
    assert second.targets == {"a": "1.1.0rc2", "b": "1.0.1rc1", "c": "1.0.0", "core": "1.6.0rc2"}
    assert second.notes[-1] == "changed since 1.6.0rc1: a"
    final = propose(now, "1.6.0", history=since(version="1.6.0rc1"))
    assert final.targets == {"a": "1.1.0", "b": "1.0.1", "c": "1.0.0", "core": "1.6.0"}
    assert final.notes[-1] == "no module changed since 1.6.0rc1"
    assert "a 1.1.0rc1 → 1.1.0: the suffix goes: 1.6.0 is final" in final.notes


GROUP = 'groups: {beta: {version: "0.66b0", modules: [x, z]}}\n'


def grouped(needs=None, versioning="independent", more=""):
    listed = {"a": "1.0.0", "x": "0.66b0", "z": "0.66b0"}
    return suite(listed, needs, versioning=versioning, more=GROUP + more)


def test_a_group_moves_as_one_and_stays_in_its_stage():
    found = propose(grouped(), "1.6.0", history=since(x="fix: x"))
    assert found.targets == {"a": "1.0.0", "x": "0.67b0", "z": "0.67b0", "core": "1.6.0"}
    assert propose(grouped(), "1.6.0rc1", history=since(x="fix: x")).targets["z"] == "0.67b0"


@pytest.mark.parametrize("versioning", ["fixed", "independent"])
def test_a_group_takes_the_version_that_was_asked_for(versioning):
    found = propose(grouped(versioning=versioning), "1.6.0", Asked(groups={"beta": "0.67b0"}), since())
    assert (found.targets["x"], found.targets["z"]) == ("0.67b0", "0.67b0")
    assert found.targets["a"] == ("1.6.0" if versioning == "fixed" else "1.0.0")
    keeps = propose(grouped(versioning=versioning), "1.6.0", Asked(groups={"beta": "0.66b0"}), since())
    assert keeps.targets["x"] == "0.66b0"


def test_the_row_decides_and_a_contradiction_is_refused():
    rows = 'compatibility:\n  "1.6.0": {a: "1.1.0", x: "0.67b0", z: "0.67b0"}\n'
    with_row = grouped(more=rows)
    assert propose(with_row, "1.6.0", history=since(("a", "x"))).targets["a"] == "1.1.0"
    agreeing = Asked(bumps={"a": "minor"}, groups={"beta": "0.67b0"}, only=("a",))
    assert propose(with_row, "1.6.0", agreeing).targets["x"] == "0.67b0"
    for asked in (Asked(bumps={"a": "major"}), Asked(groups={"beta": "0.68b0"}), Asked(only=("a",))):
        error = refusal(with_row, "1.6.0", asked)
        assert {problem.code for problem in error.problems} == {"row-contradicted"}
        assert (error.exit, error.problems[0].path, error.problems[0].line) == (2, "versions.yaml", 10)


def fixed(needs=None, **how):
    return suite({"a": "1.5.0", "b": "1.5.0"}, needs, versioning="fixed", **how)


def test_fixed_versions_all_take_the_suites_and_say_what_differs_from_the_last_candidate():
    two = suite({"a": "1.6.0rc1", "b": "1.6.0rc1"}, version="1.6.0rc1", versioning="fixed")
    found = propose(two, "1.6.0rc2", history=since(("b",), version="1.6.0rc1"))
    assert set(found.targets.values()) == {"1.6.0rc2"}
    assert found.notes == ("changed since 1.6.0rc1: b",)
    assert propose(two, "1.7.0", history=since(("b",), version="1.6.0rc1")).notes == ()


@pytest.mark.parametrize("versioning", ["fixed", "independent"])
def test_a_hotfix_moves_what_it_names_alone(versioning):
    two = suite({"a": "1.5.0", "b": "1.5.0"}, {"b": ["s-a>=1.5,<2"]}, versioning=versioning)
    found = propose(two, "1.5.1", Asked(only=("a",)), since(("b",)))
    assert found.targets == {"a": "1.5.1", "b": "1.5.0", "core": "1.5.1"}


def test_a_hotfix_is_refused_when_a_dependent_would_have_to_move():
    two = fixed({"b": ["s-a==1.5.0"]})
    error = refusal(two, "1.5.1", Asked(only=("a",)))
    (problem,) = error.problems
    assert (problem.code, error.exit, problem.path, problem.line) == (
        "dependent-must-move",
        3,
        "packages/b/pyproject.toml",
        5,
    )
    assert "--only b" in problem.hint
    assert propose(two, "1.5.1", Asked(only=("a", "b"))).targets["b"] == "1.5.1"


def test_a_hotfix_of_a_group_takes_all_of_it_and_its_own_version():
    assert "--only z" in refusal(grouped(), "1.5.1", Asked(only=("x",))).problems[0].hint
    both = Asked(only=("x", "z"))
    assert propose(grouped(), "1.5.1", both, since(("x",))).targets["z"] == "0.67b0"
    assert "--group beta" in refusal(grouped(versioning="fixed"), "1.5.1", both).problems[0].hint
    asked = Asked(only=("x", "z"), groups={"beta": "0.66.1b0"})
    assert propose(grouped(versioning="fixed"), "1.5.1", asked).targets == {
        "a": "1.0.0",
        "x": "0.66.1b0",
        "z": "0.66.1b0",
        "core": "1.5.1",
    }


def test_everything_that_cannot_be_asked_is_told_at_once():
    asked = Asked(
        {"aa": "minor", "core": "minor", "x": "minor", "a": "0.9.0"}, {"alpha": "1.0", "beta": "0.1"}, ("zz",)
    )
    error = refusal(grouped(), "1.6.0", asked)
    codes = {problem.code for problem in error.problems}
    assert {"bump-invalid", "group-unknown", "module-unknown", "usage"} == codes
    assert error.exit == 2
    assert "one of beta" in next(problem.hint for problem in error.problems if problem.code == "group-unknown")
    assert refusal(fixed(), "1.6.0", Asked(bumps={"a": "minor"})).problems[0].code == "usage"
    assert refusal(fixed(), "1.5.0", Asked(only=("a",))).problems[0].code == "bump-invalid"


def test_words_of_the_command_line_are_read():
    asked = read(["minor", "a=major", "b=1.2.0"], ["beta=0.67b0"], ["a", "a"])
    assert asked == Asked({"a": "major", "b": "1.2.0"}, {"beta": "0.67b0"}, ("a",), "minor")
    for words in ((["minor", "patch"],), (["=1"],), (["a=", "b=1"],), (["a=1", "a=2"],), ([], ["beta"])):
        with pytest.raises(ReleaseError) as caught:
            read(*words)
        assert caught.value.problems[0].code == "usage"


def test_the_suites_version_is_given_or_bumped():
    assert suite_version("1.0.0", "1.2.0", Asked()) == "1.2.0"
    assert suite_version("1.0.0", None, Asked(level="minor")) == "1.1.0"
    for version, level, code in (("1.2.0", "minor", "usage"), (None, None, "usage"), (None, "huge", "bump-invalid")):
        with pytest.raises(ReleaseError) as caught:
            suite_version("1.0.0", version, Asked(level=level))
        assert (caught.value.problems[0].code, caught.value.exit) == (code, 2)


def stable_on_early(pin, more=""):
    found = suite({"a": "1.0.0", "x": "0.66b0"}, {"a": [pin]}, more=more, problems=True)[1]
    return [(problem.path, problem.line, problem.exit) for problem in found if problem.code == "stable-pins-prerelease"]


@pytest.mark.parametrize(
    ("pin", "apart", "told"),
    [
        ("s-x==0.66b0", True, False),
        ("s-x==0.66b0", False, True),
        ("s-x>=0.66b0,<0.67", True, True),
        ("s-x~=0.66b0", True, True),
        ("s-x", False, False),
        ("s-x>=0.65", False, False),
    ],
)
def test_a_stable_module_pins_a_pre_release_only_exactly_and_of_a_group_of_its_own(pin, apart, told):
    more = 'groups: {beta: {version: "0.66b0", modules: [x]}}\n' if apart else ""
    assert stable_on_early(pin, more) == ([("packages/a/pyproject.toml", 5, 3)] if told else [])


def test_a_retired_module_may_stay_in_the_workspace_and_in_old_rows():
    rows = 'retired: {b: {since: "1.5.0", replaced-by: a}}\ncompatibility:\n  "1.0.0": {a: "1.0.0", b: "1.0.0"}\n'
    texts = {
        "versions.yaml": f's: {{version: "1.5.0"}}\nmodules: {{a: "1.0.0"}}\n{rows}',
        "packages/a/pyproject.toml": project("s-a", "1.0.0"),
        "packages/b/pyproject.toml": project("s-b", "1.0.0"),
    }
    found, problems = assemble("versions.yaml", texts, texts.get)
    assert (list(found.modules), problems) == (["a"], ())
    assert propose(found, "1.6.0").targets == {"a": "1.6.0"}, "fixed"


NAMES = "abcdef"
PINS = ("s-{0}==1.0.0", "s-{0}~=1.0.0", "s-{0}>=1.0.0,<2", "s-{0}")
EDGES = [(later, name) for later, name in product(NAMES, NAMES) if name < later]


@st.composite
def suites(draw):
    needs = {name: [] for name in NAMES}
    for (later, name), pin in zip(
        EDGES, draw(st.lists(st.none() | st.sampled_from(PINS), min_size=len(EDGES), max_size=len(EDGES))), strict=True
    ):
        if pin:
            needs[later].append(pin.format(name))
    return suite(dict.fromkeys(NAMES, "1.0.0"), needs)


def moved(suite_, changed):
    targets = propose(suite_, "1.6.0", history=since(changed)).targets
    return targets, {name for name in NAMES if targets[name] != "1.0.0"}


@settings(max_examples=150, deadline=None)
@given(suites(), st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)))
def test_a_proposal_is_closed_minimal_and_monotone(found, changed, more):
    targets, moves = moved(found, changed)
    assert excluding(found, targets, set(NAMES) - moves) == [], "closed: what stays admits what is"
    forced = {module.name for module, _, _ in excluding(found, targets, moves)}
    assert moves <= changed | forced, "minimal: what moves has changed, or its pin excludes what moved"
    assert changed <= moves
    assert moves <= moved(found, changed | more)[1], "monotone"
    assert all(Version(targets[name]) >= Version("1.0.0") for name in NAMES)
    assert propose(found, "1.6.0", history=since(changed)).targets == targets
