"""What a drill does to a release: a row a fault. Pure: which request meets which fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trainer_release.world.faults import Kind, Request

Where = Literal["first", "middle", "last"]


@dataclass(frozen=True, slots=True)
class Trial:
    """A fault, where it strikes, and what is lost beside. From `where` on `times` uploads meet `kind`; with `reads`, so
    do as many looks at the index. `stale` seconds long the simple index does not show what came. `loses`:
    the cache folder, or the whole clone, is gone before the next run. `full`: from the upload on nothing can be
    written."""

    name: str
    words: str
    kind: Kind | None = None
    where: Where = "middle"
    times: int = 1
    status: int = 502
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float | None = None
    reads: bool = False
    stale: float = 0.0
    loses: Literal["", "cache", "clone"] = ""
    full: bool = False

    def at(self, uploads: int) -> int:
        """The number of the upload that it strikes, of so many."""
        return {"first": 1, "middle": uploads // 2 + 1, "last": uploads}[self.where]


TRIALS: tuple[Trial, ...] = (
    Trial("kill-first", "kill -9 while the first file is sent", "kill", "first"),
    Trial("kill-middle", "kill -9 when a file was stored and not answered", "stored-then-kill"),
    Trial("kill-last", "kill -9 when the last file was stored", "stored-then-kill", "last"),
    Trial("stored-502", "stored, then 502", "stored-then-status"),
    Trial("reset-after-body", "stored, then the connection is reset", "reset-after-body"),
    Trial("timeout", "stored, then silence until a gateway cuts it", "stored-then-hang", seconds=3.0),
    Trial("reset-before", "reset before the file was read", "reset", "first"),
    Trial("burst-503", "503 to three uploads and three looks", "status", status=503, times=3, reads=True),
    Trial("too-many", "429, come again in two seconds", "status", status=429, headers={"Retry-After": "2"}, times=2),
    Trial("quota", "429, come again in two hours", "status", status=429, headers={"Retry-After": "7200"}),
    Trial("login-page", "a login page instead of an answer", "html"),
    Trial("stale", "the simple index shows a file only after three seconds", stale=3.0),
    Trial("race", "somebody else uploads the same file first", "twice"),
    Trial("no-cache", "kill -9, and the cache folder is deleted", "stored-then-kill", loses="cache"),
    Trial("new-machine", "kill -9, and all is gone but the remote", "stored-then-kill", loses="clone"),
    Trial("disk-full", "the disk is full from one upload on", "call", full=True),
)
UNDISTURBED = Trial("undisturbed", "nothing")


def struck(trial: Trial, uploads: int, request: Request, looks: int) -> bool:
    """Whether a request meets the fault of a trial. `looks`: so many reads were struck already."""
    if trial.kind is None:
        return False
    first = trial.at(uploads)
    if request.what == "upload":
        return first <= request.number < first + trial.times
    return trial.reads and request.what == "simple" and looks < trial.times
