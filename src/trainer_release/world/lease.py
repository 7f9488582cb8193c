"""The lease: a ref on the remote that says who pushes and uploads, so that two machines do not release at once.

It is created where there is none, and removed where it is still ours, by compare-and-swap: the remote decides. The ref
names a blob, the holder as JSON. Nothing here renews it: a holder that is provably gone is replaced, any other stays
until it ends or a person takes over.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from threading import Lock

from trainer_release.errors import Problem, ReleaseError, Severity, fail
from trainer_release.world import holders, refs
from trainer_release.world.clock import monotonic
from trainer_release.world.files import scratch
from trainer_release.world.git import Git
from trainer_release.world.holders import Holder

PUSHING = frozenset({"push_refs", "push_module_tags", "push", "abandon"})
"""The parts of the work that push themselves: without the right to, they are refused."""

AGAIN = 60.0
"""Seconds after which a holder looks again whether the lease is still its own."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow run on a forge, and which attempt at it."""

    server: str
    repository: str
    run: int
    attempt: int

    def __str__(self) -> str:
        return f"workflow run {self.server}/{self.repository}/actions/runs/{self.run}, attempt {self.attempt}"


Over = Callable[[Workflow], bool | None]
"""Whether a workflow run has ended; None where nobody tells."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds a lease: a process, in a workflow its run too."""

    holder: Holder
    workflow: Workflow | None = None

    def __str__(self) -> str:
        return f"{self.holder}" + (f", {self.workflow}" if self.workflow else "")


def workflow(environ: Mapping[str, str]) -> Workflow | None:
    """The workflow run that this process belongs to, None outside one."""
    try:
        names = (environ["GITHUB_SERVER_URL"], environ["GITHUB_REPOSITORY"])
        return Workflow(*names, int(environ["GITHUB_RUN_ID"]), int(environ["GITHUB_RUN_ATTEMPT"]))
    except (KeyError, ValueError):
        return None


class Lease:
    """The lease of a suite. Nothing is asked or taken before the first `hold`; without a remote nothing ever is."""

    def __init__(
        self, git: Git, remote: str | None, ref: str, command: str, *, over: Over, take_over: bool = False
    ) -> None:
        self._git, self._remote, self._ref, self._over = git, remote, ref, over
        self._me = Owner(holders.this(command), workflow(os.environ))
        self._take_over = take_over
        self._own: str | None = None
        self._stale: str | None = None
        self._lost: ReleaseError | None = None
        self._refused: Problem | None = None
        self._looked, self._part = 0.0, ""
        self._mutex = Lock()

    def refuse(self, there: str | None) -> None:
        """`leased` where the object that the remote's ref names is another's who may still run; nothing is changed yet.
        What one has left who is gone is removed in the end, whether this run comes to hold the lease or not."""
        if self._remote is None or there is None or self._take_over:
            return
        owner = self._owner(there)
        if owner is not None and self._is_gone(owner):
            self._stale = there
        else:
            raise fail(
                "leased",
                f"another run holds the lease on {self._remote}: {owner or f'{self._ref}, which cannot be read'}",
                hint="wait until it ends; where you know that it will not go on, `trainer-release execute --take-over`",
            )

    def hold(self, part: str) -> None:
        """Hold the lease from now on: take it at the first call, and look whether it is still ours at the first of
        every part of the work and then once a minute. `leased`, `lease-lost`, `push-refused`.

        Where a part pushes nothing, and the remote lets us push nothing (a workflow that may only read), the work goes
        on without a lease, and that is told in the end.
        """
        if self._remote is None or self._refused:
            return
        with self._mutex:
            if self._lost:
                raise self._lost
            if self._own is None:
                self._own = self._taken(self._remote, needed=part.partition(" ")[0] in PUSHING)
            elif part != self._part or monotonic() - self._looked > AGAIN:
                self._still(self._remote)
            self._looked, self._part = monotonic(), part

    def give_back(self) -> Problem | None:
        """Remove the ref, where it is still ours, or that of one who is gone; a warning where that cannot be done."""
        own, self._own, self._stale = self._own or self._stale, None, None
        if own is None or self._remote is None:
            return self._refused
        answer = self._push(self._remote, own, f":{self._ref}")
        try:
            left = answer != 0 and self._there(self._remote) == own
        except ReleaseError:
            left = True
        if not left:
            return None
        hint = f"no run on this machine waits for it; elsewhere: `git push {self._remote} :{self._ref}`"
        message = f"the lease could not be given back to {self._remote}"
        return Problem("lease-left", message, hint=hint, severity=Severity.WARNING)

    def _taken(self, remote: str, *, needed: bool) -> str | None:
        facts = {**holders.written(self._me.holder), "token": secrets.token_hex(8)}
        run = self._me.workflow
        text = json.dumps({**facts, "workflow": asdict(run)} if run else facts, indent=1) + "\n"
        mine = self._git.do("hash-object", "-w", "--stdin", stdin=text.encode())
        there, refused = "", 0
        while refused < 2:
            code = self._push(remote, there, f"{mine}:{self._ref}")
            now = mine if code == 0 else self._there(remote)
            if now == mine:
                return mine
            self.refuse(now)
            refused += now == (there or None)  # it is what we said it was, and yet: no race that we lost
            there = now or ""
        hint = "ask for the right to push refs/trainer-release/, or set `release: {push: none}` in the catalog"
        if needed:
            raise fail("push-refused", f"the remote {remote} refused the lease; nothing was uploaded", hint=hint)
        message = f"the remote {remote} refused the lease: other machines do not know of this run"
        self._refused = Problem("lease-refused", message, hint=hint, severity=Severity.WARNING)
        return None

    def _still(self, remote: str) -> None:
        now = self._there(remote)
        if now == self._own:
            return
        who = self._owner(now) if now else None
        self._own = None
        self._lost = fail(
            "lease-lost",
            f"the lease on {remote} is no longer ours: {who or 'somebody removed it'}",
            hint="leave the release to that run; where it fails, run the same command again",
        )
        raise self._lost

    def _push(self, remote: str, expected: str, spec: str) -> int:
        swap = f"--force-with-lease={self._ref}:{expected}"
        return self._git.ask("push", "--porcelain", "--no-follow-tags", swap, remote, spec, limit=refs.ASK).code

    def _there(self, remote: str) -> str | None:
        return refs.remote_refs(self._git, remote, self._ref).get(self._ref)

    def _owner(self, oid: str) -> Owner | None:
        """Who a lease's object names; None where it cannot be read. It is fetched into a throw-away folder."""
        with scratch("lease") as folder:
            own = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": str(self._git.common / "objects")}
            env = {**own, "GIT_OBJECT_DIRECTORY": str(folder)}
            words = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--refmap=")
            self._git.ask(*words, str(self._remote), self._ref, env=env, limit=refs.ASK)
            text = self._git.ask("cat-file", "blob", oid, env=env).text
        try:
            facts = json.loads(text)
            run = facts.get("workflow")
            return Owner(holders.read(facts), Workflow(**run) if run else None)
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def _is_gone(self, owner: Owner) -> bool:
        """Whether it is proved that a holder does not go on."""
        theirs, ours = owner.workflow, self._me.workflow
        if (
            theirs
            and ours
            and (theirs.server, theirs.repository, theirs.run)
            == (
                ours.server,
                ours.repository,
                ours.run,
            )
        ):
            return ours.attempt > theirs.attempt or holders.is_gone(owner.holder)
        return holders.is_gone(owner.holder) or (theirs is not None and self._over(theirs) is True)


@contextmanager
def lent(lease: Lease, warn: Callable[[Problem], None]) -> Iterator[Lease]:
    """Give a lease back at the end, whatever happens; `warn` is told where that could not be done."""
    try:
        yield lease
    finally:
        problem = lease.give_back()
        if problem:
            warn(problem)
