"""execute [VERSION]: the prepared bytes to the index, wave by wave; run again, it goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainer_release.app import elsewhere, leases, page, publishing, workbench
from trainer_release.app.bind import Given, carried
from trainer_release.app.prepared import newest, prepared
from trainer_release.app.session import EMBEDDED, Session, address, index_of, listings, look, open_session
from trainer_release.errors import Problem, fail
from trainer_release.model.catalog import Catalog
from trainer_release.model.facts import ExecuteFacts
from trainer_release.model.index import Listing
from trainer_release.model.plan import Plan
from trainer_release.model.record import Record
from trainer_release.model.suite import Suite
from trainer_release.release import building, manifest, planner, preflight, steps, survey
from trainer_release.release.engine.journal import Journal
from trainer_release.release.engine.reporter import Reporter
from trainer_release.release.names import tag_ref
from trainer_release.release.step import CLOCK, Clock
from trainer_release.suite.versions import check_argument
from trainer_release.world import credentials
from trainer_release.world.files import scratch

COMMAND = "trainer-release execute"
PORT = 8111
SERVED = f"http://127.0.0.1:{PORT}/simple/"
"""Where `index serve --port 8111` serves the embedded index, for the words that install from it."""


@dataclass(frozen=True, slots=True)
class Executed:
    """What was planned and, where it was carried out, where the manifest lies. `serve` brings the embedded index up,
    `install` are the words that install the suite; `uploaded` the files of this run."""

    version: str
    plan: Plan
    warnings: tuple[Problem, ...] = ()
    done: bool = False
    manifest: Path | None = None
    serve: str | None = None
    install: tuple[str, ...] = ()
    uploaded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """What a person may ask of `execute`. `confirm` is asked before the first upload to any index but the embedded
    one; `wait` are the seconds that an index has to show a module, `silence` those in which it may say nothing;
    `spread` leaves new projects beyond a day's quota for the next."""

    version: str | None = None
    catalog: Path | None = None
    index: str | None = None
    artifacts: Path | None = None
    verdict: Path | None = None
    manifest: Path | None = None
    confirm: Callable[[Plan], bool] = lambda _plan: False
    ci: bool = False
    take_over: bool = False
    wait: float = 1800.0
    silence: float = 60.0
    spread: bool = False
    clock: Clock = CLOCK


def execute(start: Path, options: Options, *, dry_run: bool = False, reporter: Reporter | None = None) -> Executed:
    """Publish a prepared release. Raises ReleaseError; what was published until then stays, and a further run goes
    on."""
    if options.version is not None:
        check_argument(options.version)
    session = open_session(start, options.catalog)
    listed = session.listed()
    home = session.home(listed.suite)
    if dry_run:
        record, given = prepared(session, listed, options.version, options.artifacts, options.verdict)
        with scratch("look") as folder:
            found = elsewhere.recorded(home, record, tag_ref(listed, record.version), instead=folder)
            chosen, suite = _index(session, record, options), _suite(session, record, found)
            with look(session, suite, chosen) as there:
                facts, warnings = _facts(session, record, found, given, there, chosen, options)
        held = leases.warned(session, listed, COMMAND, facts.git.remote)
        return Executed(record.version, planner.execute(facts), (*warnings, *held))
    with session.locked(listed.suite, COMMAND):
        elsewhere.finish(home, options.version or newest(session, listed))
        record, given = prepared(session, listed, options.version, options.artifacts, options.verdict)
        chosen = _index(session, record, options)
        workbench.repair(session, record)
        workbench.tag(session, record)
        found = elsewhere.recorded(home, record, tag_ref(listed, record.version))
        return _carried_out(session, record, found, given, chosen, options, reporter or Reporter())


def _index(session: Session, record: Record, options: Options) -> str:
    """The index that is asked for; else that of the release commit's catalog, whatever is checked out now."""
    chosen = options.index or session.listed_at(record.commit).release.index
    if options.ci and options.index is None and chosen == EMBEDDED:
        raise fail(
            "not-confirmed",
            "CI is set, and the catalog's index is the embedded one",
            hint="say what you mean: --index local, or the index of the workflow",
        )
    return chosen


def _facts(
    session: Session,
    record: Record,
    found: elsewhere.Found,
    given: Given,
    listed: Mapping[str, Listing],
    index: str,
    options: Options,
) -> tuple[ExecuteFacts, tuple[Problem, ...]]:
    git, suite = survey.repository(session.git, session.prefix, session.catalog), _suite(session, record, found)
    rest: dict[str, Any] = publishing.asked(suite.catalog, index, options.clock.now(), spread=options.spread)
    listed = publishing.completed_all(record, listed, rest["address"])
    record = carried(record, listed)
    rest |= {
        "local": given.local,
        "verdict": given.verdict,
        "index": index,
        "embedded": index == EMBEDDED,
        "credentials": index == EMBEDDED or credentials.known(index, address(suite.catalog, index).upload),
    }
    proposed = suite.catalog.release.push == "pull-request"
    rest["elsewhere"] = {
        name: there.facts(moved=elsewhere.has_moved(there, record.elsewhere[name], proposed=proposed))
        for name, there in found.items()
    }
    places = elsewhere.places(found)
    rest["locks"] = survey.lock_files(session.git, record.commit, session.prefix, session.root, places)
    rest |= page.facts(session, suite, git, record, index)
    facts = survey.to_execute(suite, git, record, listed, **rest)
    return facts, preflight.check(preflight.EXECUTE, facts)


def _carried_out(
    session: Session,
    record: Record,
    found: elsewhere.Found,
    given: Given,
    index: str,
    options: Options,
    reporter: Reporter,
) -> Executed:
    suite = _suite(session, record, found)
    left: list[Problem] = []
    hold = leases.lease(session, suite.catalog, COMMAND, take_over=options.take_over, warn=left.append)
    with index_of(session, suite, index) as where, hold as lease:
        facts, warnings = _facts(session, record, found, given, listings(suite, where), index, options)
        leases.refuse(lease, suite.name, facts.git.remote)
        plan = planner.execute(facts)
        if plan.uploads and index != EMBEDDED and not options.confirm(plan):
            raise fail("not-confirmed", f"{len(plan.uploads)} uploads to {index} were not confirmed", hint="give --yes")
        path = session.cache(record.suite) / "journal" / record.version / f"execute-{index}.jsonl"
        journal = Journal(path, plan.id, resume=True)
        hands = publishing.hands(options.clock, options.wait, options.silence, reporter) | {"hold": leases.holds(lease)}
        gits, live = elsewhere.gits(found), len(plan.uploads) < len(record.files())
        with workbench.world(
            session, record.suite, plan.id, record.version, where, options.manifest, gits,
            constraints=building.constraints(record), **hands,
        ) as world:  # fmt: skip
            again = publishing.again(record.version, options.index, options.artifacts, options.verdict, options.spread)
            outcomes = publishing.carried_out(plan, world, journal, reporter, live=live, command=again)
    written = manifest.place(record, options.manifest or session.data(record.suite) / "manifests")
    uploaded = [
        file
        for (step, _), outcome in outcomes.items()
        if step == "publish_dists" and outcome.status == "done"
        for file in outcome.evidence.get("files", ())
    ]
    return Executed(
        record.version,
        plan,
        (*warnings, *left, *steps.make_locks.problems(outcomes)),
        done=True,
        manifest=written,
        serve=f"trainer-release index serve --port {PORT}" if index == EMBEDDED else None,
        install=_install(suite.catalog, record, index, written.parent / f"{manifest.name(record)}-constraints.txt"),
        uploaded=tuple(uploaded),
    )


def _suite(session: Session, record: Record, found: elsewhere.Found) -> Suite:
    """The suite as the release commits have it; an index that the catalog got since then is known, too."""
    places = elsewhere.places(found)
    suite = survey.suite_at(session.git, record.commit, session.prefix, session.catalog, places)
    indexes = {**session.listed().indexes, **suite.catalog.indexes}
    return replace(suite, catalog=replace(suite.catalog, indexes=indexes))


def _install(listed: Catalog, record: Record, index: str, constraints: Path) -> tuple[str, ...]:
    what = [record.umbrella] if record.umbrella else [m.package for m in record.modules.values()]
    simple = SERVED if index == EMBEDDED else address(listed, index).simple or index
    source = () if index == "pypi" else ("--index-url", simple)
    return ("pip", "install", *source, "-c", str(constraints), *(f"{name}=={_version(record, name)}" for name in what))


def _version(record: Record, package: str) -> str:
    return next(module.version for module in record.modules.values() if module.package == package)
