"""rehearse VERSION: prepare and execute in full, against throw-away clones and a throw-away index; nothing is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainer_release.agent import verdict as verdicts
from trainer_release.app import sandbox, tags
from trainer_release.app.execute import Executed, Options, execute
from trainer_release.app.prepare import NOTHING, Prepared, prepare
from trainer_release.app.sandbox import Sandbox
from trainer_release.app.session import EMBEDDED, address, open_session
from trainer_release.errors import Problem
from trainer_release.model.record import Record
from trainer_release.model.testing import CellReport
from trainer_release.release import survey
from trainer_release.release.engine.journal import Journal
from trainer_release.release.engine.reporter import Reporter
from trainer_release.release.names import tag_ref
from trainer_release.suite.asked import Asked, suite_version
from trainer_release.suite.versions import check_argument
from trainer_release.world import index as asking
from trainer_release.world import refs
from trainer_release.world.files import replace_text, scratch, text_or_none


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a release of this version would have done, with the manifest that it would have written. `index` is the one
    that it would go to, and that was read at most."""

    version: str
    index: str
    prepared: Prepared
    executed: Executed
    manifest: Mapping[str, Any]

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return (*self.prepared.warnings, *self.executed.warnings)


def rehearse(
    start: Path,
    version: str | None,
    *,
    asked: Asked = NOTHING,
    catalog: Path | None = None,
    index: str | None = None,
    isolated_builds: bool = False,
    reporter: Reporter | None = None,
) -> Rehearsed:
    """Carry a release out in copies: what `prepare` and `execute` refuse or fail at here, they would there. Raises
    ReleaseError. The person's repository, remotes, index and state are only read."""
    if version is not None:
        check_argument(version)
    session = open_session(start, catalog)
    listed = session.listed()
    called, chosen = suite_version(listed.version, version, asked), index or listed.release.index
    with scratch("rehearse") as folder:
        there = sandbox.made(session, called, folder)
        done = prepare(
            there.start,
            version,
            asked=asked,
            catalog=there.catalog,
            index=index,
            isolated_builds=isolated_builds,
            reporter=reporter,
        )
        record = ready(there, called, index=chosen)
        options = Options(version=called, catalog=there.catalog, index=EMBEDDED, manifest=folder / "manifests")
        if not record.files():
            artifacts = there.session.cache(there.suite) / "artifacts" / called
            options = replace(options, artifacts=artifacts, verdict=_handed(there, record, folder / "report.json"))
        published = execute(there.start, options, reporter=reporter)
        manifest = json.loads(text_or_none(published.manifest or folder) or "{}")
    return Rehearsed(called, chosen, done, published, manifest)


def ready(there: Sandbox, version: str, *, index: str) -> Record:
    """Bring a prepared copy to where `execute` begins: its index has what the real one has, a proposal is merged and
    tagged."""
    there.closed()
    listed = there.session.listed()
    record, _, tagged = survey.find_record(there.session.git, there.suite, version, tag_ref(listed, version))
    if record is None:
        raise AssertionError(version)
    if index != EMBEDDED:
        sandbox.seed(there, record, address(listed, index).simple or asking.default_simple(index) or "")
    if tagged is None:
        if refs.remote_name(there.session.git.settings(), record.build.get("branch")):
            tags.push(there.start, version, there.catalog)
        sandbox.merged(there, record)
        tags.tag(there.start, version, there.catalog)
    return record


def _handed(there: Sandbox, record: Record, place: Path) -> Path:
    """What a workflow would hand over where it binds the bytes: the verdict of the tests that `prepare` ran."""
    journal = there.session.cache(there.suite) / "journal" / record.version / "prepare.jsonl"
    done = Journal(journal, record.plan, resume=True)
    wanted = [("run_integration_tests", ""), *(("run_isolated_tests", name) for name in record.modules)]
    cells = [CellReport(**found.evidence) for each in wanted if (found := done.done(*each)) and found.evidence]
    replace_text(place, json.dumps(verdicts.verdict(cells)), lasting=False)
    return place
