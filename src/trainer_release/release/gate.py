"""What the two test steps share: where the wheels of a run lie, and how a cell's report passes or fails the gate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from trainer_release.errors import fail
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.suite import Module
from trainer_release.model.testing import CellReport, WheelRef
from trainer_release.release.step import World

_MADE_BY = ("build_dists", "fetch_carried")


def wheels_of(modules: Iterable[Module], world: World, so_far: SoFar) -> tuple[WheelRef, ...]:
    """The wheels that earlier steps built or fetched, in the order of the modules."""
    found = []
    for module in modules:
        outcome = next(so_far[step, module.name] for step in _MADE_BY if (step, module.name) in so_far)
        file = next(file for file in outcome.evidence["files"] if file["name"].endswith(".whl"))
        path = world.artifacts / module.name / file["name"]
        found.append(WheelRef(module.package, module.version, str(path), file["sha256"]))
    return tuple(found)


def judged(report: CellReport) -> Outcome:
    """The report as evidence; a cell that is not green is `tests-failed` (`tests-leaked`) with the end of its output.

    Single tests are no evidence: the record lies in a tag, and names cells.
    """
    from trainer_release.agent.verdict import shown

    evidence = asdict(report) | {"junit": None, "tests": (), "leaks": (), "attempts": (), "packages": ()}
    counts = f"{report.passed} passed" + (f", {report.skipped} skipped" if report.skipped else "")
    if report.status == "empty":
        return Outcome(evidence=evidence, note="no tests")
    if report.status != "passed":
        code = "tests-leaked" if report.status == "leaked" else "tests-failed"
        raise fail(
            code,
            f"{report.name}: {report.failed} failed, {counts}"
            if report.status == "failed"
            else f"{report.name}: {report.status}",
            context=shown(report),
            hint=f"mend it, or see it alone: test-agent run --mode {report.mode} --modules {','.join(report.modules)}",
        )
    return Outcome(evidence=evidence, note=counts)
