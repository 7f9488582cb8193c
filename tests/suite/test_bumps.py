"""The next version: levels, pre-releases, and what commits propose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from trainer_release.errors import ReleaseError
from trainer_release.suite.bumps import bump, chosen, of_commits, prerelease, same_stage

NUMBERS = st.lists(st.integers(0, 99), min_size=1, max_size=4)
SUFFIX = st.sampled_from(["", "a1", "b2", "rc3", ".dev4", ".post5", "rc1.dev2"])
VERSIONS = st.builds(
    lambda epoch, n, s: epoch + ".".join(map(str, n)) + s, st.sampled_from(["", "1!"]), NUMBERS, SUFFIX
)


@pytest.mark.parametrize(
    ("version", "level", "expected"),
    [
        ("1.5.2", "major", "2.0.0"),
        ("1.5.2", "minor", "1.6.0"),
        ("1.5.2", "patch", "1.5.3"),
        ("1.5.2", "rc", "1.6.0rc1"),
        ("1.5", "patch", "1.6"),
        ("1.5", "rc", "1.6rc1"),
        ("26", "minor", "27"),
        ("1.2.3.4", "patch", "1.2.4.0"),
        ("1!1.2.3", "minor", "1!1.3.0"),
        ("1.0.0.post1", "patch", "1.0.1"),
        ("1.6.0rc1", "rc", "1.6.0rc2"),
        ("1.6.0b3", "rc", "1.6.0rc1"),
        ("1.6.0.dev4", "rc", "1.6.0rc1"),
        ("1.6.0rc2.dev1", "rc", "1.6.0rc2"),
        ("1.6.0rc2", "stable", "1.6.0"),
        ("1.6.0.dev4", "stable", "1.6.0"),
        ("1.6.0rc2", "minor", "1.6.0"),
        ("1.6.0rc2", "patch", "1.6.0"),
        ("1.6.0rc2", "major", "2.0.0"),
        ("2.0.0rc1", "major", "2.0.0"),
        ("1.6.1rc1", "minor", "1.7.0"),
    ],
)
def test_a_level_leads_to_the_next_version(version, level, expected):
    assert bump(version, level) == expected


@given(VERSIONS, st.sampled_from(["major", "minor", "patch", "rc"]))
def test_every_level_leads_higher_in_canonical_spelling_with_as_many_numbers(version, level):
    new = bump(version, level)
    assert Version(new) > Version(version)
    assert str(Version(new)) == new
    assert len(Version(new).release) == len(Version(version).release)


def test_what_is_stable_has_no_suffix_to_lose():
    with pytest.raises(ReleaseError) as caught:
        bump("1.5.0", "stable")
    assert (caught.value.problems[0].code, caught.value.exit) == ("bump-invalid", 2)


@pytest.mark.parametrize(
    ("version", "stage", "level", "expected"),
    [
        ("1.4.0", "rc", "patch", "1.4.1rc1"),
        ("1.4.0", "b", "minor", "1.5.0b1"),
        ("1.5.0b1", "b", "minor", "1.5.0b2"),
        ("1.5.0a9", "b", "minor", "1.5.0b1"),
        ("1.5.0rc1", "b", "minor", "1.6.0b1"),
        ("1.5.0.dev1", "dev", "minor", "1.5.0.dev2"),
        ("1.5.0", "dev", "minor", "1.6.0.dev1"),
    ],
)
def test_a_pre_release_counts_on_or_begins_a_stage(version, stage, level, expected):
    assert prerelease(version, stage, level) == expected


@pytest.mark.parametrize(
    ("version", "level", "expected"),
    [("0.66b0", "minor", "0.67b0"), ("0.66b0", "patch", "0.67b0"), ("0.5.1b2", "patch", "0.5.2b2")],
)
def test_what_stays_a_pre_release_keeps_its_suffix(version, level, expected):
    assert same_stage(version, level) == expected


def test_a_wish_is_a_level_or_a_higher_version():
    assert chosen("1.0.0", "minor") == "1.1.0"
    assert chosen("1.0.0", "1.0.5") == "1.0.5"
    for wish in ("1.0.0", "0.9", "huge", "1.0.0-rc1", "v2.0.0", "1.1+local", ""):
        with pytest.raises(ReleaseError) as caught:
            chosen("1.0.0", wish)
        assert caught.value.problems[0].code == "bump-invalid"


@pytest.mark.parametrize(
    ("version", "messages", "expected"),
    [
        ("1.0.0", [], ("patch", "")),
        ("1.0.0", ["Tidy up"], ("patch", "Tidy up")),
        ("1.0.0", ["fix: a\n\nLong.", "perf(x): b"], ("patch", "fix: a")),
        ("1.0.0", ["fix: a", "feat(cli): b", "feat: c"], ("minor", "feat(cli): b")),
        ("1.0.0", ["feat: a", "fix!: b"], ("major", "fix!: b")),
        ("1.0.0", ["refactor(core)!: a"], ("major", "refactor(core)!: a")),
        ("1.0.0", ["fix: a\n\nText.\n\nBREAKING CHANGE: gone"], ("major", "fix: a")),
        ("1.0.0", ["fix: a\n\nBREAKING-CHANGE: gone"], ("major", "fix: a")),
        ("1.0.0", ["fix: no BREAKING CHANGE: in a sentence"], ("patch", "fix: no BREAKING CHANGE: in a sentence")),
        ("0.9.0", ["feat!: a"], ("minor", "feat!: a")),
        ("0.9.0", ["feat: a"], ("minor", "feat: a")),
    ],
)
def test_commits_propose_a_level(version, messages, expected):
    assert of_commits(messages, version) == expected
