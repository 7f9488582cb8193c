"""Strategies for versions and for requirements on them, in every form that PEP 440, PEP 508 and Poetry know."""

from __future__ import annotations

from hypothesis import strategies as st
from packaging.version import Version

NUMBER = st.integers(0, 12)
RELEASE = st.lists(NUMBER, min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
SUFFIX = st.sampled_from(["", "", "", "", "rc1", "a2", "b3", ".post1", ".dev3", "rc2.dev1"])
SUITE_VERSION = st.builds(lambda release, suffix: str(Version(release + suffix)), RELEASE, SUFFIX)
"""Without an epoch: a suite has none."""
VERSION = st.builds(lambda epoch, rest: str(Version(epoch + rest)), st.sampled_from(["", "", "", "1!"]), SUITE_VERSION)
MARKER = st.sampled_from(["", "", "", "; python_version > '3'", ' ; sys_platform == "linux" and python_version>="3"'])
POLICY = st.sampled_from(["keep", "keep", "exact", "compatible", "range", "minimum"])


def at_least_two(version: str) -> str:
    """The version with two components or more, as `~=` wants it."""
    found = Version(version)
    epoch = f"{found.epoch}!" if found.epoch else ""
    missing = ".0" if len(found.release) == 1 else ""
    suffix = version.partition("!")[2] if found.epoch else version
    release = ".".join(map(str, found.release))
    return f"{epoch}{release}{missing}{suffix.removeprefix(release)}"


def next_major(version: str) -> str:
    found = Version(version)
    return f"{found.epoch}!{found.major + 1}" if found.epoch else str(found.major + 1)


def base(version: str) -> str:
    return Version(version).base_version


PEP440 = (
    lambda v, w: "",
    lambda v, w: f">={v}",
    lambda v, w: f">={v},<{next_major(v)}",
    lambda v, w: f"<{next_major(v)},>={v}",
    lambda v, w: f"=={v}",
    lambda v, w: f"==={v}",
    lambda v, w: f"=={base(v)}.*",
    lambda v, w: f"=={Version(v).epoch}!{Version(v).major}.*",
    lambda v, w: f"~={at_least_two(v)}",
    lambda v, w: f"~={at_least_two(v)},!={w}",
    lambda v, w: f"!={w}",
    lambda v, w: f"!={base(w)}.*,>={v}",
    lambda v, w: f">={v},!={w},<{next_major(v)}.dev0",
    lambda v, w: f"<={v}",
    lambda v, w: f"<{v}",
    lambda v, w: f">{v},<={w}",
    lambda v, w: f">={v},>={w}",
    lambda v, w: f"=={v},!={w},>=0",
)
POETRY = (
    lambda v, w: "*",
    lambda v, w: f"^{v}",
    lambda v, w: f"~{v}",
    lambda v, w: f"~={at_least_two(v)}",
    lambda v, w: v,
    lambda v, w: f"=={v}",
    lambda v, w: f"{base(v)}.*",
    lambda v, w: f">={v},<{next_major(v)}",
    lambda v, w: f">={v} <{next_major(v)}",
    lambda v, w: f">={v},!={w}",
    lambda v, w: f"^{v} || ^{w}",
    lambda v, w: f"<={v}",
    lambda v, w: f">{v}",
)
BLANKS = (("", ""), (" ", ""), ("", " "), (" ", " "))


def spaced(specifier: str, before: str, after: str) -> str:
    """The clauses with blanks before and after the operator."""
    clauses = []
    for clause in specifier.split(",") if specifier else ():
        at = next(i for i, sign in enumerate(clause) if sign not in "=<>!~")
        clauses.append(clause[:at] + after + clause[at:])
    return before + f",{after}".join(clauses) if clauses else ""


@st.composite
def specifiers(draw, version: str) -> str:
    """A specifier that was written for this version, or for another."""
    near = st.one_of(st.just(version), st.just(version), VERSION)
    plain = draw(st.sampled_from(PEP440))(draw(near), draw(near))
    written = spaced(plain, *draw(st.sampled_from(BLANKS)))
    return f" ({written.strip()})" if written and draw(st.integers(0, 9)) == 0 else written


@st.composite
def constraints(draw, version: str) -> str:
    """The same in Poetry's words."""
    near = st.one_of(st.just(version), st.just(version), SUITE_VERSION)
    return draw(st.sampled_from(POETRY))(draw(near), draw(near))


def spellings(name: str) -> st.SearchStrategy[str]:
    """Names that are this one after normalisation (PEP 503)."""
    return st.sampled_from(
        [name, name.replace("-", "_"), name.replace("-", "."), name.title(), name.upper().replace("-", "_")]
    )
