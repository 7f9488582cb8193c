"""While a release goes through faults and kills, resolvers ask for every package: they get one whole suite, or the other."""

from __future__ import annotations

import pytest

from kit import probes

GOOD = "mill-m01==1.1.0\nmill-m00==1.1.0\n"
BAD = {
    "does not resolve": (1, "no solution"),
    "mixture": (0, "mill-m01==1.1.0\nmill-m00==1.0.0\n"),
    "not the whole set": (0, "mill-m01==1.1.0\n"),
    "unknown version": (0, "mill-m01==1.2.0\nmill-m00==1.2.0\n"),
    "an older one: the newest listed does not resolve": (0, " + mill-m01==1.0.0\n + mill-m00==1.0.0\n"),
}


def judged(code: int, said: str) -> str:
    asked, needed = ("mill-m01", "uv pip compile", "1.1.0"), frozenset({"mill-m00", "mill-m01"})
    return probes.judged(asked, code, said, needed, {"1.0.0", "1.1.0"}).wrong


def test_each_kind_of_half_suite_is_noticed():
    assert judged(0, GOOD) == ""
    assert {kind: judged(*said) for kind, said in BAD.items()} == {kind: kind for kind in BAD}


@pytest.mark.full
def test_whoever_asks_while_a_release_is_disturbed_gets_one_whole_suite_version(tmp_path):
    with probes.staged(tmp_path, 5, rate=0.3) as stage:
        released = probes.disturbed(stage, "1.1.0", "of the test", late=0.5, jobs=1)
    assert released.wrong == []
    assert [probe for probe in released.probes if probe.wrong] == []
    assert {probe.got["mill-core"] for probe in released.probes if probe.package == "mill-core"} == {"1.0.0", "1.1.0"}
    assert released.faults.total() >= 3
    assert len(released.probes) >= 10
