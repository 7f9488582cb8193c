"""prepare VERSION: survey, preflight, plan; then, unless it was only asked for, carry it out."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_release.agent.workers import beside
from trainer_release.app import elsewhere, workbench
from trainer_release.app.load import Loaded, missing_files
from trainer_release.app.session import EMBEDDED, Session, index_of, look, open_session
from trainer_release.app.withdraw import refuse as refuse_withdrawn
from trainer_release.errors import Problem, Severity
from trainer_release.model.facts import Change, PrepareFacts
from trainer_release.model.plan import Plan
from trainer_release.release import planner, preflight, since, steps, survey
from trainer_release.release.change import CHANGELOG, embed_path
from trainer_release.release.contracts import contracts
from trainer_release.release.engine.reporter import Reporter
from trainer_release.release.names import record_ref, tag_ref
from trainer_release.release.step import CLOCK, Clock
from trainer_release.suite.asked import Asked, stated, suite_version
from trainer_release.suite.mounts import mounts
from trainer_release.suite.proposal import propose
from trainer_release.suite.versions import check_argument
from trainer_release.world.files import remove_tree, scratch
from trainer_release.world.venvs import interpreter

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING = Asked()


@dataclass(frozen=True, slots=True)
class Prepared:
    """The plan, what was warned of, and whether the release is prepared now. `plan` is None where it was already."""

    version: str
    plan: Plan | None
    warnings: tuple[Problem, ...] = ()
    done: bool = False
    commit: str | None = None


def prepare(
    start: Path,
    version: str | None,
    *,
    asked: Asked = NOTHING,
    catalog: Path | None = None,
    index: str | None = None,
    isolated_builds: bool = False,
    dry_run: bool = False,
    reporter: Reporter | None = None,
    clock: Clock = CLOCK,
) -> Prepared:
    """Prepare a release of the suite that `start` belongs to: VERSION, or the one that `asked` leads to. The release
    bears the moment that `clock` tells. Raises ReleaseError; then nothing of it exists."""
    if version is not None:
        check_argument(version)
    session = open_session(start, catalog)
    read, epoch = session.listed(), int(clock.now().timestamp())
    version, home = suite_version(read.version, version, asked), session.home(read.suite)
    refuse_withdrawn(read, version)
    if dry_run:
        with scratch("look") if mounts(read) else nullcontext() as folder:
            found = elsewhere.followed(home, read, instead=folder)
            facts, warnings = _facts(session, found, version, asked, index, epoch)
            return Prepared(version, planner.prepare(facts), warnings)
    with session.locked(read.suite, f"trainer-release prepare {version}"):
        elsewhere.finish(home, version)
        if commit := already(session, version):
            return Prepared(version, None, done=True, commit=commit)
        found, heard = elsewhere.followed(home, read), reporter or Reporter()
        facts, warnings = _facts(session, found, version, asked, index, epoch)
        return _carried_out(session, found, facts, warnings, index, heard, clock, isolated_builds=isolated_builds)


def already(session: Session, version: str) -> str | None:
    """The commit of this very version where it is prepared from what is checked out; a tree that a crash left behind is
    brought forward first."""
    catalog = session.listed()
    found, _, _ = survey.find_record(session.git, catalog.suite, version, tag_ref(catalog, version))
    if found is None or record_ref(catalog.suite, version) not in session.git.refs(record_ref(catalog.suite, version)):
        return None
    head = session.git.commit_of("HEAD")
    proposed = catalog.release.push == "pull-request" and head == session.git.commit_of(f"{found.commit}^")
    if head != found.commit and not proposed:
        return None
    workbench.repair(session, found)
    return found.commit


def _facts(
    session: Session, found: elsewhere.Found, version: str, asked: Asked, index: str | None, epoch: int
) -> tuple[PrepareFacts, tuple[Problem, ...]]:
    with beside(lambda: survey.repository(session.git, session.prefix, session.catalog)) as asked_git:
        loaded = session.load(found)  # while git and the remote answer
        git, suite = asked_git(), loaded.suite
    texts = dict(loaded.texts)
    for path in (CHANGELOG, embed_path(suite)):
        text = loaded.read(path) if path else None
        if path and text is not None:
            texts[path] = text
    with look(session, suite, index) as listed:
        past = since.history(session.git, session.prefix, suite, git.merged_tags, loaded.elsewhere)
        apis = contracts(session.git, session.prefix, session.root, suite, past, listed, workbench.jobs())
        now = stated(suite)
        there = {name for name, module in suite.modules.items() if listed.get(module.package, {}).get(now[name])}
        meant = propose(suite, version, asked, replace(past, contracts=apis), there)
        facts = survey.to_prepare(suite, texts, version, git, listed, epoch, interpreter(), workbench.tools(), meant)
    unmoved = since.unpublished_changes(
        session.git, session.prefix, suite, git.merged_tags, meant.targets, facts.change.carried, loaded.elsewhere
    )
    embedded = (index or suite.catalog.release.index) == EMBEDDED
    facts = replace(facts, unmoved=unmoved, change=_relocked(session, loaded, facts, texts, embedded=embedded))
    facts = replace(facts, bound=survey.bound_files(session.git, git, suite.name, version), contracts=apis)
    facts = replace(facts, elsewhere={name: there.facts() for name, there in found.items()})
    absent = tuple(missing_files(loaded))  # `check` warns of it; a build would fail
    facts = replace(facts, change=replace(facts.change, problems=(*facts.change.problems, *absent)))
    noted = tuple(problem for problem in loaded.problems if problem.severity is not Severity.ERROR)
    return facts, (*noted, *preflight.check(preflight.PREPARE, facts))


def _relocked(
    session: Session, loaded: Loaded, facts: PrepareFacts, texts: Mapping[str, str], *, embedded: bool
) -> Change:
    """The change with what it means for lock files, if there are any."""
    if not loaded.locks and not loaded.elsewhere:
        return facts.change
    from trainer_release.release import relock
    from trainer_release.world.builds import find_uv
    from trainer_release.world.lock_copies import Workspace

    workspace = Workspace(session.root, session.prefix, session.git, facts.python, find_uv(), texts, locks=loaded.locks)
    return relock.bring_along(facts.change, facts.suite, workspace, loaded.elsewhere, embedded=embedded)


def _carried_out(
    session: Session,
    found: elsewhere.Found,
    facts: PrepareFacts,
    warnings: tuple[Problem, ...],
    index: str | None,
    reporter: Reporter,
    clock: Clock,
    *,
    isolated_builds: bool,
) -> Prepared:
    from trainer_release.release.engine.journal import Journal
    from trainer_release.release.engine.runner import carry_out

    plan = planner.prepare(facts)
    name, version = facts.suite.name, facts.version
    cache = session.cache(name)
    remove_tree(cache / "artifacts" / version)
    remove_tree(cache / "journal" / version)
    journal = Journal(cache / "journal" / version / "prepare.jsonl", plan.id, resume=False)
    with (
        index_of(session, facts.change.suite, index) as where,
        workbench.world(
            session,
            name,
            plan.id,
            version,
            where,
            elsewhere=elsewhere.gits(found),
            clock=clock,
            isolated_builds=isolated_builds,
        ) as world,
    ):
        outcomes = carry_out(plan, steps.PREPARE, world, journal, reporter, clock)
    elsewhere.settled(session.home(name))
    commit = str(outcomes["point_refs", ""].evidence["commit"])
    return Prepared(version, plan, warnings, done=True, commit=commit)
