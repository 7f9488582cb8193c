"""Send the files of one module that the index lacks, as often as it takes; after every attempt the index is asked.

Nothing is sent again of which the index says that it is there, or of which it said that it took it; and what is sent
again is the same bytes. A file is done when the index lists it, and by no answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.model.index import Dist
from trainer_release.model.publishing import Answer, Meaning
from trainer_release.release.publishing import pace, told
from trainer_release.release.publishing.answers import Judged, judge, retry_after
from trainer_release.release.publishing.asking import Release, Seen, ask
from trainer_release.release.step import World
from trainer_release.world.files import sha256
from trainer_release.world.upload import Sent

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LIMIT, SLOWEST = 600.0, 64 << 10
"""An uploader has ten minutes, and a second more for so many bytes."""


@dataclass(slots=True)
class Sending:
    """One module's uploads. `sent` are the files of this run; `accepted` those that the index said it took, or has, and
    which are therefore waited for; of those `doubted` nobody is sure."""

    release: Release
    world: World
    folder: Path
    upload: Callable[..., Sent]
    sent: list[str] = field(default_factory=list)
    accepted: dict[str, Meaning] = field(default_factory=dict)
    doubted: set[str] = field(default_factory=set)

    def go(self, seen: Seen) -> Seen | None:
        """Send what is missing; the last look, None where the index could not be asked. Raises ReleaseError with
        `upload-refused`, `upload-failed`, `index-quota`, `outcome-unknown` or `file-differs`."""
        last: Seen | None = seen
        answer, judged = Answer(""), Judged(Meaning.RETRYABLE)
        attempt, end = 0, self.world.clock.monotonic() + self.world.wait
        while left := self._left(last):
            if last is not None:  # never without a look
                self._allowed(last)
                answer, judged = self._attempt([self.folder / dist.name for dist in left])
                last = self._settled(judged)
            rest = self._left(last)
            if last is not None and answer.name not in {dist.name for dist in rest}:
                attempt = 0  # that one is there, whatever was answered
                continue
            attempt += 1
            if judged.meaning in {Meaning.REFUSED, Meaning.QUOTA} or attempt == pace.ATTEMPTS:
                raise ReleaseError(self._ended(last, answer, judged))
            self._pause(answer, judged, last, attempt, end)
            last = quietly(self.release, self.world)
        return last

    def _left(self, seen: Seen | None) -> list[Dist]:
        """What has yet to be sent; without a look, all that nobody took."""
        files = self.release.files if seen is None else seen.missing
        left = [dist for dist in files if dist.name not in self.accepted]
        return sorted(left, key=lambda dist: not dist.name.endswith(".whl"))  # an sdist alone would be built by users

    def _attempt(self, paths: list[Path]) -> tuple[Answer, Judged]:
        """Upload once; the answer to the last file that was come to."""
        for path in paths:
            self._check(path)
        world, size = self.world, sum(path.stat().st_size for path in paths)
        done = self.upload(
            paths,
            index=world.index.name,
            url=world.index.upload,
            embedded=world.embedded,
            timeout=LIMIT + size / SLOWEST,
            silence=world.silence,
        )
        judged = Judged(Meaning.AMBIGUOUS)
        for answer in done.answers:
            judged = self._judged(answer)
            self.sent += [answer.name] if answer.name not in self.sent else []
            if judged.meaning in {Meaning.ACCEPTED, Meaning.PRESENT}:
                self.accepted[answer.name] = judged.meaning
        return done.answers[-1], judged

    def _judged(self, answer: Answer) -> Judged:
        """What an answer means. After one that nobody is sure of (a proxy says 503 or 429 although the index behind it
        has stored), a refusal may be how this index says that it has the file (404 or 403, where it hides what there
        is); where no JSON would tell at once, it is waited for."""
        judged = judge(answer)
        if judged.meaning is Meaning.AMBIGUOUS or (judged.meaning is Meaning.RETRYABLE and answer.status):
            self.doubted.add(answer.name)
        hidden = judged.meaning is Meaning.REFUSED and answer.name in self.doubted and not self.world.index.json
        return Judged(Meaning.PRESENT) if hidden else judged

    def _check(self, path: Path) -> None:
        """These are the prepared bytes."""
        dist = next(dist for dist in self.release.files if dist.name == path.name)
        if not path.is_file() or sha256(path) != dist.sha256:
            raise fail("file-differs", f"{dist.name} is not the file that was prepared", path=dist.name)

    def _settled(self, judged: Judged) -> Seen | None:
        """Ask the index what became of it: once, and where nobody is sure as often as it takes to be."""
        seen: Seen | None = None
        for number in range(pace.POLLS if judged.meaning in {Meaning.AMBIGUOUS, Meaning.PRESENT} else 1):
            if number:
                self.world.clock.sleep(pace.before_poll(number, quick=self.world.embedded))
            seen = quietly(self.release, self.world) or seen
            for dist in seen.live if seen else ():  # once it was shown, it is waited for, and not sent again
                self.accepted.setdefault(dist.name, Meaning.ACCEPTED)
            if seen and not seen.missing:
                break
        return seen

    def _allowed(self, seen: Seen) -> None:
        """A quota that another module ran into is everybody's."""
        for kind in ("all",) if seen.known else ("projects", "all"):
            until = self.world.heard.quota.get(kind)
            if until is not None and until > self.world.clock.now():
                raise ReleaseError(told.paused(self.release, until, None, kind == "projects"))

    def _ended(self, seen: Seen | None, answer: Answer, judged: Judged) -> Problem:
        """No further attempt: why."""
        now, release = self.world.clock.now(), self.release
        if judged.meaning is Meaning.QUOTA or answer.status == 429:
            projects = judged.kind == "projects"
            asked = retry_after(answer.retry_after, now)
            ahead = timedelta(seconds=min(asked, 366 * DAY.total_seconds())) if asked else DAY if projects else HOUR
            self.world.heard.quota["projects" if projects else "all"] = now + ahead
            return told.paused(release, now + ahead, answer, projects)
        if seen is None and judged.meaning is Meaning.AMBIGUOUS:
            return told.unknown(release, "the index could not be asked what became of", release.files, answer)
        return told.refused(release, seen, answer, judged.kind)

    def _pause(self, answer: Answer, judged: Judged, seen: Seen | None, attempt: int, end: float) -> None:
        """Before the next attempt: as long as the index says, else longer each time."""
        clock, release = self.world.clock, self.release
        asked = retry_after(answer.retry_after, clock.now()) if judged.meaning is Meaning.RETRYABLE else None
        rest = end - clock.monotonic()
        if rest <= 0 or (answer.status == 429 and asked is not None and asked > rest):
            raise ReleaseError(self._ended(seen, answer, judged))
        pause = min(rest, pace.before_attempt(attempt, quick=self.world.embedded) if asked is None else asked)
        self.world.tell(release.module, f"not taken ({answer.status or answer.error}), again in {pause:.0f} s")
        clock.sleep(pause)


def quietly(release: Release, world: World) -> Seen | None:
    """As `ask`; None where the index does not answer now."""
    try:
        return ask(release, world)
    except ReleaseError as error:
        if {problem.code for problem in error.problems} <= {"index-unreachable", "index-answer-invalid"}:
            return None
        raise


def patiently(release: Release, world: World) -> Seen:
    """As `ask`; an index that does not answer now is asked again, as often as an upload is tried."""
    for attempt in range(1, pace.ATTEMPTS):
        seen = quietly(release, world)
        if seen is not None:
            return seen
        world.clock.sleep(pace.before_attempt(attempt, quick=world.embedded))
    return ask(release, world)
