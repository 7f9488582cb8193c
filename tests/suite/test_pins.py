"""Which versions a pin admits, and how it is rewritten."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import Version

from trainer_release.model.catalog import Pin
from trainer_release.suite.pins import admits, repin

KEPT = """
foo>=1.0                       | 1.5       | foo>=1.0
foo>=1.0,<2.0                  | 1.9.9     | foo>=1.0,<2.0
foo>=1.0,<2.0                  | 2.1       | foo>=2.1,<3.0
foo>=1.11.1,<2.0.0             | 2.0.0     | foo>=2.0.0,<3.0.0
foo>=1.11.1,<2.0.0             | 1.5       | foo>=1.5,<2.0.0
foo>=1,<2                      | 3.4.5     | foo>=3.4.5,<4
foo>=1.2,<1.3                  | 1.3.1     | foo>=1.3.1,<1.4
foo>=1.2.3,<1.3                | 2.0       | foo>=2.0,<2.1
foo>=0.5,<0.6.0                | 1.0.0     | foo>=1.0.0,<1.1.0
foo>=1.2,<2.5                  | 3.1       | foo>=3.1,<4.0
foo>=1.0,<2.0.dev0             | 2.0       | foo>=2.0,<3.0.dev0
foo<2,>=1                      | 2.3       | foo<3,>=2.3
foo >= 1.0 , < 2.0             | 2.1       | foo >= 2.1 , < 3.0
foo (>=1, <2)                  | 2.3       | foo (>=2.3, <3)
foo>1.0,<2.0                   | 2.1       | foo>=2.1,<3.0
foo>=5.1,!=6.0.*,<7            | 7.2       | foo>=7.2,!=6.0.*,<8
foo!=1.5,>=1,<2                | 2.0       | foo!=1.5,>=2.0,<3
foo>=1.0,<=1.5                 | 2.0       | foo>=1.0,<=2.0
foo<=1.5                       | 2.0       | foo<=2.0
foo<2.0                        | 2.5       | foo<3.0
foo<2.0                        | 1.5       | foo<2.0
foo<0.9                        | 1.2.3     | foo<1.3
foo<0                          | 1.2       | foo<2
foo>=2.0                       | 1.5       | foo>=1.5
foo>2.0                        | 2.0       | foo>=2.0
foo==1.0                       | 1.0.0     | foo==1.0
foo==1.0                       | 1.0.1     | foo==1.0.1
foo == 1.0                     | 1.0.1     | foo == 1.0.1
foo===1.0                      | 1.1       | foo===1.1
foo==1.*                       | 1.9       | foo==1.*
foo==1.*                       | 2.3       | foo==2.*
foo==1.2.*                     | 2.3.4     | foo==2.3.*
foo==1.2.*                     | 2         | foo==2.0.*
foo~=1.2                       | 1.9       | foo~=1.2
foo~=1.2                       | 2.3.4     | foo~=2.3
foo~=1.2                       | 2         | foo~=2.0
foo~=1.2.3                     | 1.3.0     | foo~=1.3.0
foo~=1.2.3                     | 2.0       | foo~=2.0.0
foo~=1.2.3.4                   | 2.0.1     | foo~=2.0.1.0
foo                            | 2.0       | foo
foo[a,b]                       | 2.0       | foo[a,b]
foo!=1.5                       | 2.0       | foo!=1.5
Foo_Bar.x[a, b] ~=1.2 ; x      | 2.0       | Foo_Bar.x[a, b] ~=2.0 ; x
foo==1.0;x                     | 2.0       | foo==2.0;x
foo>=1.0,<2.0                  | 1.5rc1    | foo>=1.5rc1,<2.0
foo>=1.0rc1,<2.0               | 1.5rc1    | foo>=1.0rc1,<2.0
foo>=1.0                       | 2.0.dev1  | foo>=2.0.dev1
foo>=1.0                       | 2.0.dev0  | foo>=1.0
foo>=1.0,<2.0                  | 2.0rc1    | foo>=2.0rc1,<3.0
foo<2.0                        | 2.0rc1    | foo<3.0,>=2.0rc1
foo==1.0                       | 1.1a2     | foo==1.1a2
foo==1.*                       | 2.0rc1    | foo==2.*,>=2.0rc1
foo==1.*, !=1.3                | 2.0rc1    | foo==2.*, !=1.3, >=2.0rc1
foo~=1.4                       | 1.5rc1    | foo~=1.5rc1
foo~=1.4                       | 1.5.0rc1  | foo~=1.5rc1
foo~=1.4                       | 1.5.1rc1  | foo~=1.5,>=1.5.1rc1
foo>=1.0,<=1.5                 | 1.4b1     | foo>=1.4b1,<=1.5
foo                            | 2.0rc1    | foo
foo>=1.0,<2.0                  | 2.0.post1 | foo>=2.0.post1,<3.0
foo~=1.2                       | 2.0.post1 | foo~=2.0.post1
foo>=1.0,<2.0                  | 1!1.0     | foo>=1!1.0,<1!2.0
foo==1.*                       | 1!1.0     | foo==1!1.*
foo==1.0                       | 1.1+local | foo==1.1
foo>=2.0                       | 1.1+local | foo>=1.1
foo>=1.0,!=1.5.0               | 1.5.0     | foo>=1.0,!=1.5.0
foo @ https://x.example/f.whl  | 2.0       | foo @ https://x.example/f.whl
foo=={{ version }}             | 2.0       | foo=={{ version }}
"""

POLICIES = """
exact      | foo              | 1.2.3  | foo==1.2.3
exact      | foo[a] ; x       | 1.2.3  | foo[a]==1.2.3 ; x
exact      | foo>=1,<2        | 1.2.3  | foo==1.2.3
exact      | foo >= 1, < 2    | 1.2.3  | foo == 1.2.3
exact      | foo ()           | 1.2.3  | foo (==1.2.3)
exact      | foo>=1,!=1.1,<2  | 1.2.3  | foo==1.2.3,!=1.1
exact      | foo!=1.1         | 1.2.3  | foo!=1.1,==1.2.3
exact      | foo==1.0         | 1.0rc1 | foo==1.0rc1
compatible | foo==1           | 2      | foo~=2.0
compatible | foo              | 1.2.3  | foo~=1.2.3
compatible | foo>=1           | 1.2rc1 | foo~=1.2rc1
range      | foo              | 1.2.3  | foo>=1.2.3,<2
range      | foo==1.0;x       | 1.2.3  | foo>=1.2.3,<2;x
range      | foo>=1, <2       | 2.0    | foo>=2.0, <3
range      | foo>=1, !=1.1    | 2.0    | foo>=2.0, <3, !=1.1
range      | foo==1           | 1!2.0  | foo>=1!2.0,<1!3
range      | foo~=0.5         | 0.6    | foo>=0.6,<1
minimum    | foo[x]           | 2.0    | foo[x]>=2.0
minimum    | foo ~=1.0        | 2.0    | foo >=2.0
minimum    | foo @ file:///x  | 2.0    | foo @ file:///x
"""


def rows(table):
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def with_marker(text):
    return re.sub(r";( ?)x$", r';\1python_version > "3"', text)


@pytest.mark.parametrize(("text", "version", "expected"), rows(KEPT))
def test_keep_leaves_a_pin_that_admits_and_rewrites_another_in_its_own_form(text, version, expected):
    assert repin(with_marker(text), version, Pin.KEEP) == with_marker(expected)


@pytest.mark.parametrize(("policy", "text", "version", "expected"), rows(POLICIES))
def test_a_policy_writes_its_own_form(policy, text, version, expected):
    assert repin(with_marker(text), version, Pin(policy)) == with_marker(expected)


@pytest.mark.parametrize(
    ("text", "version", "expected"),
    [
        ("foo>=1.0", "1.5", True),
        ("foo>=1.0", "0.5", False),
        ("foo", "2.0rc1", True),
        ("foo>=1.0", "2.0rc1", False),
        ("foo>=1.0rc1", "2.0rc1", True),
        ("foo!=1.5", "1.5", False),
        ("foo @ file:///x", "1.0", True),
        ("foo=={version}", "1.0", True),
        ("foo===1.0", "1.0", True),
    ],
)
def test_a_version_is_admitted_only_if_an_installer_takes_it_without_flags(text, version, expected):
    assert admits(text, version) is expected


def test_what_is_no_requirement_is_not_guessed_at():
    with pytest.raises(InvalidRequirement):
        repin("foo >== 1", "1.0", Pin.KEEP)


NUMBER = st.integers(0, 30)
RELEASE = st.lists(NUMBER, min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
SUFFIX = st.sampled_from(["", "", "", "rc1", "a2", ".post1", ".dev3"])
VERSION = st.builds(
    lambda epoch, release, suffix: epoch + release + suffix, st.sampled_from(["", "", "1!"]), RELEASE, SUFFIX
)
BLANK = st.sampled_from(["", " "])


def clause(operator, blank, version):
    if operator == "==*":
        return f"=={blank}{Version(version).base_version}.*"
    if operator == "!=*":
        return f"!={blank}{Version(version).base_version}.*"
    if operator == "~=" and len(Version(version).release) == 1:
        version = f"{Version(version).base_version}.0"
    return f"{operator}{blank}{version}"


OPERATOR = st.sampled_from(["==", "~=", ">=", "<", ">", "<=", "==*", "!=", "!=*"])
CLAUSES = st.lists(st.builds(clause, OPERATOR, BLANK, VERSION), max_size=4)
HEAD = st.sampled_from(["foo", "Foo_Bar.baz", "a[x]", "a [x, Y_z] "])
TAIL = st.sampled_from(["", '; python_version > "3"', ' ; extra == "a,b>=1"'])
COMMA = st.sampled_from([",", ", ", " , "])
TEXT = st.builds(lambda head, clauses, comma, tail: head + comma.join(clauses) + tail, HEAD, CLAUSES, COMMA, TAIL)


@given(TEXT, VERSION, st.sampled_from(Pin))
def test_a_rewritten_pin_admits_the_version_unless_a_person_excluded_it(text, version, policy):
    new = repin(text, version, policy)
    exclusions = [each for each in Requirement(text).specifier if each.operator == "!="]
    by_hand = any(not each.contains(version, prereleases=True) for each in exclusions)
    assert admits(new, version) is not by_hand


@given(TEXT, VERSION, st.sampled_from(Pin))
def test_rewriting_twice_is_rewriting_once(text, version, policy):
    once = repin(text, version, policy)
    assert repin(once, version, policy) == once


@given(TEXT, VERSION, st.sampled_from(Pin))
def test_name_extras_marker_and_exclusions_survive(text, version, policy):
    old, new = Requirement(text), Requirement(repin(text, version, policy))
    assert (old.name, old.extras, old.marker) == (new.name, new.extras, new.marker)
    exclusions = {each for each in old.specifier if each.operator == "!="}
    assert exclusions == {each for each in new.specifier if each.operator == "!="}


@given(TEXT, VERSION)
def test_keep_does_not_touch_what_admits(text, version):
    if admits(text, version):
        assert repin(text, version, Pin.KEEP) == text
