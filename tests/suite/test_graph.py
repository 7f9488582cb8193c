"""The order of publishing, and circles by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_release.errors import Exit, ReleaseError
from trainer_release.suite.graph import order


def circles(depends, places=None):
    with pytest.raises(ReleaseError) as caught:
        order(depends, places or {})
    assert caught.value.exit is Exit.INVALID
    assert {problem.code for problem in caught.value.problems} == {"dependency-cycle"}
    return caught.value.problems


def test_what_needs_nothing_comes_first_and_each_wave_is_sorted():
    graph = order({"core": ["z", "a", "m"], "z": [], "m": ["a", "z"], "a": [], "lone": []}, {})
    assert graph.waves == (("a", "lone", "z"), ("m",), ("core",))
    assert graph.order == ("a", "lone", "z", "m", "core")
    assert graph.depends["core"] == ("a", "m", "z")
    assert order({"a": ["z"], "b": ["y"], "y": [], "z": []}, {}).waves == (("y", "z"), ("a", "b"))


def test_names_that_are_no_module_are_ignored():
    assert order({"a": ["requests", "b", "b"], "b": []}, {}).depends == {"a": ("b",), "b": ()}


def test_no_modules_are_no_waves():
    assert order({}, {}).waves == ()


def test_a_cycle_is_named_as_a_path_with_the_place_of_its_first_edge():
    places = {("a", "b"): ("a/pyproject.toml", 7), ("b", "a"): ("b/pyproject.toml", 9)}
    (problem,) = circles({"a": ["b"], "b": ["a"], "c": ["a"]}, places)
    assert problem.message == "a → b → a"
    assert problem.where == "a/pyproject.toml:7"
    assert problem.hint == "take the requirement of b on a out (b/pyproject.toml:9), or move it into an extra"


def test_a_module_that_needs_itself_is_a_cycle():
    assert [problem.message for problem in circles({"a": ["a"]})] == ["a → a"]


def test_cycles_apart_are_told_at_once_the_shortest_first():
    depends = {"a": ["b"], "b": ["c"], "c": ["a"], "x": ["y"], "y": ["x"]}
    assert [problem.message for problem in circles(depends)] == ["x → y → x", "a → b → c → a"]


def test_the_hint_names_the_requirement_that_most_cycles_share():
    problems = circles({"a": ["b"], "b": ["c", "d"], "c": ["a"], "d": ["a"]})
    assert [problem.message for problem in problems] == ["a → b → c → a", "a → b → d → a"]
    assert all("of a on b" in problem.hint for problem in problems)


def test_a_cycle_of_fifty_is_told_as_one():
    depends = {f"m{n:02}": [f"m{(n + 1) % 50:02}"] for n in range(50)}
    (problem,) = circles(depends)
    assert problem.message.count("→") == 50


def test_a_knot_of_all_upon_all_is_told_in_pairs_and_soon():
    depends = {f"m{n:02}": [f"m{k:02}" for k in range(60) if k != n] for n in range(60)}
    assert len(circles(depends)) <= 60


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.tuples(st.just(n), st.sets(st.tuples(st.integers(0, n), st.integers(0, n))))
    )
)
def test_every_module_stands_in_one_wave_after_all_that_it_needs(shape):
    count, edges = shape
    depends = {f"m{n}": [f"m{k}" for m, k in edges if m == n and k < n] for n in range(count)}
    graph = order(depends, {})
    assert sorted(graph.order) == sorted(depends)
    wave = {name: at for at, names in enumerate(graph.waves) for name in names}
    for name, needs in depends.items():
        assert wave[name] == max((wave[need] + 1 for need in needs), default=0)
