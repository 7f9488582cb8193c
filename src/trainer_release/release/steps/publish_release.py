"""Complete the release on GitHub and publish it: the last act, since an immutable one takes nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.facts import ExecuteFacts
from trainer_release.model.forge import Forge, Page
from trainer_release.model.index import Dist, IndexFile
from trainer_release.model.outcome import Outcome, SoFar, Status
from trainer_release.model.plan import Action
from trainer_release.model.record import Record, Recorded
from trainer_release.release import manifest
from trainer_release.release import page as pages
from trainer_release.release.names import tag_name
from trainer_release.release.step import World
from trainer_release.world.files import sha256

if TYPE_CHECKING:
    from trainer_release.world.github import GitHub

NAME = "publish_release"


@dataclass(frozen=True, slots=True)
class Publish(Action):
    """The page of a release: `shape` is how the catalog calls suite tags, `text` what the page says."""

    forge: Forge = field(default_factory=lambda: Forge("", ""))
    record: Record | None = None
    tag: str = ""
    shape: str = ""
    text: str = ""


def plan(facts: ExecuteFacts) -> tuple[Publish, ...]:
    """One page a release, where it gets one."""
    if facts.forge is None or facts.tag_object is None:
        return ()
    catalog, text = facts.suite.catalog, pages.text(facts.record, facts.changelog)
    tag = tag_name(catalog, facts.version)
    return (Publish(forge=facts.forge, record=facts.record, tag=tag, shape=catalog.release.tag, text=text),)


def seen(action: Publish, world: World) -> bool | None:
    """Looked at in every run; a page that is as it should be is left alone."""
    del action, world
    return False


def run(action: Publish, world: World, so_far: SoFar) -> Outcome:
    """Send what the page lacks, publish it, and see that the highest stable version is the latest."""
    del so_far
    try:
        return _published(action, world)
    except ReleaseError as error:
        raise ReleaseError(*(_left(action, problem) for problem in error.problems)) from error


def _left(action: Publish, problem: Problem) -> Problem:
    """Everything is published: what goes wrong now leaves the page alone undone."""
    if not problem.code.startswith("github-") or problem.code == "github-paused":
        return problem
    version = action.record.version if action.record else ""
    return Problem(
        "github-page-unfinished",
        f"every file is published, the release on GitHub is not: {problem.message}",
        context=problem.context,
        hint=f"run `trainer-release execute {version}` again; without GITHUB_TOKEN the release has no page",
    )


def _published(action: Publish, world: World) -> Outcome:
    from trainer_release.world import github

    if action.record is None:
        raise AssertionError(action)
    record, hub = action.record, github.opened(action.forge, sleep=world.clock.sleep, now=world.clock.now)
    before = pages.is_prerelease(record.version)
    known = hub.pages()
    page = hub.whole(known, action.tag) or hub.draft(
        action.tag, record.commit, pages.title(record), action.text, prerelease=before
    )
    sent = _complete(hub, page, record, world)
    latest = pages.is_latest(record.version, action.shape, known)
    if page.draft or (latest and hub.latest() != action.tag):
        hub.publish(page, prerelease=before, latest=latest)
    elif not sent:
        return Outcome(Status.SKIPPED, note="done already")
    return Outcome(note=f"{action.tag} of {action.forge.repository}, {sent} files sent now")


def _complete(hub: GitHub, page: Page, record: Record, world: World) -> int:
    """Send every file that the page lacks, unless it is immutable; how many were sent."""
    from trainer_release.world import github

    sent = 0
    for name, module, dist in _files(record) if pages.holds(record) else ():
        asset = page.assets.get(github.stored(dist.name))
        there = asset is not None and asset.whole and hub.sha256(asset) == dist.sha256
        if not there and (asset is not None or not page.immutable):
            sent += hub.put(page, dist.name, _at_hand(world, name, module, dist))
    folder, stem = world.data / "manifests", manifest.name(record)
    for name in (f"{stem}-manifest.json", f"{stem}-constraints.txt"):
        if page.draft or not (page.immutable or github.stored(name) in page.assets):
            sent += hub.put(page, name, folder / name, instead=True)
    return sent


def _files(record: Record) -> Iterator[tuple[str, Recorded, Dist]]:
    published = {name: module for name, module in record.modules.items() if module.published}
    return ((name, module, dist) for name, module in published.items() for dist in module.files)


def _at_hand(world: World, name: str, module: Recorded, dist: Dist) -> Path:
    """The file itself; where only the index has it by now, the index's."""
    from trainer_release.world import index

    path = world.artifacts / name / dist.name
    if path.is_file() and sha256(path) == dist.sha256:
        return path
    simple = world.index.simple or index.default_simple(world.index.name) or ""
    listed: tuple[IndexFile, ...] = index.listing(simple, module.package).get(module.version, ())
    file = next(file for file in listed if file.name == dist.name)
    return index.download(replace(file, sha256=dist.sha256), world.artifacts / name)
