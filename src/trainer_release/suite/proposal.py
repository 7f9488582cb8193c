"""Which version each module takes in the next suite version, and why: the row's, or what is proposed without one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from packaging.version import Version

from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.suite import Suite
from trainer_release.suite import asked as asking
from trainer_release.suite import bumps, versions
from trainer_release.suite.asked import Asked, stated
from trainer_release.suite.draft import Draft, History, of_groups
from trainer_release.suite.followers import follow
from trainer_release.suite.hotfix import hotfix
from trainer_release.suite.independent import forced_moves, own_moves

__all__ = ["History", "Proposal", "propose"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Every module's version (umbrella included), and a line for each module that says why it moves."""

    targets: Mapping[str, str]
    notes: tuple[str, ...] = ()


def propose(
    suite: Suite,
    version: str,
    asked: Asked = Asked(),  # noqa: B008 - frozen
    history: History = History(),  # noqa: B008 - frozen
    published: Collection[str] = (),
) -> Proposal:
    """The versions of suite version `version`; `published` names modules whose version of now is on the index.

    The row decides. Without one, `fixed` gives every module the suite's version, and `independent` moves what changed,
    what was asked for, and dependents whose pin excludes what moved; groups that follow another version go with it. A
    hotfix (`only`) moves what it names alone.
    ReleaseError: what was asked cannot be (exit 2), or a dependent would have to move (`dependent-must-move`).
    """
    asking.check(suite, asked)
    umbrella = {suite.umbrella.name: version} if suite.umbrella else {}
    draft = Draft(stated(suite), stated(suite) | umbrella)
    if version in suite.catalog.rows:
        draft.targets |= versions.targets(suite.catalog, version, draft.targets.keys() - umbrella.keys())
        _uncontradicted(suite, version, asked, draft)
    elif asked.only:
        hotfix(suite, version, asked, history, draft)
    elif suite.catalog.release.versioning == "fixed":
        draft.targets |= versions.targets(suite.catalog, version, draft.targets.keys() - umbrella.keys())
        draft.targets |= of_groups(suite, asked)
        follow(suite, version, asked, draft)
    else:
        own_moves(suite, version, asked, history, draft)
        moved: dict[str, str] = {}
        while moved != draft.targets:
            follow(suite, version, asked, draft)
            moved = dict(draft.targets)
            forced_moves(suite, version, history, published, draft)
    return Proposal(draft.targets, (*draft.notes(), *_differs(version, history)))


def _uncontradicted(suite: Suite, version: str, asked: Asked, draft: Draft) -> None:
    """The row decides; what was asked beside it must be what it says (`row-contradicted`)."""
    wishes = of_groups(suite, asked) | {n: bumps.chosen(draft.now[n], wish) for n, wish in asked.bumps.items()}
    if asked.only:
        stay = [n for n, m in suite.modules.items() if not m.umbrella and n not in asked.only]
        wishes = {name: draft.now[name] for name in stay} | wishes
    row = suite.catalog.rows[version]
    problems = [
        Problem(
            "row-contradicted",
            f'row "{version}" gives {name} {draft.targets[name]}, the options {wish}',
            suite.catalog.path,
            row.mark.line,
            row.mark.column,
            hint="the row decides: leave the option out, or mend the row",
        )
        for name, wish in wishes.items()
        if draft.targets[name] != wish
    ]
    if problems:
        raise ReleaseError(*problems)


def _differs(version: str, history: History) -> tuple[str, ...]:
    """After a pre-release of the same version: what differs from it."""
    last = history.version
    if last is None or not bumps.stage_of(last) or Version(last).release != Version(version).release:
        return ()
    changed = ", ".join(sorted(history.changed))
    return (f"changed since {last}: {changed}" if changed else f"no module changed since {last}",)
