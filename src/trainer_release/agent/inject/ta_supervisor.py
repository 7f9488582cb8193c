"""The watch over workers: time limits, crashes, what outlives a worker, signals, the host's end."""

from __future__ import annotations

import _signal
import os
import select
import sys
import time

import ta_json
import ta_worker
from ta_told import Told
from ta_tree import KNOWN, Tree, named

TYPE_CHECKING = False  # typing's own constant without typing: a supervisor is to start at once
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

REPLACE, FOREIGN = 77, 78
_LATE, _ENDING, _TICK = 0.2, 5.0, 1.0
"""How long what a worker started may outlive it; how long a worker may take to end after its last test; seconds."""


class Supervisor:
    """One run: workers one after the other, until every test is done or there is a reason to end."""

    def __init__(self, config: Dict[str, Any], told: Told, level: str) -> None:
        self.config, self.told = config, told
        self.tree = Tree(level, config["run"], (config["cwd"], config["run"]))
        self.limit = config["test_timeout"] or float("inf")
        self.until = time.monotonic() + config["wall"]
        self.signalled = False
        self.printed = 0
        self.waker, wakes = os.pipe()
        os.set_blocking(self.waker, False)
        os.set_blocking(wakes, False)
        _signal.signal(_signal.SIGCHLD, lambda *_: None)
        for number in (_signal.SIGTERM, _signal.SIGINT, _signal.SIGHUP):
            _signal.signal(number, self._signal)
        _signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        self.poll = select.poll()
        self.poll.register(self.waker, select.POLLIN)
        self.poll.register(0, select.POLLIN)

    def _signal(self, *_: Any) -> None:
        self.signalled = True

    def run(self) -> None:
        """Workers, one after the other; says how it ended."""
        number, reason = 0, None
        while reason is None:
            number += 1
            before = len(self.told.done)
            self._start(number)
            reason = self._watch()
            if reason is None and len(self.told.done) == before and number > 1:
                reason = "done"  # it would go on so for ever
        self.told.tell("end", reason=reason, exit=self.told.finished)

    def _start(self, number: int) -> None:
        env, argv = dict(self.config["env"]), list(self.config["argv"])
        if number > 1:
            env["TA_DONE"] = os.path.join(os.path.dirname(self.config["events"]), "done.json")
            with open(env["TA_DONE"], "w", encoding="utf-8") as stream:
                stream.write(ta_json.written(self.told.done))
        most = self.config["max_failures"]
        if most:
            argv.append("--maxfail={}".format(most - self.told.wrong))
        self.printed = ta_worker.size(self.config["output"])
        self.told.tell("worker", number=number)
        self.tree.watch(ta_worker.start(argv, self.config["cwd"], env, self.config["output"]))

    def _watch(self) -> Optional[str]:
        """Watch one worker; why the run is over, None: another worker is to go on."""
        while True:
            status = self.tree.reap()
            self.told.read()
            if status is not None:
                return self._ended(status)
            now = time.monotonic()
            if now >= self.until:
                return self._hung("wall")
            if self.told.running is not None and now - self.told.since >= self.limit:
                return self._hung(None)
            if self.told.finished is not None and now - self.told.finished_at >= _ENDING:
                return self._never_ended()
            if self._waited(now):
                self.tree.end(0)
                sys.exit(0)
            if self.signalled:
                self.tree.end(self.config["grace"])
                return "interrupted"

    def _waited(self, now: float) -> bool:
        """Wait until something may have happened; whether the host has died."""
        wait = min(_TICK, self.limit / 4, self.until - now)
        if self.told.running is not None:
            wait = min(wait, self.told.since + self.limit - now)
        for handle, _ in self.poll.poll(max(wait, 0.01) * 1000):
            if handle == 0 and not os.read(0, 1):
                return True
            if handle == self.waker:
                os.read(self.waker, 512)
        return False

    def _hung(self, reason: Optional[str]) -> Optional[str]:
        """End a worker whose time is over, with the stacks that it shows; at the wall, the run with it."""
        test = self.told.running
        stacks = ta_worker.stacks(self.tree.worker, self.config["stacks"])
        self.tree.end(self.config["grace"])
        self.told.read()
        if test is not None:  # done or not by now: the signals will have woken it
            self.told.tell("timeout", test=test, seconds=self.config["wall"] if reason else self.limit, stacks=stacks)
        return reason or self._next()

    def _next(self) -> Optional[str]:
        """What comes after a worker that did not get to its end."""
        self.told.read()
        most = self.config["max_failures"]
        if most and self.told.wrong >= most:
            return "failures"
        return None if self.told.left() else "done"

    def _ended(self, status: int) -> Optional[str]:
        """What a worker's end means."""
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        if code == FOREIGN or self.told.foreign:
            self.tree.end(0)
            return "foreign"
        if code == REPLACE and self.told.running is None:
            self._late()
            return self._next()
        if self.told.finished is not None:
            self._late()
            return "failures" if self._next() == "failures" else "done"
        self.tree.end(0)
        if self.told.collected is None and code is not None:
            self.told.finished = code  # it refused to begin: a wrong option, a conftest that fails
            return "done"
        number = None if code is not None else os.WTERMSIG(status)
        tail = ta_worker.said(self.config["output"], self.printed)
        self.told.tell("crash", test=self.told.running, signal=number, exit=code, tail=tail)
        return self._next()

    def _late(self) -> None:
        """Put an end to what outlived its worker, and tell of it."""
        until = time.monotonic() + _LATE
        while self.tree.alive() and time.monotonic() < until:
            self.poll.poll(10)
            time.sleep(0.005)
        names = [name for name in map(named, self.tree.alive()) if name and not any(known in name for known in KNOWN)]
        self.tree.end(0)
        if names:
            dead = not self.tree.alive()
            leaks = [{"kind": "process", "what": name, "dead": dead} for name in names]
            self.told.tell("late", leaks=leaks, test=self.told.last)

    def _never_ended(self) -> str:
        """A worker that is through with its tests and does not end: a thread holds it."""
        stacks = ta_worker.stacks(self.tree.worker, self.config["stacks"])
        self.tree.end(self.config["grace"])
        what = "the process did not end {:g} s after its last test\n{}".format(_ENDING, stacks)
        self.told.tell("late", leaks=[{"kind": "thread", "what": what, "dead": True}], test=self.told.last)
        return "done"
