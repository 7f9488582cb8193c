"""Who is told what happens. The core never prints; the door passes a Reporter that draws."""

from __future__ import annotations

from trainer_release.errors import ReleaseError
from trainer_release.model.outcome import Outcome
from trainer_release.model.plan import Plan


class Reporter:
    """Told of everything, does nothing: subclass and override what you want to hear. Called from several threads."""

    def planned(self, plan: Plan) -> None:
        """A run of this plan begins."""

    def started(self, step: str, subject: str) -> None:
        """An action begins."""

    def noted(self, step: str, subject: str, note: str) -> None:
        """An action goes on, and this is what it waits for."""

    def ended(self, step: str, subject: str, outcome: Outcome, seconds: float) -> None:
        """An action succeeded or was skipped."""

    def failed(self, step: str, subject: str, error: ReleaseError, seconds: float) -> None:
        """An action failed."""

    def blocked(self, step: str, subject: str, by: str) -> None:
        """An action was not begun, because one that it needs failed."""
