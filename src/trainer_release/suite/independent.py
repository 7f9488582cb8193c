"""Independent versions: what changed moves, what was asked for moves, and so do dependents whose pins exclude it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from trainer_release.model.suite import Suite
from trainer_release.suite import bumps
from trainer_release.suite.asked import Asked
from trainer_release.suite.draft import Draft, History, by_commits, cycle, excluding, families, following, group_of
from trainer_release.suite.followers import with_followers


def own_moves(suite: Suite, version: str, asked: Asked, history: History, draft: Draft) -> None:
    """What moves by itself: asked for, changed, or on its way from a release candidate to its final version."""
    for names in families(suite):
        now, group = draft.now[names[0]], group_of(suite, names[0])
        new = [name for name in names if not _known(history, draft.now, name)]
        if group and group in asked.groups:
            draft.move(names, asked.groups[group], "asked for (--group)")
        elif names[0] in asked.bumps:
            draft.move(names, bumps.chosen(now, asked.bumps[names[0]]), f"{asked.bumps[names[0]]}, asked for (--bump)")
        elif not bumps.stage_of(version) and bumps.stage_of(now) in cycle(suite, version) - {None}:
            draft.move(names, bumps.bump(now, "stable"), f"the suffix goes: {version} is final")
        elif len(new) == len(names):
            why = f"{history.tag} has not released it" if history.tag else "no suite tag in this branch's history"
            draft.move(names, now, f"{why}: as the catalog says")
        elif history.changed.intersection(together := with_followers(suite, names)):
            draft.move(names, *by_commits(suite, version, together, history, now))


def forced_moves(suite: Suite, version: str, history: History, published: Collection[str], draft: Draft) -> None:
    """Dependents whose published pins exclude what moved, until no more do."""
    family = {name: names for names in families(suite) for name in names}
    kept = {
        name
        for name in family
        if suite.modules[name].publish and (name in published or _known(history, draft.now, name))
    }
    while edges_left := excluding(suite, draft.targets, sorted(n for n in kept if draft.targets[n] == draft.now[n])):
        for module, pinned, sibling in edges_left:
            names = family[module.name]
            if draft.targets[module.name] == draft.now[module.name]:
                new = following(suite, version, draft.now[module.name], "patch")
                need = f"{sibling.name} {draft.targets[sibling.name]}"
                draft.move(names, new, f"patch, its `{pinned.text}` ({pinned.path}:{pinned.line}) excludes {need}")


def _known(history: History, now: Mapping[str, str], name: str) -> bool:
    """Whether the last suite tag released the module at its version of now; a higher one was given by hand."""
    return history.tag is not None and (not history.versions or history.versions.get(name) == now[name])
