"""Wait until what was published can be installed: two looks in a row at the simple index, and a resolver's word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.publishing import Meaning
from trainer_release.release.publishing import pace, told
from trainer_release.release.publishing.asking import Release, Seen, simple
from trainer_release.release.publishing.sending import quietly
from trainer_release.release.step import World


@dataclass(slots=True)
class Waiting:
    """One module's wait. `accepted`: what the index said of the files that this run sent; `pins`: the module and what
    it needs of the suite, `name==version`; `last` is the newest look, None where there was none."""

    release: Release
    world: World
    pins: Sequence[str]
    accepted: Mapping[str, Meaning]
    last: Seen | None = None
    tail: tuple[str, ...] = ()

    def go(self) -> str:
        """Wait, within the budget; what is worth saying of it. Raises ReleaseError with `index-stale`,
        `not-installable` or `outcome-unknown`."""
        world, quick = self.world, self.world.embedded
        since, end = world.clock.now(), world.clock.monotonic() + world.wait
        wanted, looks, number, waited = (1 if quick else 2), 0, 0, False
        while True:
            if self.last is None or number:
                self.last = quietly(self.release, world) or self.last
            looks = looks + 1 if self.last and not self.last.unlisted else 0
            if looks >= wanted and self._resolves():
                return f"the index was stale until {world.clock.now():%H:%MZ}" if waited else ""
            if world.clock.monotonic() >= end:
                raise ReleaseError(self._expired(since))
            if not looks and number > 3 and not waited:
                waited = True
                world.tell(self.release.module, f"{self._word()}, index stale since {since:%H:%MZ}")
            number += 1
            rest = max(0.0, end - world.clock.monotonic())
            world.clock.sleep(min(rest, pace.before_look(number, quick=quick)))

    def _word(self) -> str:
        return "published" if self.last and not self.last.missing else "uploaded"

    def _resolves(self) -> bool:
        """Whether a resolver takes it; the embedded index has no caches, and its listing tells as much."""
        if self.world.embedded or self.world.venvs.uv is None:
            return True
        names = [pin.partition("==")[0] for pin in self.pins]
        done = self.world.venvs.resolve(self.pins, index_url=simple(self.world.index), refresh=names)
        self.tail = done.tail
        return done.ok

    def _expired(self, since: datetime) -> Problem:
        seen, release = self.last, self.release
        if seen is None:
            return told.unknown(release, "the index could not be asked whether it has", release.files)
        if not seen.unlisted:
            return told.unresolved(release, self.tail)
        if not seen.missing:
            return told.stale(release, seen.unlisted, since)
        present = [dist for dist in seen.missing if self.accepted.get(dist.name) is Meaning.PRESENT]
        why = "the index seems to have, and does not show," if present else "the index took, and never showed,"
        return told.unknown(release, why, present or seen.missing)
