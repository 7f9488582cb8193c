"""Where a release gets its page, if it gets one, and what its changelog says: git and the environment tell."""

from __future__ import annotations

from typing import Any

from trainer_release.app.session import Session
from trainer_release.model.facts import GitFacts
from trainer_release.model.record import Record
from trainer_release.model.suite import Suite
from trainer_release.release import page
from trainer_release.release.change import CHANGELOG
from trainer_release.world import forge


def facts(session: Session, suite: Suite, git: GitFacts, record: Record, index: str) -> dict[str, Any]:
    """The facts of `execute` about the release's page."""
    remote, settings = git.remote.name if git.remote else None, session.git.settings()
    addresses = [settings.get(f"remote.{remote}.{key}") for key in ("pushurl", "url")]
    place = forge.found(next((address for address in addresses if address), ""))
    where, why = page.chosen(suite.catalog.release, index, remote, place, token=forge.token() is not None)
    text = session.git.texts(record.commit, [session.prefix + CHANGELOG]).get(session.prefix + CHANGELOG, "")
    return {"forge": where, "pageless": why, "changelog": text}
