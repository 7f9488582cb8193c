"""log, show and diff: which versions belonged together, and when; from the catalog, and git where there is one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from trainer_release.app.load import locate
from trainer_release.app.session import Session, session_at
from trainer_release.errors import ReleaseError, fail
from trainer_release.model.catalog import Catalog, Tested
from trainer_release.release import record as records
from trainer_release.release.names import RECORDS, tagged_version
from trainer_release.suite.catalog.reader import read
from trainer_release.suite.members import wanted_names
from trainer_release.world.files import text_or_none


@dataclass(frozen=True, slots=True)
class Entry:
    """One suite version: the modules' versions by name (the umbrella has the suite's), the day (ISO 8601, None where
    nothing tells it), and what knows it: row, record, tag, manifest. `commit` is what the suite tag names, `withdrawn`
    why nobody is to use it any more, `tested` what is known of its modules together (None: nothing)."""

    version: str
    modules: Mapping[str, str]
    date: str | None = None
    known_by: tuple[str, ...] = ()
    tag: str | None = None
    commit: str | None = None
    manifest: str | None = None
    withdrawn: str | None = None
    tested: Tested | None = None


@dataclass(frozen=True, slots=True)
class History:
    """Every suite version, the newest first, and what was retired: module to `since` and `replaced-by`."""

    suite: str
    current: str
    entries: tuple[Entry, ...]
    retired: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """One module between two suite versions: its versions (None where it is missing) and added, removed, moved or
    same."""

    module: str
    old: str | None
    new: str | None
    change: str


def log(start: Path, catalog: Path | None = None) -> History:
    """The history of the suite that `start` belongs to. ReleaseError where the catalog cannot be read."""
    place = locate(start.resolve(), catalog)
    known, _ = read(text_or_none(place) or "", place.name)
    found = {
        row.version: Entry(row.version, row.modules, row.released, ("row",), withdrawn=row.withdrawn, tested=row.tested)
        for row in known.rows.values()
    }
    session = session_at(place)
    for entry in _in_git(session, known) if session else ():
        found[entry.version] = _joined(found.get(entry.version), entry)
    for entry in _manifests(session.data(known.suite) / "manifests", known) if session else ():
        found[entry.version] = _joined(found.get(entry.version), entry)
    newest = sorted(found.values(), key=lambda entry: Version(entry.version), reverse=True)
    return History(known.suite, known.version, tuple(newest), known.retired)


def show(start: Path, version: str, catalog: Path | None = None) -> tuple[History, Entry]:
    """One suite version; `version-unknown` (exit 2) names those that are near."""
    history = log(start, catalog)
    return history, _entry(history, version)


def diff(start: Path, old: str, new: str, catalog: Path | None = None) -> tuple[History, tuple[Difference, ...]]:
    """What differs between two suite versions, by module name."""
    history = log(start, catalog)
    return history, between(_entry(history, old), _entry(history, new))


def between(old: Entry | None, new: Entry) -> tuple[Difference, ...]:
    """What differs between two entries, by module name; all is added where there is no older one."""
    before, after = old.modules if old else {}, new.modules
    return tuple(_difference(name, before.get(name), after.get(name)) for name in sorted({*before, *after}))


def _difference(module: str, old: str | None, new: str | None) -> Difference:
    change = "added" if old is None else "removed" if new is None else "same" if old == new else "moved"
    return Difference(module, old, new, change)


def _entry(history: History, version: str) -> Entry:
    found = next((entry for entry in history.entries if entry.version == version), None)
    if found is None:
        known = [entry.version for entry in history.entries]
        near = get_close_matches(version, known, 3, 0.3) or known[:3]
        hint = f"near: {', '.join(near)}; `trainer-release log` shows all" if near else "there is no version yet"
        raise fail("version-unknown", f'{history.suite} has no version "{version}"', hint=hint)
    return found


def _joined(old: Entry | None, new: Entry) -> Entry:
    """Two looks at one version: the later one knows better what belonged together, both what they alone say."""
    if old is None:
        return new
    return replace(
        new,
        modules=new.modules or old.modules,
        date=new.date or old.date,
        known_by=(*old.known_by, *(each for each in new.known_by if each not in old.known_by)),
        tag=new.tag or old.tag,
        commit=new.commit or old.commit,
        manifest=new.manifest or old.manifest,
        withdrawn=new.withdrawn or old.withdrawn,
        tested=max(filter(None, (new.tested, old.tested)), key=lambda tested: tested.date, default=None),
    )


def _tested(cells: Iterable[Mapping[str, Any]], day: str | None) -> Tested | None:
    """What a release's gates showed of its modules together."""
    shown = [cell for cell in cells if cell.get("mode") == "integration" and cell.get("status") != "empty"]
    if not shown or day is None:
        return None
    passed = all(cell.get("status") == "passed" for cell in shown)
    pythons, platforms = (
        ", ".join(sorted({str(cell[key]) for cell in shown if key in cell})) or None for key in ("python", "platform")
    )
    return Tested(day, "passed" if passed else "failed", pythons, platforms, "trainer-release prepare")


def _in_git(session: Session, catalog: Catalog) -> Iterator[Entry]:
    """Suite tags and records, by one question to git; a tag without a record is read by the catalog in its commit."""
    records_of = f"{RECORDS}/{catalog.suite}/"
    fields = ("refname", "creatordate:unix", "objectname", "*objectname", "contents")
    shape = "%01" + "%02".join(f"%({each})" for each in fields)
    for said in session.git.do("for-each-ref", f"--format={shape}", records_of, "refs/tags").split("\x01")[1:]:
        ref, date, oid, commit, text = said.split("\x02", 4)
        tagged = tagged_version(catalog, ref)
        version = ref.removeprefix(records_of) if ref.startswith(records_of) else str(tagged or "")
        if not _is_version(version):
            continue
        made = records.parse(text, ref)
        modules = {n: m.version for n, m in made.modules.items() if m.package != made.umbrella} if made else {}
        day = _day(int(date)) if date else None
        shown = _tested(made.verdict.get("cells", ()), day) if made else None
        entry = Entry(version, modules, day, ("record",) if made else (), tested=shown)
        if tagged:
            then = modules or ({} if version in catalog.rows else _stated_in(session, catalog.path, oid, version))
            known_by = (*entry.known_by, "tag")
            name = ref.removeprefix("refs/tags/")
            entry = replace(entry, modules=then, known_by=known_by, tag=name, commit=commit or oid)
        yield entry


def _stated_in(session: Session, catalog: str, commit: str, version: str) -> Mapping[str, str]:
    path = session.prefix + catalog
    text = session.git.texts(commit, [path]).get(path)
    try:
        then = read(text, catalog)[0] if text is not None else None
    except ReleaseError:  # a catalog of the past, in a form of its own
        return {}
    row = then.rows.get(version) if then else None
    return row.modules if row else {}


def _manifests(folder: Path, catalog: Catalog) -> Iterator[Entry]:
    names = {package: name for name in catalog.modules for package in reversed(wanted_names(catalog, name))}
    for place in sorted(folder.glob("*-manifest.json")):
        document = json.loads(text_or_none(place) or "{}")
        version, umbrella = str(document.get("suite_version", "")), document.get("umbrella")
        if not _is_version(version):
            continue
        packages = {p: m["version"] for p, m in document.get("modules", {}).items() if p != umbrella}
        modules = {names.get(canonicalize_name(package), package): said for package, said in packages.items()}
        day, with_ = document.get("released_at", "")[:10] or None, document.get("tested_with", {})
        shown = _tested(with_.get("cells", ()), day)
        if shown:
            platforms = ", ".join(with_.get("platforms", ()))
            shown = replace(shown, python=with_.get("python") or None, platform=platforms or None)
        yield Entry(version, modules, day, ("manifest",), manifest=str(place), tested=shown)


def _is_version(text: str) -> bool:
    try:
        return str(Version(text)) == text
    except InvalidVersion:
        return False


def _day(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, UTC).date().isoformat()
