"""Putting leaks out of the way: processes end, descriptors stand for nothing any more."""

import gc
import os
import signal
import sys
import warnings
from contextlib import suppress
from time import sleep
from typing import Any, Dict, Iterable, List, Set

import ta_traces

_STEP = 0.01
_PATIENCE = 20
"""A fifth of a second, counted: tests may have put clocks out of order."""


def collect() -> None:
    """Let go of what nothing refers to any more, without the warnings that closing it late gives."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def buried() -> bool:
    """Let multiprocessing notice which of its children have ended: until it looks, it keeps their pipes open. Whether
    it has found one."""
    module: Any = sys.modules.get("multiprocessing.process")
    before = len(module._children) if module else 0
    return bool(module) and len(module.active_children()) < before


def wait(rounds: int = _PATIENCE) -> Iterable[int]:
    """Up to a fifth of a second in small steps, as long as the one who asks goes on asking."""
    for number in range(rounds):
        yield number
        sleep(_STEP)


def end(found: Iterable[ta_traces.Key]) -> Set[ta_traces.Key]:
    """End these processes and all below them: asked first, killed then. Those that have ended."""
    wanted = list(found)
    held = _holders({key[1] for key in wanted})
    everyone = _with_descendants(wanted)
    for kind in (signal.SIGTERM, signal.SIGKILL):
        everyone.update(_with_descendants(everyone))
        for key in everyone:
            _send(key, kind)
        for _ in wait(_PATIENCE if kind == signal.SIGTERM else 5 * _PATIENCE):
            if not any(map(_lives, everyone)):
                break
    for key in everyone:
        _bury(key[1], held)
    return {key for key in wanted if not _lives(key)}


def _with_descendants(keys: Iterable[ta_traces.Key]) -> Dict[ta_traces.Key, None]:
    found: Dict[ta_traces.Key, None] = {}
    for key in keys:
        found[key] = None
        found.update(dict.fromkeys(ta_traces.descendants(key[1])))
    return found


def _lives(key: ta_traces.Key) -> bool:
    each = ta_traces.process(key[1])
    return each is not None and each.start == key[2]


def _send(key: ta_traces.Key, kind: int) -> None:
    if _lives(key):
        with suppress(OSError):  # it has ended meanwhile, or is somebody else's
            os.kill(key[1], kind)


def _holders(pids: Set[int]) -> Dict[int, List[Any]]:
    """The objects that wait for these children: subprocess's and multiprocessing's."""
    found: Dict[int, List[Any]] = {}
    for each in gc.get_objects():
        if type(each).__name__ == "Popen" and hasattr(type(each), "poll") and getattr(each, "pid", None) in pids:
            found.setdefault(each.pid, []).append(each)
    return found


def _bury(pid: int, held: Dict[int, List[Any]]) -> None:
    """Take a child's exit status: through the object that waits for it, else directly, never another's."""
    for each in held.get(pid, ()):
        each.poll()
    if pid not in held:
        with suppress(OSError):  # not our child: whoever adopted it does this
            os.waitpid(pid, os.WNOHANG)


def shut(number: int) -> bool:
    """Let a descriptor stand for nothing: whoever closes it later closes no other's."""
    try:
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, number, inheritable=False)
        os.close(null)
    except OSError:
        return False
    return True
