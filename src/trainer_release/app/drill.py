"""drill: what the faults of networks, indexes and machines do to a release of this very suite; tried, not told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from trainer_release.app import sandbox, workbench
from trainer_release.app.drill_faults import TRIALS, UNDISTURBED, Trial
from trainer_release.app.drill_trial import End, tried
from trainer_release.app.prepare import prepare
from trainer_release.app.rehearse import ready
from trainer_release.app.session import EMBEDDED, open_session
from trainer_release.errors import fail
from trainer_release.release.engine.reporter import Reporter
from trainer_release.suite.asked import Asked, suite_version
from trainer_release.suite.versions import check_argument
from trainer_release.world import refs
from trainer_release.world.files import scratch
from trainer_release.world.victim import CAN_FILL


@dataclass(frozen=True, slots=True)
class Row:
    """What became of a release under a fault. `codes` are the exit codes of its runs (negative: killed by that signal),
    `wrong` every way in which its end is not the undisturbed one, `said` the last words of a run that should have ended
    well. A trial that this suite or machine cannot be put to was `skipped`, for a reason."""

    trial: Trial
    where: str
    codes: tuple[int | None, ...] = ()
    wrong: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    skipped: str = ""

    @property
    def survived(self) -> bool:
        return not self.wrong


@dataclass(frozen=True, slots=True)
class Drilled:
    """A whole drill: of which release, with how many files, and a row a fault."""

    suite: str
    version: str
    uploads: int
    rows: tuple[Row, ...]


def drill(
    start: Path,
    version: str | None = None,
    *,
    only: Sequence[str] = (),
    catalog: Path | None = None,
    reporter: Reporter | None = None,
    told: Callable[[Row], object] = lambda _: None,
) -> Drilled:
    """Prepare a release once in a throw-away copy, then carry it out once a fault, each in a copy of that. Without a
    version the next patch is taken. `told` hears of each row as it ends, from several threads. ReleaseError where the
    suite cannot be prepared; what a fault broke is in the rows."""
    trials = _chosen(only)
    if version is not None:
        check_argument(version)
    session = open_session(start, catalog)
    asked = Asked() if version else Asked(level="patch")
    called = suite_version(session.listed().version, version, asked)
    with scratch("drill") as folder:
        base = sandbox.made(session, called, folder / "prepared", published=False)
        prepare(base.start, version, asked=asked, catalog=base.catalog, index=EMBEDDED, reporter=reporter)
        record = ready(base, called, index=EMBEDDED)
        uploads = len(record.files())
        if not uploads:
            raise fail(
                "drill-impossible",
                "with `build: ci` the files of a release are bound by the workflow that builds and tests them",
                hint="drill a copy of the suite whose catalog says `build: here`: publishing is the same",
            )
        remote = refs.remote_name(base.session.git.settings(), record.build.get("branch")) is not None
        undisturbed = tried(UNDISTURBED, base, folder / UNDISTURBED.name, record)
        if undisturbed.runs[-1].code != 0:
            said = undisturbed.runs[-1].tail
            raise fail("drill-impossible", "not even without a fault does the release end well", context=said)

        def one(trial: Trial) -> Row:
            where = "" if trial.kind is None else f"upload {trial.at(uploads)} of {uploads}"
            if reason := _skipped(trial, remote=remote):
                row = Row(trial, where, skipped=reason)
            else:
                end = tried(trial, base, folder / trial.name, record)
                codes = tuple(run.code for run in end.runs)
                wrong = tuple(_wrong(end, undisturbed))
                row = Row(trial, where, codes, wrong, end.runs[-1].tail if wrong else ())
            told(row)
            return row

        with ThreadPoolExecutor(2 * workbench.jobs()) as pool:  # a trial waits more than it works
            rows = tuple(pool.map(one, trials))
    return Drilled(base.suite, called, uploads, rows)


def _chosen(only: Sequence[str]) -> list[Trial]:
    known = {trial.name: trial for trial in TRIALS}
    for name in only:
        if name not in known:
            near = get_close_matches(name, known, 3, 0.3) or list(known)
            raise fail("fault-unknown", f"no fault is called {name!r}", hint=f"near: {', '.join(near)}")
    return [trial for trial in TRIALS if not only or trial.name in only]


def _skipped(trial: Trial, *, remote: bool) -> str:
    if trial.full and not CAN_FILL:
        return "this system cannot take the disk from one process alone"
    return "there is no remote to recover from" if trial.loses == "clone" and not remote else ""


def _wrong(end: End, undisturbed: End) -> list[str]:
    """In words, every way in which an end is not the undisturbed one."""
    lost = sorted({*undisturbed.files} - {*end.files})
    other = sorted(name for name, digest in end.files.items() if undisturbed.files.get(name) != digest)
    moved = sorted(path for path, found in end.refs.items() if found != undisturbed.refs[path])
    said = [f"ended with exit code {end.runs[-1].code}"] if end.runs[-1].code != 0 else []
    said += [f"took {len(end.runs)} runs"] if len(end.runs) > 2 else []
    said += [f"not published: {', '.join(lost)}"] if lost else []
    said += [f"other bytes: {', '.join(other)}"] if other else []
    said += [f"sent twice with other bytes: {', '.join(end.resent)}"] if end.resent else []
    said += [f"other refs: {', '.join(moved)}"] if moved else []
    return said + (["another manifest"] if end.manifest != undisturbed.manifest else [])
