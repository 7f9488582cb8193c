"""Strategies for whole suites: modules of every layout, an acyclic graph of needs, a catalog, and what is to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from kit.random_catalogs import Draft, Entry, pieces_of
from kit.random_projects import BUILD, EXTRA, GROUP, LAYOUTS, RUNTIME, Need, Part, Style, files_of
from kit.random_texts import Pieces, text_of
from kit.random_versions import MARKER, POLICY, SUITE_VERSION, VERSION, constraints, specifiers, spellings

NAMES = ("alpha", "b2", "Gamma_Ray", "delta.x", "eps-i-lon", "zeta__z", "alpha-core", "iota", "kappa-b2")
OTHERS = ("requests>=2.31,<3", "demo-alpha-extra==1.0", "alpha2~=1.0 ; python_version<'3.13'", "numpy!=1.0,>=1")
EXTRAS = ("fast", "Test_Kit")
UNASKED = "unasked"
STYLE = st.builds(
    Style,
    quote=st.sampled_from("\"'"),
    lists=st.sampled_from(["lines", "inline", "comments"]),
    newline=st.sampled_from(["\n", "\n", "\r\n"]),
    comment=st.sampled_from(["", "the project, version = '0.0.0'", "größer ✓"]),
    equals=st.sampled_from([" = ", "=", "  =  "]),
    last=st.sampled_from(["\n", "", "\n\n"]),
)


@dataclass(frozen=True, slots=True)
class RandomSuite:
    """A suite that nobody wrote. `pieces` holds every file, the catalog among them; `targets` gives every module's
    version in suite version `following`."""

    parts: tuple[Part, ...]
    draft: Draft
    following: str
    targets: Mapping[str, str]

    @property
    def pieces(self) -> dict[str, Pieces]:
        files = {path: pieces for part in self.parts for path, pieces in files_of(part).items()}
        return {"versions.yaml": pieces_of(self.draft), **files}

    @property
    def texts(self) -> dict[str, str]:
        return {path: text_of(pieces) for path, pieces in self.pieces.items()}

    @property
    def by_package(self) -> dict[str, Part]:
        return {part.canonical: part for part in self.parts}

    def needs(self) -> dict[str, set[str]]:
        """Which module waits for which, worked out anew: what it states, and what the extras that are asked for bring."""
        return {part.name: self._closure(part) - {part.name} for part in self.parts}

    def _closure(self, part: Part) -> set[str]:
        found: set[str] = set()
        asked: set[tuple[str, str]] = set()
        waiting = [*part.of(RUNTIME), *part.of(BUILD)]
        while waiting:
            need = waiting.pop()
            other = self.by_package[need.on]
            found.add(other.name)
            for extra in need.extras:
                if (need.on, extra := canonicalize_name(extra)) not in asked:
                    asked.add((need.on, extra))
                    waiting += [each for each in other.needs if each.where.startswith(EXTRA)
                                and canonicalize_name(each.where.removeprefix(EXTRA)) == extra]  # fmt: skip
        return found


@st.composite
def suites(draw, *, fewest: int = 1) -> RandomSuite:
    """Suites without a fault: no cycle, no module twice, every row complete."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=fewest, max_size=6, unique=True))
    versioning = draw(st.sampled_from(["fixed", "independent"]))
    now, following = draw(SUITE_VERSION), draw(SUITE_VERSION)
    groups = draw(grouped(names))
    listed = draw(versions(names, groups, versioning, now))
    targets = draw(moved(listed, dict_of(groups)))
    if versioning == "fixed" and draw(st.booleans()):
        targets = dict.fromkeys(names, following) | {n: said for said, those in groups.values() for n in those}
        rows = {}
    else:
        rows = {following: targets}
    if following == now:
        targets, rows = listed, {now: listed}
    elif draw(st.booleans()):
        rows = {now: listed, **rows}
    umbrella = draw(st.booleans())
    entries = tuple(draw(entry(name, None if name in dict_of(groups) else listed[name])) for name in names)
    parts = draw(projects(entries, listed, now, umbrella=umbrella))
    draft = Draft(
        version=now,
        entries=entries,
        groups=groups,
        rows=rows,
        versioning=versioning,
        pin=draw(POLICY),
        flow_rows=draw(st.booleans()),
        aliases=draw(st.booleans()),
        named=draw(st.booleans()),
        newline=draw(st.sampled_from(["\n", "\r\n"])),
    )
    return RandomSuite(parts, draft, following, targets | ({"core": following} if umbrella else {}))


def dict_of(groups: Mapping[str, tuple[str, tuple[str, ...]]]) -> dict[str, str]:
    return {name: version for version, members in groups.values() for name in members}


@st.composite
def grouped(draw, names: list[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """A group of the first few modules, or none."""
    count = draw(st.sampled_from([0, 0, 1, 2, 3]))
    return {"beta": (draw(VERSION), tuple(names[:count]))} if 0 < count <= len(names) else {}


@st.composite
def versions(draw, names, groups, versioning, now) -> dict[str, str]:
    together = dict_of(groups)
    return {name: together.get(name) or (now if versioning == "fixed" else draw(VERSION)) for name in names}


@st.composite
def moved(draw, listed, together) -> dict[str, str]:
    """The versions of another row: some stay, others move; a group moves as one."""
    shared = draw(st.sampled_from([*together.values()][:1] + [None])) or draw(VERSION)
    kept = {name: draw(st.booleans()) for name in listed}
    return {
        name: shared if name in together else version if kept[name] else draw(VERSION)
        for name, version in listed.items()
    }


@st.composite
def entry(draw, name: str, version: str | None) -> Entry:
    """How the catalog lists a module, and with that what its package may be called and where it may lie."""
    package = f"other-{canonicalize_name(name)}" if draw(st.integers(0, 4)) == 0 else None
    path = f"deep/er/{canonicalize_name(name)}" if draw(st.integers(0, 4)) == 0 else None
    pin = draw(POLICY) if draw(st.integers(0, 4)) == 0 else None
    form, quote = draw(st.sampled_from(["short", "block", "flow"])), draw(st.sampled_from(['"', "'", ""]))
    return Entry(name, version, package, path, pin, form, quote)


@st.composite
def projects(draw, entries, listed, now, *, umbrella: bool) -> tuple[Part, ...]:
    """A project for each entry, in an order in which each may need those before it; the umbrella last."""
    packages = {}
    for each in entries:
        plain = each.package or draw(st.sampled_from([f"demo-{each.name}", each.name]))
        packages[each.name] = draw(spellings(plain)) if each.package is None else each.package
    order = [*draw(st.permutations(entries)), *([Entry("core", now)] if umbrella else [])]
    packages["core"] = "demo-core"
    parts: list[Part] = []
    known = {each.name: (str(canonicalize_name(packages[each.name])), listed.get(each.name, now)) for each in order}
    for each in order:
        parts.append(draw(project(each, packages[each.name], known, parts)))
    rows = tuple((name, listed[name]) for name in listed)
    return tuple(replace(part, table=rows) if draw(st.integers(0, 5)) == 0 else part for part in parts)


@st.composite
def project(draw, entry: Entry, package: str, known, before: list[Part]) -> Part:
    canonical, version = known[entry.name]
    layout = draw(st.sampled_from(sorted(LAYOUTS)))
    said = draw(st.sampled_from([version, version, version, None])) or draw(VERSION)
    stated = draw(st.sampled_from([said, said, said, f"v{said}", said.upper(), said.replace("rc", "-c.")]))
    earlier = [part.name for part in before]
    places = st.sampled_from([RUNTIME, RUNTIME, BUILD, *(EXTRA + extra for extra in EXTRAS)])
    needs = draw(st.lists(st.tuples(places, st.sampled_from(earlier)), max_size=4)) if earlier else []
    # what orders nothing may lead anywhere, also back to the module itself
    free = st.tuples(st.sampled_from([EXTRA + UNASKED, GROUP + "dev", GROUP + "Docs"]), st.sampled_from(sorted(known)))
    needs += draw(st.lists(free, max_size=2))
    if layout == "poetry":
        needs = [pair for at, pair in enumerate(needs) if pair not in needs[:at]]
        main = [name for where, name in needs if where == RUNTIME or where.startswith(EXTRA)]
        needs = [(w, n) for w, n in needs if not w.startswith(EXTRA) or (main.count(n) == 1 and n != entry.name)]
        needs = [(w, n) for w, n in needs if not (w.startswith(GROUP) and n == entry.name)]
    offered = {part.name: part.extras for part in before}
    return Part(
        name=entry.name,
        package=package,
        canonical=canonical,
        folder=entry.path or f"packages/{canonicalize_name(entry.name)}",
        layout=layout,
        version=stated,
        needs=tuple(draw(need(where, *known[name], offered.get(name, []), layout)) for where, name in needs),
        others=tuple(draw(st.lists(st.sampled_from(OTHERS), max_size=2, unique=True))),
        style=draw(STYLE),
        umbrella=entry.name == "core",
    )


@st.composite
def need(draw, where: str, on: str, version: str, extras: list[str], layout: str) -> Need:
    """A requirement on a module; it asks for extras that are there, and for one that is not."""
    spelled = draw(spellings(on))
    asked = draw(st.lists(st.sampled_from([*(e for e in extras if e != UNASKED), "ghost"]), max_size=2, unique=True))
    poetry = layout == "poetry" and where != BUILD
    if poetry and "." in spelled:
        spelled = on
    head = spelled + (f"[{','.join(asked)}]" if asked else "")
    constraint = draw(constraints(version)) if poetry else ""
    text = "" if poetry else head + draw(specifiers(version)) + draw(MARKER)
    return Need(on, where, text, spelled, constraint, tuple(asked), poetry)
