"""What is released is in a commit; an edit of the catalog alone joins the release commit."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem, Severity
from trainer_release.model.facts import PrepareFacts

NAME = "clean_tree"
SHOWN = 10


def check(facts: PrepareFacts) -> Iterator[Problem]:
    """No uncommitted change but the catalog's; no untracked file inside a module."""
    git, suite = facts.git, facts.suite
    changed = [path for path in git.changed if path != git.prefix + suite.catalog.path]
    homes = [
        git.prefix + ("" if module.path == "." else f"{module.path}/")
        for module in suite.modules.values()
        if module.path
    ]
    inside = [path for path in git.untracked if any(path.startswith(home) for home in homes)]
    outside = [path for path in git.untracked if path not in inside]
    if changed:
        yield Problem(
            "dirty-tree",
            f"{len(changed)} uncommitted changes",
            hint="commit or stash them",
            context=_shown(changed),
        )
    if inside:
        yield Problem(
            "dirty-tree",
            f"{len(inside)} files inside modules are not known to git: they would be missing from the release",
            hint="commit them, or add them to .gitignore",
            context=_shown(inside),
        )
    if outside:
        yield Problem(
            "dirty-tree",
            f"{len(outside)} files are not known to git",
            hint="commit them, or add them to .gitignore",
            context=_shown(outside),
            severity=Severity.WARNING,
        )


def _shown(paths: list[str]) -> tuple[str, ...]:
    more = (f"… and {len(paths) - SHOWN} more",) if len(paths) > SHOWN else ()
    return (*sorted(paths)[:SHOWN], *more)
