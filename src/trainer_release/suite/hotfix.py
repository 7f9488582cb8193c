"""A hotfix: only what is named moves; everything else keeps the versions that belong together now."""

from __future__ import annotations

from collections.abc import Mapping

from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.model.project import Pinned
from trainer_release.model.suite import Module, Suite
from trainer_release.suite import bumps
from trainer_release.suite.asked import Asked
from trainer_release.suite.draft import Draft, History, by_commits, excluding, families, group_of, of_groups


def hotfix(suite: Suite, version: str, asked: Asked, history: History, draft: Draft) -> None:
    """Only the named modules move; a dependent that would have to is a refusal."""
    fixed = suite.catalog.release.versioning == "fixed"
    draft.targets |= of_groups(suite, asked)
    for names in families(suite):
        chosen, group = [name for name in names if name in asked.only], group_of(suite, names[0])
        if not chosen or group in asked.groups:
            continue
        if len(chosen) < len(names):
            more = " ".join(f"--only {name}" for name in names if name not in chosen)
            raise fail("usage", f"{chosen[0]} shares the version of the group {group}", hint=f"add {more}")
        if fixed and group:
            raise fail("usage", f"the group {group} has a version of its own", hint=f"add --group {group}=VERSION")
        now, wish = draft.now[names[0]], asked.bumps.get(names[0])
        if fixed or wish:
            draft.move(names, bumps.chosen(now, wish or version), "asked for (--only)")
        else:
            draft.move(names, *by_commits(suite, version, names, history, now))
    kept = [n for n, m in suite.modules.items() if not m.umbrella and draft.targets[n] == draft.now[n]]
    problems = [_must_move(*edge, draft.targets) for edge in excluding(suite, draft.targets, kept)]
    if problems:
        raise ReleaseError(*problems)


def _must_move(module: Module, pinned: Pinned, sibling: Module, targets: Mapping[str, str]) -> Problem:
    return Problem(
        "dependent-must-move",
        f"{module.name} keeps {module.version} and requires `{pinned.text}`, which excludes {sibling.name} "
        f"{targets[sibling.name]}",
        pinned.path,
        pinned.line,
        hint=f"add `--only {module.name}`, or choose a version of {sibling.name} that the pin admits",
    )
