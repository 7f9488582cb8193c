"""What holds for every suite, tried on random ones: order, sync, plan, catalog, circles.

`scripts/properties` tries more than ten thousand of them; the usual run takes a sample.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from kit.facts import EPOCH, on_index, prepare_facts
from kit.random_projects import RUNTIME, Need
from kit.random_suites import suites
from kit.random_texts import filled
from trainer_release.errors import ReleaseError, Severity
from trainer_release.release import change, planner
from trainer_release.suite.adopt.adoption import adopt
from trainer_release.suite.adopt.choice import choose
from trainer_release.suite.adopt.text import catalog_text
from trainer_release.suite.asked import stated
from trainer_release.suite.assemble import assemble
from trainer_release.suite.catalog import edit, reader
from trainer_release.suite.graph import order

CATALOG = "versions.yaml"
some = settings(
    max_examples=max(1, settings().max_examples // 4),  # whole suites, each some dozen of texts
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def read(texts):
    return assemble(CATALOG, texts, texts.get)


def applied(texts, edits):
    """The texts after the edits, each of which must start from what is there."""
    for each in edits:
        assert texts.get(each.path) == each.before
    assert len({each.path for each in edits}) == len(edits)
    return texts | {each.path: each.after for each in edits}


# The order


@some
@given(suites())
def test_every_prefix_of_the_order_has_all_that_it_needs(made):
    suite, _ = read(made.texts)
    needs, before = made.needs(), set()
    assert sorted(suite.graph.order) == sorted(needs)
    for name in suite.graph.order:
        assert needs[name] <= before
        before.add(name)


@some
@given(suites())
def test_the_graph_is_what_the_projects_need_in_as_few_waves_as_can_be(made):
    texts, needs = made.texts, made.needs()
    suite, _ = read(texts)
    assert {name: set(those) for name, those in suite.graph.depends.items()} == needs
    for part in made.parts:
        own = {made.by_package[need.on].name for need in part.of(RUNTIME)}
        assert set(suite.graph.runtime[part.name]) == own - {part.name}
    assert suite.graph.waves == layers(needs)
    turned = dict(reversed(texts.items()))
    assert read(turned)[0].graph == suite.graph


def layers(needs):
    """Each module one wave behind the last of those that it needs."""
    level = {}

    def depth(name):
        if name not in level:
            level[name] = 1 + max((depth(need) for need in needs[name]), default=-1)
        return level[name]

    waves = [[] for _ in range(1 + max(map(depth, needs)))]
    for name in sorted(needs):
        waves[level[name]].append(name)
    return tuple(map(tuple, waves))


# sync


@some
@given(suites())
def test_after_sync_every_file_says_what_the_catalog_says_and_a_second_sync_does_nothing(made):
    suite, _ = read(made.texts)
    wanted = stated(suite)
    after = applied(made.texts, change.sync_edits(suite, wanted))
    said_as_wanted(made, after, wanted)
    again, problems = read(after)
    assert change.sync_edits(again, stated(again)) == ()
    left = [problem for problem in problems if problem.code == "pin-excludes"]
    assert [problem for problem in left if "by hand" not in problem.hint] == []  # a person's own exclusion alone


def said_as_wanted(made, after, wanted, frozen=()):
    """Every hole holds what is wanted, the characters around them are the same, and so are all other values."""
    for part in made.parts:
        for path in (path for path in made.pieces if path.startswith(f"{part.folder}/")):
            holes = filled(made.pieces[path], after[path])
            for hole, text in holes:
                held(made, part, hole, text, wanted, frozen=part.name in frozen)
            if path.endswith(".toml"):
                moved = [hole for hole, text in holes if hole.text != text]
                assert len(differing(made.texts[path], after[path])) == len(moved)


def held(made, part, hole, text, wanted, *, frozen):
    old, new = hole.said(hole.text), hole.said(text)
    kind, _, about = hole.about.rpartition(" ")
    if kind == "table":
        assert new == wanted[about]
    elif about == "version":
        assert Version(new) == Version(wanted[part.name])
        assert new == old or str(Version(old)) != str(Version(new))
    elif frozen and about != part.canonical:
        assert new == old
    elif kind != "poetry":
        sibling = made.by_package[about]
        pinned(old, new, wanted[sibling.name], "keep" if sibling is part else policy(made, sibling))


def policy(made, part):
    own = {entry.name: entry.pin for entry in made.draft.entries}
    return own.get(part.name) or made.draft.pin


def pinned(old, new, version, pin):
    """A requirement after sync: it admits the version as an installer sees it, and the rest is as it was."""
    before, after = Requirement(old), Requirement(new)
    assert (before.name, before.extras, str(before.marker)) == (after.name, after.extras, str(after.marker))
    exclusions = {each for each in before.specifier if each.operator == "!="}
    assert exclusions == {each for each in after.specifier if each.operator == "!="}
    if all(each.contains(version, prereleases=True) for each in exclusions):
        assert fits(after.specifier, version), (old, new, version)
    if pin == "keep" and fits(before.specifier, version):
        assert new == old
    if pin == "exact":
        assert f"=={Version(version).public}" in new.replace(" ", "")


def fits(specifier, version):
    """Whether pip takes this version without a flag; one that names no bound leaves it to the resolver."""
    bounds = SpecifierSet(",".join(str(each) for each in specifier if each.operator != "!="))
    early = Version(version).is_prerelease and Version(version).dev != 0 and len(bounds) > 0
    return specifier.contains(version, prereleases=True) and (not early or bool(bounds.prereleases))


def differing(before, after):
    """The places in which two documents differ; they have the same ones."""
    old, new = (dict(leaves(tomllib.loads(text))) for text in (before, after))
    assert old.keys() == new.keys()
    return [place for place in old if old[place] != new[place]]


def leaves(value, place=()):
    if not isinstance(value, dict | list):
        yield place, value
        return
    for key, below in value.items() if isinstance(value, dict) else enumerate(value):
        yield from leaves(below, (*place, key))


# The plan and what it does


@st.composite
def releases(draw):
    """A suite, and the packages whose next version is on the index already."""
    made = draw(suites())
    there = draw(st.lists(st.sampled_from(made.parts), max_size=2, unique=True))
    return made, on_index(*(f"{part.package} {made.targets[part.name]}" for part in there))


def planned(made, listings, texts=None, epoch=EPOCH):
    facts = prepare_facts(made.following, files=texts or made.texts, listings=listings, epoch=epoch)
    return facts, planner.prepare(facts)


@some
@given(releases())
def test_the_effect_of_a_plan_read_back_is_the_plan(release):
    made, listings = release
    facts, plan = planned(made, listings)
    after = applied(made.texts, plan.edits)
    carried = facts.change.carried
    said_as_wanted(made, after, made.targets, carried)
    there, _ = read(after)
    assert there.catalog.version == made.following
    assert {line.name: line.new for line in plan.modules} == made.targets
    for line in plan.modules:
        module = there.modules[line.name]
        assert (module.package, module.version) == (line.package, line.new)
        assert Version(module.project.version) == Version(line.new)
        assert (line.fate == "carry") == (line.name in carried)
    built = {line.name for line in plan.modules if line.fate == "build"}
    waves = (tuple(name for name in wave if name in built) for wave in there.graph.waves)
    assert plan.waves == tuple(wave for wave in waves if wave)
    (checks,) = (step.actions for step in plan.steps if step.name == "check_metadata")
    for check in checks:
        for package, specifiers in check.requires.items():
            stated_there = [p for p in there.modules[check.subject].project.requirements if p.name == package]
            assert set(specifiers) <= {str(Requirement(p.text).specifier) for p in stated_there}


@some
@given(releases())
def test_a_second_plan_from_the_effect_of_the_first_edits_nothing(release):
    made, listings = release
    _, first = planned(made, listings)
    _, second = planned(made, listings, applied(made.texts, first.edits))
    assert second.edits == ()
    assert (second.waves, second.uploads) == (first.waves, first.uploads)


@some
@given(releases(), st.randoms(use_true_random=False))
def test_the_id_of_a_plan_is_its_intent_whatever_comes_first_and_whenever(release, chance):
    made, listings = release
    _, plan = planned(made, listings)
    mixed, turned = list(made.texts.items()), dict(reversed(listings.items()))
    chance.shuffle(mixed)
    _, other = planned(made, turned, dict(mixed), EPOCH + 86_400)
    assert other.id == plan.id
    assert {(each.path, each.after) for each in other.edits} == {(each.path, each.after) for each in plan.edits}
    path = next(path for path in made.texts if path.endswith(".toml"))
    _, elsewhere = planned(made, listings, made.texts | {path: made.texts[path].replace('"pytest', '"pytest ')})
    assert (elsewhere.id != plan.id) == (elsewhere.edits != plan.edits)


# The catalog


@some
@given(suites())
def test_an_edited_catalog_says_what_was_meant_and_every_other_character_stays(made):
    text = made.texts[CATALOG]
    catalog = reader.read(text, CATALOG)[0]
    targets = {name: made.targets[name] for name in catalog.modules}
    after = edit.with_release(catalog, made.following, targets)
    for hole, said in filled(made.pieces[CATALOG], after):
        if hole.about == "row":
            assert (said == "") == (made.following in made.draft.rows)
        elif hole.quote != "*":
            assert said[:1] == hole.quote or not hole.quote
    again = reader.read(after, CATALOG)[0]
    assert again.version == made.following
    assert {name: module.version for name, module in again.modules.items()} == targets
    assert dict(again.rows[made.following].modules) == targets
    assert {v: row.modules for v, row in again.rows.items() if v in catalog.rows} == {
        v: row.modules for v, row in catalog.rows.items()
    }
    assert edit.with_release(again, made.following, targets) == after


@some
@given(suites(), st.sampled_from(["demo", None]))
def test_the_catalog_that_init_writes_reads_back_as_what_was_adopted(made, called):
    texts = {path: text for path, text in made.texts.items() if path != CATALOG}
    choice = choose(texts, texts.get)
    adopted = adopt(choice, "demo", suite=called)
    text = catalog_text(adopted)
    catalog, problems = reader.read(text, CATALOG)
    assert problems == ()
    assert (catalog.suite, catalog.version) == (adopted.suite, adopted.version)
    assert {name: module.version for name, module in catalog.modules.items()} == {
        module.name: module.version for module in adopted.modules
    }
    assert (catalog.release.pin, catalog.release.versioning) == (adopted.pin, adopted.linked.versioning)
    suite, _ = read(texts | {CATALOG: text})
    assert {canonicalize_name(module.package) for module in suite.modules.values()} == set(made.by_package)
    for module in suite.modules.values():
        part = made.by_package[canonicalize_name(module.package)]
        assert module.path == part.folder
        assert Version(module.version) == Version(part.version)


# Circles

NAMES = [f"m{number}" for number in range(8)]
GRAPHS = st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=4), min_size=1, max_size=8)


@settings(deadline=None)
@given(GRAPHS)
def test_a_graph_is_ordered_or_each_of_its_circles_is_named_and_real(graph):
    needs = {name: {need for need in those if need in graph} for name, those in graph.items()}
    caught = {name for name in needs if name in reached(needs, name)}
    if not caught:
        assert order(graph, {}).waves == layers(needs)
        return
    with pytest.raises(ReleaseError) as refused:
        order(graph, {})
    assert {problem.code for problem in refused.value.problems} == {"dependency-cycle"}
    rings = [ring_of(problem, needs) for problem in refused.value.problems]
    assert {name for ring in rings for name in ring} == caught


def reached(needs, start):
    """What a module needs, and what that needs, and so on."""
    found, waiting = set(), [*needs[start]]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += needs[name]
    return found


def ring_of(problem, needs):
    """The modules of the circle that a complaint names: each needs the next, and the last is the first."""
    ring = problem.message.split(" → ")
    assert ring[0] == ring[-1]
    assert all(need in needs[name] for name, need in zip(ring, ring[1:], strict=False))
    assert len(set(ring)) == len(ring) - 1
    return ring[:-1]


@st.composite
def circular(draw):
    """A suite in which one module needs, now, what needs it."""
    made = draw(suites(fewest=2))
    needs = made.needs()
    users = [(part, other) for part in made.parts for other in made.parts if part.name in reached(needs, other.name)]
    part, user = draw(st.sampled_from(users or [made.parts[:2]]))
    changed = {part.name: needing(part, user)}
    if not users:
        changed[user.name] = needing(user, part)
    parts = tuple(changed.get(each.name, each) for each in made.parts)
    return replace(made, parts=parts)


def needing(part, other):
    return replace(part, layout="pep621", needs=(Need(other.canonical, RUNTIME, other.package, other.package, ""),))


@some
@given(circular())
def test_a_suite_with_a_circle_is_refused_by_the_name_of_a_circle_that_is_there(made):
    with pytest.raises(ReleaseError) as refused:
        read(made.texts)
    needs = made.needs()
    problems = [problem for problem in refused.value.problems if problem.code == "dependency-cycle"]
    assert problems
    for problem in problems:
        ring_of(problem, needs)
        assert problem.severity is Severity.ERROR
        assert problem.path in made.texts
        assert problem.line <= made.texts[problem.path].count("\n") + 1
