"""Put the files into a draft release on GitHub before the first of them goes to the index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trainer_release.errors import ReleaseError, fail
from trainer_release.model.facts import ExecuteFacts
from trainer_release.model.forge import Forge
from trainer_release.model.index import Dist
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release import page as pages
from trainer_release.release.names import tag_name
from trainer_release.release.step import World
from trainer_release.world.files import sha256

NAME = "draft_release"


@dataclass(frozen=True, slots=True)
class Draft(Action):
    """The files, by module, that the index lacks. `live`: it has others of the release already, so that a forge that
    does not answer stops nothing."""

    forge: Forge = field(default_factory=lambda: Forge("", ""))
    tag: str = ""
    commit: str = ""
    title: str = ""
    text: str = ""
    prerelease: bool = False
    files: Mapping[str, tuple[Dist, ...]] = field(default_factory=dict)
    live: bool = False


def plan(facts: ExecuteFacts) -> tuple[Draft, ...]:
    """One page a release, where it gets one; nothing once the index has every file."""
    record = facts.record
    modules = {name: m for name, m in record.modules.items() if m.published}
    known = {name: facts.listed(m.package, m.version) for name, m in modules.items()}
    files = {name: tuple(d for d in m.files if d.name not in known[name]) for name, m in modules.items()}
    if facts.forge is None or facts.tag_object is None or not any(files.values()):
        return ()
    return (
        Draft(
            forge=facts.forge,
            tag=tag_name(facts.suite.catalog, record.version),
            commit=record.commit,
            title=pages.title(record),
            text=pages.text(record, facts.changelog),
            prerelease=pages.is_prerelease(record.version),
            files=files if pages.holds(record) else {},
            live=any(known.values()),
        ),
    )


def seen(action: Draft, world: World) -> bool | None:
    """Looked at in every run that has something to upload."""
    del action, world
    return False


def run(action: Draft, world: World, so_far: SoFar) -> Outcome:
    """Make the draft, or complete the one that is there. A release that somebody published is filled all the same."""
    del so_far
    try:
        return _filled(action, world)
    except ReleaseError as error:
        if not action.live or any(not problem.code.startswith("github-") for problem in error.problems):
            raise
        return Outcome(note=f"left for the end: {error.problems[0].message}")


def _filled(action: Draft, world: World) -> Outcome:
    from trainer_release.world import github

    hub = github.opened(action.forge, sleep=world.clock.sleep, now=world.clock.now)
    page = hub.draft(action.tag, action.commit, action.title, action.text, prerelease=action.prerelease)
    sent = 0
    for name, files in action.files.items():
        for dist in files:
            path = world.artifacts / name / dist.name
            if not path.is_file() or sha256(path) != dist.sha256:
                raise fail("file-differs", f"{dist.name} is not the file that was prepared", path=dist.name)
            if not page.immutable or github.stored(dist.name) in page.assets:
                sent += hub.put(page, dist.name, path)
    return Outcome(note=f"{sent} files sent to {page.address}")
