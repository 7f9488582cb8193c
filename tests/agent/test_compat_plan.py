"""Which versions are tested together: rows, the newest, the oldest, one behind; and what a failing set comes down to."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kit.cells import module
from kit.cells import suite as joined
from trainer_release.agent.compat import (
    BEHIND,
    CATALOG,
    KINDS,
    LATEST,
    LOWEST,
    Chosen,
    Combination,
    Offer,
    declared,
    nearest,
    planned,
    reduced,
)
from trainer_release.suite.catalog.reader import read

CATALOG_TEXT = """\
kit: {version: "1.2", package: kit-core}
modules: {one: "1.0", two: "1.0", "three": "1.0"}
retired: {old: {since: "1.1"}}
compatibility:
  "1.0": {one: "0.9", two: "0.9", old: "0.1"}
  "1.1": {one: "0.9", two: "1.0", three: "1.0", withdrawn: "2026-01-01: breaks"}
  "1.2": {one: "1.0", two: "1.0", three: "1.0"}
"""


def needing(name, *needs, **known):
    pinned = [("project.dependencies", need) for need in needs]
    made = module(name, *pinned, **known)
    return replace(made, project=replace(made.project, requirements=tuple(map(bounded, made.project.requirements))))


def bounded(pinned):
    """The kit's requirement with its specifier told, as a layout tells it."""
    name = pinned.text.rstrip("0123456789.,<>=~!")
    return pinned._replace(name=name, specifier=pinned.text[len(name) :])


def suite():
    one, two = needing("one", "third>=1.2,<3"), needing("two", "kit-one>=0.8,<2", "free")
    made = joined(one, two, module("three", project=False), needing("core", "kit-one>=0.9", "kit-two", umbrella=True))
    order = {"one": (), "two": ("one",), "three": (), "core": ("one", "two")}
    waves = (("one", "three"), ("two",), ("core",))
    graph = replace(made.graph, depends=order, waves=waves)
    return replace(made, catalog=read(CATALOG_TEXT, "v.yaml")[0], graph=graph)


def offer(**modules):
    given = suite()
    some = {"one": ("0.8", "0.9", "1.0", "1.1rc1", "1.1", "2.0"), "two": ("0.1", "0.9"), "three": (), "core": ("1.0",)}
    others = {"third": ("1.0", "1.2", "1.10", "3.0"), "free": ("0.1", "4.0")}
    return Offer(some | modules, others, declared(given.modules.values()))


def versions(kind):
    return {one.name: dict(one.versions) for one in planned((kind,), suite(), offer())}


def test_rows_are_tested_newest_first_with_the_umbrella_and_without_what_is_retired_or_withdrawn():
    assert list(versions(CATALOG).items()) == [
        ("1.2", {"one": "1.0", "three": "1.0", "two": "1.0", "core": "1.2"}),
        ("1.0", {"one": "0.9", "two": "0.9", "core": "1.0"}),
    ]


def test_the_newest_are_those_that_every_pin_admits_and_no_pre_release():
    assert versions(LATEST) == {"latest": {"one": "1.1", "three": "1.0", "two": "0.9", "core": "1.0"}}


def test_the_oldest_hold_what_modules_declare_to_its_lower_bound_where_there_is_one():
    (lowest,) = planned((LOWEST,), suite(), offer())
    assert dict(lowest.versions) == {"one": "0.9", "three": "1.0", "two": "0.1", "core": "1.0"}
    assert lowest.pins == {"third": "1.2"}


def test_one_behind_is_a_row_for_each_module_that_has_an_older_version_that_the_pins_admit():
    now = {"one": "1.0", "three": "1.0", "two": "1.0", "core": "1.0"}
    assert versions(BEHIND) == {"one 0.9": now | {"one": "0.9"}, "two 0.9": now | {"two": "0.9"}}


def test_kinds_come_in_one_order_however_they_are_asked_for():
    found = [one.kind for one in planned(reversed(KINDS), suite(), offer())]
    assert found == sorted(found, key=KINDS.index)
    assert {*found} == {*KINDS}


def test_a_requirement_that_does_not_hold_here_bounds_nothing():
    never = bounded(module("x", ("project.dependencies", "third>=9")).project.requirements[0])
    one = needing("one", "third>=1")
    marked = never._replace(marker='python_version < "3"')
    project = replace(one.project, requirements=(*one.project.requirements, marked))
    assert declared([replace(one, project=project), module("y", project=False)]) == {"third": ("third>=1",)}


def test_the_nearest_base_differs_least():
    far = Combination("far", CATALOG, {"a": "1", "b": "1"})
    near = Combination("near", CATALOG, {"a": "1", "b": "2"})
    failing = Combination("bad", CATALOG, {"a": "2", "b": "2"})
    assert nearest(failing, [far, near]) is near
    assert nearest(failing, []) is None


NAMES = st.sampled_from("abcdef")
SOME = st.dictionaries(NAMES, st.sampled_from("12"), min_size=1)


@given(SOME, SOME, st.dictionaries(st.sampled_from("xyz"), st.just("1")), st.data())
def test_a_failing_set_comes_down_to_versions_of_its_own_that_are_all_needed(now, before, pins, data):
    failing, base = Combination("bad", CATALOG, now, pins), Combination("good", CATALOG, before)
    differing = failing.differs(base)
    assert {*base.having(differing).key} == {*failing.key}
    if not differing:
        return
    guilty = data.draw(st.sets(st.sampled_from(differing), min_size=1))

    def fails(mixed):
        return all((mixed.pins if each.third else mixed.versions).get(each.name) == each.version for each in guilty)

    assert {*reduced(failing, base, fails)} == guilty
    assert all(str(each) == f"{each.name} {each.version or 'absent'}" for each in guilty)


def test_what_is_tested_is_the_same_by_whatever_name():
    one, same = Combination("1.0", CATALOG, {"a": "1", "b": "2"}), Combination("latest", LATEST, {"b": "2", "a": "1"})
    assert one.key == same.key
    assert one.having([Chosen("a", None), Chosen("n", "3", third=True)]).key == {
        Chosen("b", "2"),
        Chosen("n", "3", True),
    }
