"""Which versions of a suite's modules are tested together, and which of them make a failing set fail. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from packaging.utils import canonicalize_name
from packaging.version import Version

from trainer_release.agent.ddmin import smallest
from trainer_release.model.catalog import Row
from trainer_release.model.suite import Module, Suite
from trainer_release.suite.pins import admits

CATALOG, LATEST, LOWEST, BEHIND = KINDS = ("catalog", "latest", "lowest", "one-behind")
_DECLARED = "project.dependencies"


class Chosen(NamedTuple):
    """One version in a combination: of a module, by its name, or (`third`) of a package that is none of the suite's."""

    name: str
    version: str | None
    third: bool = False

    def __str__(self) -> str:
        return f"{self.name} {self.version or 'absent'}"


@dataclass(frozen=True, slots=True)
class Combination:
    """Versions to be tested together: of modules, by module name, and of packages from elsewhere that are held to one.
    `kind` is catalog, latest, lowest or one-behind; a catalog's row is called by its suite version."""

    name: str
    kind: str
    versions: Mapping[str, str]
    pins: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> frozenset[Chosen]:
        """What it is, however it is called."""
        modules = {Chosen(name, version) for name, version in self.versions.items()}
        return frozenset(modules | {Chosen(name, version, third=True) for name, version in self.pins.items()})

    def differs(self, base: Combination) -> tuple[Chosen, ...]:
        """What it has otherwise than a base, modules before packages from elsewhere."""
        names = dict.fromkeys((*self.versions, *base.versions))
        modules = [Chosen(name, self.versions.get(name)) for name in names]
        others = [Chosen(name, version, third=True) for name, version in self.pins.items()]
        return tuple(
            each
            for each in (*modules, *others)
            if each.version != (base.pins if each.third else base.versions).get(each.name)
        )

    def having(self, chosen: Iterable[Chosen]) -> Combination:
        """The same with these versions instead."""
        given = tuple(chosen)
        modules = {each.name: each.version for each in given if not each.third}
        pins = {each.name: each.version for each in given if each.third and each.version}
        versions = {name: said for name, said in {**self.versions, **modules}.items() if said is not None}
        return replace(
            self,
            name=" with ".join((self.name, ", ".join(map(str, given)))),
            versions=versions,
            pins={**self.pins, **pins},
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to choose from: of every module, by name, and of every package from elsewhere that modules declare,
    the versions that the index has, and what requires it (PEP 508)."""

    modules: Mapping[str, Sequence[str]]
    others: Mapping[str, Sequence[str]] = field(default_factory=dict)
    asked: Mapping[str, Sequence[str]] = field(default_factory=dict)


def declared(modules: Iterable[Module]) -> dict[str, tuple[str, ...]]:
    """What the modules' projects say of every package that they need at run time, by its canonical name."""
    found: dict[str, tuple[str, ...]] = {}
    for module in modules:
        for pinned in module.project.requirements if module.project else ():
            if pinned.where == _DECLARED and not pinned.url and _holds(pinned.marker):
                found[pinned.name] = (*found.get(pinned.name, ()), f"{pinned.name}{pinned.specifier}")
    return found


def _holds(marker: str | None) -> bool:
    from packaging.markers import Marker

    return marker is None or Marker(marker).evaluate()


def planned(kinds: Iterable[str], suite: Suite, offer: Offer) -> tuple[Combination, ...]:
    """The combinations of these kinds: each row of the catalog that is not withdrawn, the newest first; the newest of
    every module that the pins admit; the oldest, and of what they declare, too; and each module one version behind."""
    makers: Mapping[str, Callable[[], Iterable[Combination]]] = {
        CATALOG: lambda: _rows(suite),
        LATEST: lambda: [Combination(LATEST, LATEST, _at(suite, offer, -1))],
        LOWEST: lambda: [_lowest(suite, offer)],
        BEHIND: lambda: _behind(suite, offer),
    }
    wanted = {*kinds}
    return tuple(made for kind in KINDS if kind in wanted for made in makers[kind]())


def of_row(suite: Suite, row: Row) -> Combination:
    """A row of the catalog; the umbrella, which it implies, has the suite's version. Modules that are retired are left
    out: nothing tells their packages."""
    known = {name: version for name, version in row.modules.items() if name in suite.modules}
    umbrella = {suite.umbrella.name: row.version} if suite.umbrella else {}
    return Combination(row.version, CATALOG, _ordered(suite, {**known, **umbrella}))


def _rows(suite: Suite) -> list[Combination]:
    rows = sorted(suite.catalog.rows.values(), key=lambda row: Version(row.version), reverse=True)
    return [of_row(suite, row) for row in rows if row.withdrawn is None]


def _ordered(suite: Suite, versions: Mapping[str, str]) -> dict[str, str]:
    return {name: versions[name] for name in suite.graph.order if name in versions}


def _now(suite: Suite) -> dict[str, str]:
    return _ordered(suite, {name: module.version for name, module in suite.modules.items()})


def _admitted(module: Module, offer: Offer) -> list[str]:
    """A module's versions that every declared pin admits, the oldest first; pre-releases where it is at one itself."""
    asked = offer.asked.get(canonicalize_name(module.package), ())
    early = Version(module.version).is_prerelease
    fitting = [each for each in offer.modules.get(module.name, ()) if all(admits(text, each) for text in asked)]
    return sorted((each for each in fitting if early or not Version(each).is_prerelease), key=Version)


def _at(suite: Suite, offer: Offer, place: int) -> dict[str, str]:
    """Every module's oldest (0) or newest (-1) version; the one in the work tree where the index has none."""
    moved = {m.name: found[place] for m in suite.modules.values() if not m.umbrella and (found := _admitted(m, offer))}
    return _now(suite) | moved


def _lowest(suite: Suite, offer: Offer) -> Combination:
    pins = {}
    for name, versions in offer.others.items():
        asked = offer.asked[name]
        fitting = [
            each for each in versions if all(admits(text, each) for text in asked) and not Version(each).is_prerelease
        ]
        if fitting and any(bound in text for text in asked for bound in (">", "~=", "==")):
            pins[name] = min(fitting, key=Version)
    return Combination(LOWEST, LOWEST, _at(suite, offer, 0), pins)


def _behind(suite: Suite, offer: Offer) -> list[Combination]:
    now = _now(suite)
    found = []
    for name, version in now.items():
        older = [each for each in _admitted(suite.modules[name], offer) if Version(each) < Version(version)]
        if older and not suite.modules[name].umbrella:
            found.append(Combination(f"{name} {older[-1]}", BEHIND, now | {name: older[-1]}))
    return found


def nearest(failing: Combination, good: Iterable[Combination]) -> Combination | None:
    """Of those that are known to pass, the one from which the failing one differs least."""
    return min(good, key=lambda base: len(failing.differs(base)), default=None)


def reduced(failing: Combination, base: Combination, fails: Callable[[Combination], bool]) -> tuple[Chosen, ...]:
    """The versions of a failing combination that make a passing one fail, of which none can be left out."""
    return smallest(failing.differs(base), lambda part: fails(base.having(part)))
