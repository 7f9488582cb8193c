"""Groups whose version follows another's by an offset: read, derived, overridden, and checked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_release.errors import Exit, ReleaseError, Severity
from trainer_release.suite.asked import Asked
from trainer_release.suite.assemble import assemble
from trainer_release.suite.catalog.edit import with_release
from trainer_release.suite.catalog.reader import examine, read
from trainer_release.suite.offset import shaped
from trainer_release.suite.proposal import History, propose

OTEL = '  beta: {version: "0.66b0", modules: [instr], follows: otel, as: "0.{minor+21}b{patch}"}\n'
"""opentelemetry's: 1.45.0 and 0.66b0."""


def catalog(groups=OTEL, version="1.45.0", modules=None, rows="", versioning="fixed"):
    listed = "".join(f'  {name}: "{said}"\n' for name, said in (modules or {"api": version}).items())
    rows = f"compatibility:\n{rows}" if rows else ""
    head = f'otel: {{version: "{version}"}}\nmodules:\n{listed}groups:\n{groups}{rows}'
    return f"{head}release: {{versioning: {versioning}}}\n"


def suite(text, needs=None):
    """The suite of a catalog's text; `needs` maps a module to one requirement."""
    known, _ = examine(text, "versions.yaml")
    texts = {"versions.yaml": text}
    for name, module in known.modules.items():
        wanted = f'dependencies = ["{(needs or {})[name]}"]\n' if name in (needs or {}) else ""
        texts[f"{name}/pyproject.toml"] = (
            f'[project]\nname = "otel-{name}"\nversion = "{module.version or known.version}"\n{wanted}'
        )
    return assemble("versions.yaml", texts, texts.get)[0]


def codes(text):
    return [(problem.code, problem.severity) for problem in examine(text, "versions.yaml")[1]]


@pytest.mark.parametrize(
    ("shape", "leader", "made"),
    [
        ("0.{minor+21}b{patch}", "1.46.0", "0.67b0"),
        ("0.{minor+21}b{patch}", "1.11.1", "0.32b1"),
        ("0.{minor+21}b0", "1.46.0rc1", "0.67b0"),
        ("{major+5}.{minor}.{patch}", "3.1.2", "8.1.2"),
        ("{major+5}.{minor}.{patch}", "3.0.0rc1", "8.0.0rc1"),
        ("{major+5}.{minor}.{patch}", "3.0.0.post1", "8.0.0.post1"),
        ("{major+5}.{minor}", "3.1", "8.1"),
        ("{major}.{minor-2}.0", "1.2.0", "1.0.0"),
        ("{major}.{minor-2}.0", "1.1.0", None),
        ("1.0.0", "1.1.0", None),
        ("v{major}.0", "1.1.0", None),
        ("{major}.0{minor}", "1.1.0", None),
        ("{major}.{micro}", "1.1.0", None),
        ("{major}.%d", "1.1.0", None),
        ("{major}.0+{minor}", "1.1.0", None),
        ("{major}..{minor}", "1.1.0", None),
    ],
)
def test_the_shape_of_a_following_version(shape, leader, made):
    assert shaped(shape, leader) == made


@given(st.tuples(*[st.integers(0, 99)] * 3), st.integers(-99, 99))
def test_an_offset_moves_one_number_and_nothing_else(numbers, by):
    major, minor, patch = numbers
    wanted = f"{major}.{minor + by}.{patch}" if minor + by >= 0 else None
    assert shaped(f"{{major}}.{{minor{by:+}}}.{{patch}}", f"{major}.{minor}.{patch}") == wanted


def test_a_fixed_suite_brings_its_follower_along_and_the_note_says_by_what():
    found = propose(suite(catalog()), "1.46.0")
    assert found.targets == {"api": "1.46.0", "instr": "0.67b0"}
    assert found.notes == ("instr 0.66b0 → 0.67b0: follows otel as 0.{minor+21}b{patch}",)
    assert propose(suite(catalog()), "1.45.1").targets["instr"] == "0.66b1"


def test_what_was_asked_for_beats_the_offset_and_is_warned_of_by_what_reads_the_release():
    made = suite(catalog())
    found = propose(made, "1.46.0", Asked(groups={"beta": "0.68b0"}))
    assert found.targets["instr"] == "0.68b0"
    after = with_release(made.catalog, "1.46.0", found.targets)
    assert 'beta: {version: "0.68b0"' in after
    assert codes(after) == [("offset-broken", Severity.WARNING)]
    assert codes(with_release(made.catalog, "1.46.0", found.targets | {"instr": "0.67b0"})) == []


def test_a_follower_never_goes_back_and_the_next_version_of_its_leader_leads_it_in_again():
    ahead = catalog(OTEL.replace("0.66b0", "0.68b0"))
    assert propose(suite(ahead), "1.46.0").targets["instr"] == "0.68b0"
    assert propose(suite(ahead), "1.48.0").targets["instr"] == "0.69b0"


STABLE = '  stable: {version: "1.45.0", modules: [api, sdk]}\n' + OTEL.replace("follows: otel", "follows: stable")


def independent(groups=STABLE, **more):
    return catalog(groups, modules={"free": "3.0.0"}, versioning="independent", **more)


def since(*changed, **commits):
    return History("v1.45.0", "1.45.0", {}, frozenset(changed), {name: (said,) for name, said in commits.items()})


def test_an_independent_leader_and_its_followers_move_together_whoever_changed():
    made = suite(independent())
    still = {"free": "3.0.0", "api": "1.45.0", "sdk": "1.45.0", "instr": "0.66b0"}
    moved = still | {"api": "1.46.0", "sdk": "1.46.0", "instr": "0.67b0"}
    assert propose(made, "1.46.0", history=since("sdk", sdk="feat: more")).targets == moved
    assert propose(made, "1.46.0", history=since("instr", instr="feat: more")).targets == moved
    assert propose(made, "1.46.0", history=since("free")).targets == still | {"free": "3.0.1"}
    patched = propose(made, "1.46.0", history=since("instr"))
    assert patched.targets == still | {"api": "1.45.1", "sdk": "1.45.1", "instr": "0.66b1"}
    assert "api 1.45.0 → 1.45.1: patch, changed since v1.45.0" in patched.notes
    assert "instr 0.66b0 → 0.66b1: follows stable as 0.{minor+21}b{patch}" in patched.notes


def test_a_group_follows_one_module_and_a_leader_that_is_forced_brings_it_along():
    groups = '  testing: {version: "8.0.0", modules: [scenario], follows: ops, as: "{major+5}.{minor}.{patch}"}\n'
    text = catalog(groups, modules={"ops": "3.0.0", "deep": "1.0.0"}, versioning="independent")
    made = suite(text, {"ops": "otel-deep==1.0.0"})
    found = propose(made, "1.46.0", history=since("deep", deep="feat: more"))
    assert found.targets == {"deep": "1.1.0", "ops": "3.0.1", "scenario": "8.0.1"}


def test_a_row_decides_and_one_to_come_takes_what_it_leaves_out_from_the_offset():
    silent = catalog(rows='  "1.46.0": {api: "1.46.0"}\n')
    assert read(silent, "v")[0].rows["1.46.0"].modules["instr"] == "0.67b0"
    assert propose(suite(silent), "1.46.0").targets == {"api": "1.46.0", "instr": "0.67b0"}
    other = catalog(rows='  "1.46.0": {api: "1.46.0", instr: "0.70b0"}\n')
    assert propose(suite(other), "1.46.0").targets["instr"] == "0.70b0"
    (problem,) = examine(other, "versions.yaml")[1]
    assert (problem.code, problem.severity, problem.line) == ("offset-broken", Severity.WARNING, 7)
    assert problem.message == "beta is 0.70b0 beside otel 1.46.0; as 0.{minor+21}b{patch} it would be 0.67b0"
    assert problem.hint == 'write "0.67b0", or leave it so: the row decides'


def test_the_past_is_left_alone_and_now_is_looked_at():
    assert codes(catalog(rows='  "1.44.0": {api: "1.44.0", instr: "0.1b0"}\n')) == []
    assert codes(catalog(rows='  "1.45.0": {api: "1.45.0", instr: "0.66b0"}\n')) == []
    assert codes(catalog(OTEL.replace("0.66b0", "0.60b0"))) == [("offset-broken", Severity.WARNING)]
    assert codes(catalog()) == []


@pytest.mark.parametrize(
    ("groups", "code", "said"),
    [
        (OTEL.replace(', as: "0.{minor+21}b{patch}"', ""), "key-missing", "has `follows` and no `as`"),
        (OTEL.replace(" follows: otel,", ""), "key-missing", "has `as` and no `follows`"),
        (OTEL.replace("{minor+21}", "{minr}"), "follows-invalid", "makes no version"),
        (OTEL.replace("0.{minor", "v0.{minor"), "follows-invalid", "makes no version"),
        (OTEL.replace("otel", "otl"), "follows-invalid", 'follows "otl", which is nothing here'),
        (OTEL.replace("otel", "beta"), "follows-invalid", "follows itself"),
        (OTEL.replace("otel", "instr"), "follows-invalid", "follows itself"),
        (
            OTEL + '  third: {version: "1.0", modules: [x], follows: instr, as: "{major}.{minor}"}\n',
            "follows-invalid",
            "follows instr, which follows otel",
        ),
    ],
)
def test_a_leader_that_is_none_and_a_shape_that_makes_no_version_are_refused(groups, code, said):
    with pytest.raises(ReleaseError) as caught:
        read(catalog(groups), "versions.yaml")
    (problem,) = [each for each in caught.value.problems if each.code != "offset-broken"]
    assert (problem.code, caught.value.exit) == (code, Exit.INVALID)
    assert said in problem.message
    assert problem.line >= 5
    assert problem.hint
