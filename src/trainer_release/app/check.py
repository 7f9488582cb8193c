"""check and sync: does every file say what the catalog says, and make it so. Offline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from trainer_release.app.load import Loaded, locate, missing_files
from trainer_release.app.session import load_suite, session_at
from trainer_release.errors import Problem, ReleaseError, Severity
from trainer_release.model.edit import FileEdit
from trainer_release.model.suite import Suite
from trainer_release.release.change import embed_edits, embed_path, sync_edits, targets
from trainer_release.suite.catalog import edit as catalog_edit
from trainer_release.suite.layouts import UNSTATED
from trainer_release.suite.mounts import split
from trainer_release.world.files import write_edits

if TYPE_CHECKING:
    from trainer_release.release import relock, since


@dataclass(frozen=True, slots=True)
class Checked:
    """Every complaint, and the edits that would take drift away; the suite that was looked at, and where its other
    repositories stand."""

    problems: tuple[Problem, ...]
    edits: tuple[FileEdit, ...] = ()
    suite: Suite | None = None
    elsewhere: since.Elsewhere = field(default_factory=dict)


def check(start: Path, catalog: Path | None = None) -> Checked:
    """Look at catalog, workspace, graph, pins and drift; what is wrong is in the answer, not raised. Where git knows a
    suite tag, modules that changed since and have the same version are noted."""
    checked = judge(lambda: load_suite(start, catalog))
    if checked.suite is None:
        return checked
    return replace(
        checked, problems=(*checked.problems, *_unmoved(checked, checked.suite, locate(start.resolve(), catalog)))
    )


def judge(look: Callable[[], Loaded]) -> Checked:
    """What `check` says of a suite, wherever it comes from."""
    from trainer_release.suite.sdists import incomplete

    try:
        loaded = look()
        own = drift(loaded)
        locked, problems = _locks(loaded, loaded.elsewhere)
    except ReleaseError as error:
        return Checked(error.problems)
    problems = tuple(_elsewhere(problem) for problem in problems)
    problems += tuple(replace(each, severity=Severity.WARNING) for each in missing_files(loaded))
    problems += (*incomplete(loaded.suite, loaded.read),)
    changes = [(edit.path, change) for edit in own for change in _changes(edit)]
    changes += [(edit.path, next(_changes(edit))) for edit in locked]
    said = tuple(_elsewhere(problem) for problem in loaded.problems)
    known = {(problem.path, problem.line) for problem in loaded.problems if problem.severity is Severity.ERROR}
    told = (_elsewhere(_told(path, change, loaded)) for path, change in changes if (path, change[0]) not in known)
    here = (edit for edit in (*own, *locked) if not split(edit.path)[0])
    return Checked((*said, *told, *problems), tuple(here), loaded.suite, loaded.elsewhere)


def _elsewhere(problem: Problem) -> Problem:
    """What `sync` cannot write, because it lies in another repository, is noted: the next release brings it along."""
    follows = problem.code in ("drift", "pin-excludes", "version-places-differ", "lock-stale")
    if not follows or not split(problem.path or "")[0]:
        return problem
    return replace(problem, severity=Severity.NOTE, hint="the next `prepare` brings it along, in its own repository")


def sync(start: Path, catalog: Path | None = None, *, only_look: bool = False) -> tuple[FileEdit, ...]:
    """Make the files say what the catalog says; the edits that were made, or would be. Lock files follow as far as that
    is certain without their tools; what is left, and a version that cannot be told, raises ReleaseError once the rest
    is written."""
    loaded = load_suite(start, catalog, drift=False)
    locked, problems = _locks(loaded)
    edits = tuple(edit for edit in (*drift(loaded), *locked) if not split(edit.path)[0])
    if not only_look:
        write_edits(loaded.root, edits)
    unstated = [problem for problem in loaded.problems if problem.code in UNSTATED]
    if unstated or problems:
        raise ReleaseError(*unstated, *problems)
    return edits


def _locks(loaded: Loaded, elsewhere: since.Elsewhere = MappingProxyType({})) -> relock.Seen:
    """What `relock` says of drift; it is imported where there are lock files."""
    if not (loaded.locks or elsewhere):
        return (), ()
    from trainer_release.release import relock

    return relock.drift(loaded.root, loaded.locks, loaded.suite, stated(loaded.suite), elsewhere)


def _unmoved(checked: Checked, suite: Suite, place: Path) -> Iterator[Problem]:
    session = session_at(place)
    if session is None:
        return
    from trainer_release.release import since

    git, merged = session.git, since.merged_tags(session.git)
    past = since.history(git, session.prefix, suite, merged, checked.elsewhere, work_tree=True)
    now = stated(suite)
    for name in sorted(past.changed):
        if past.versions.get(name, now[name]) == now[name]:
            listed = suite.catalog.modules.get(name)
            yield Problem(
                "changed-not-moved",
                f"{name} has changed since {past.tag} and is {now[name]} still",
                suite.catalog.path,
                listed.mark.line if listed else suite.catalog.mark.line,
                hint="the next `prepare` gives it a new version, or a row does",
                severity=Severity.NOTE,
            )


def drift(loaded: Loaded) -> tuple[FileEdit, ...]:
    """The edits that bring projects, tables and the embedded suite file to the catalog's versions."""
    suite = loaded.suite
    version = suite.catalog.version
    wanted = stated(suite)
    place = embed_path(suite)
    embedded = loaded.read(place) if place else None
    texts = {place: embedded} if place and embedded is not None else {}
    edits = [*sync_edits(suite, wanted), *embed_edits(suite, version, wanted, texts)]
    if version in suite.catalog.rows:
        listed = {name: value for name, value in wanted.items() if name in suite.catalog.modules}
        after = catalog_edit.with_release(suite.catalog, version, listed)
        if after != suite.catalog.text:
            edits.insert(0, FileEdit(suite.catalog.path, suite.catalog.text, after))
    return tuple(edits)


def stated(suite: Suite) -> Mapping[str, str]:
    """The versions that the catalog states for now: those of its version's row, else those under `modules`."""
    if suite.catalog.version in suite.catalog.rows:
        return targets(suite, suite.catalog.version)
    return {name: module.version for name, module in suite.modules.items()}


def _told(path: str, change: tuple[int, str, str], loaded: Loaded) -> Problem:
    line, said, wanted = change
    return Problem(
        "drift",
        f"says `{said}`, the catalog means `{wanted}`",
        path=path,
        line=line,
        column=1,
        hint=f"trainer-release sync brings it to {loaded.suite.name} {loaded.suite.catalog.version}",
    )


def _changes(edit: FileEdit) -> Iterator[tuple[int, str, str]]:
    """Every line that an edit changes: its number, what it says, and what it is to say."""
    old, new = (edit.before or "").splitlines(), edit.after.splitlines()
    if len(old) == len(new):
        blocks = [(at, at + 1, at, at + 1) for at in range(len(old)) if old[at] != new[at]]
    else:
        found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        blocks = [(first, last, begin, end) for kind, first, last, begin, end in found if kind != "equal"]
    for first, last, begin, end in blocks or [(len(old), len(old), len(new), len(new))]:  # the end of the last line
        for at in range(max(last - first, 1)):
            said = old[first + at].strip() if first + at < last else "nothing"
            wanted = new[begin + at].strip() if begin + at < end else "nothing"
            yield first + at + 1, said, wanted
