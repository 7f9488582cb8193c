"""A requirement is read without the parser where that cannot differ from it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from trainer_release.suite.clauses import PLAIN, said

PIECES = [
    "a",
    "B",
    "1",
    "0",
    ".",
    "-",
    "_",
    ">=",
    "<",
    "==",
    "!=",
    "~=",
    "===",
    ",",
    "*",
    "+",
    "!",
    " ",
    "[x]",
    "[b,A, a]",
    ";",
    "; python_version",
    ' "3.9"',
    "'3.10'",
    "rc1",
    "@",
]
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    st.from_regex(PLAIN, fullmatch=True),
    st.builds("{}{}{}".format, st.sampled_from(["a-b", "A.b", "x1"]), st.sampled_from([">=", "==", "~=", "<", "!="]),
              st.sampled_from(["1", "1.0", "1.*", "1.0rc1", "1!2.0", "v1", "1.0+local", "1,<2", "1.0,!=1.5.*,<2"])),
)  # fmt: skip


@given(TEXTS)
@example("a>=1,")
@example("a<1.0+local")
@example("a1")
@example("a~=1")
@example("a>=1.*")
@example("A__b.-c==01.0")
@example('a[b_c, B.c]>=1,<2 ; python_version<"3.12"')
@example("a; sys_platform == 'win32'")
@example("a[]>=1")
@example('a; python_version === "3.12"')
@example("a;os_name!=''")
def test_every_requirement_says_what_the_parser_reads(text):
    try:
        parsed = Requirement(text)
    except InvalidRequirement:
        with pytest.raises(InvalidRequirement):
            said(text)
        return
    assert said(text).name == canonicalize_name(parsed.name)
    assert said(text).specifier == str(parsed.specifier)
    assert said(text).extras == tuple(sorted(map(canonicalize_name, parsed.extras)))
    assert (said(text).url, said(text).marker) == (
        parsed.url is not None,
        str(parsed.marker) if parsed.marker else None,
    )


def test_what_a_suite_requires_of_itself_needs_no_parser():
    assert PLAIN.fullmatch("trainer-data-processor>=1.0.0,<2")
    assert PLAIN.fullmatch("trainer-core[all]>=1.0; python_version < '3.12'")
    assert not PLAIN.fullmatch("trainer-core (>=1.0)")
