"""Where a release gets its page, if it gets one, and what its changelog says: git and the environment tell."""

from __future__ import annotations

from typing import Any

from trainer_release.app.session import Session
from trainer_release.model.catalog import Catalog
from trainer_release.model.facts import GitFacts
from trainer_release.model.forge import Forge
from trainer_release.model.record import Record
from trainer_release.model.suite import Suite
from trainer_release.release import page
from trainer_release.release.change import CHANGELOG
from trainer_release.world import forge
from trainer_release.world.git import Git


def facts(session: Session, suite: Suite, git: GitFacts, record: Record, index: str) -> dict[str, Any]:
    """The facts of `execute` about the release's page."""
    remote = git.remote.name if git.remote else None
    place = place_of(session.git, remote)
    where, why = page.chosen(suite.catalog.release, index, remote, place, token=forge.token() is not None)
    text = session.git.texts(record.commit, [session.prefix + CHANGELOG]).get(session.prefix + CHANGELOG, "")
    return {"forge": where, "pageless": why, "changelog": text}


def place_of(git: Git, remote: str | None) -> Forge | None:
    """The repository on GitHub that a remote leads to."""
    settings = git.settings()
    addresses = [settings.get(f"remote.{remote}.{key}") for key in ("pushurl", "url")]
    return forge.found(next((address for address in addresses if address), ""))


def without_drafts(git: Git, listed: Catalog, remote: str | None, tag: str) -> list[str]:
    """Remove the drafts of a tag's page, which nobody but the repository's people sees; what was removed, in words. A
    published page stays."""
    place = place_of(git, remote)
    if place is None or "none" in (listed.release.github, listed.release.push):
        return []
    if forge.token() is None:
        return [f"GitHub was not asked for a draft of {tag}: neither GITHUB_TOKEN nor GH_TOKEN is set"]
    from trainer_release.world import github

    hub = github.opened(place)
    drafts = [found for found in hub.pages() if found.draft and found.tag == tag]
    for draft in drafts:
        hub.discard(draft)
    return [f"removed the draft of {tag} from GitHub" for _ in drafts]
