"""Whose a resource is: what can be reached from a fixture that still lives, or from Python's own helpers, is theirs."""

import gc
import os
import sys
import threading
import types
import weakref
from pathlib import PurePath
from typing import Any, Dict, Iterable, Iterator, List, Set

import ta_traces

_CLOSED = (type, types.ModuleType, types.CodeType, types.FrameType, types.BuiltinFunctionType)
_MOST = 100_000


class Reach:
    """Everything within reach of some objects. Types, modules, what functions find globally, and pytest's own
    objects are no way: they lead to everything."""

    def __init__(self, roots: Iterable[Any]) -> None:
        self.ids: Set[int] = set()
        self.descriptors: Set[int] = set()
        self.pids: Set[int] = set()
        self.texts: List[str] = []
        self._walk(list(roots))

    def _walk(self, waiting: List[Any]) -> None:
        while waiting and len(self.ids) < _MOST:
            each = waiting.pop()
            if id(each) in self.ids or _is_closed(each):
                continue
            self.ids.add(id(each))
            self._note(each)
            waiting += _next(each)

    def _note(self, each: Any) -> None:
        if isinstance(each, str):
            self.texts.append(each)
        elif isinstance(each, PurePath):
            self.texts.append(str(each))
        elif type(each).__name__ == "Finalize":  # multiprocessing's: a process's pipes are numbers in it alone
            self.descriptors.update(it for it in getattr(each, "_args", None) or () if isinstance(it, int))
        elif hasattr(type(each), "fileno"):
            number = _quietly(each, "fileno")
            if isinstance(number, int):
                self.descriptors.add(number)
        elif hasattr(type(each), "pid") or "pid" in getattr(each, "__dict__", ()):
            pid = getattr(each, "pid", None)
            if isinstance(pid, int):
                self.pids.add(pid)

    def thread(self, each: threading.Thread) -> bool:
        """Whether a thread is known here, or runs a method of, or works for something that is."""
        target = getattr(each, "_target", None)
        given = [target, getattr(target, "__self__", None), *(getattr(each, "_args", None) or ())]
        given += [it() for it in given if isinstance(it, weakref.ref)]
        return id(each) in self.ids or any(it is not None and id(it) in self.ids and not _trivial(it) for it in given)


def _trivial(each: Any) -> bool:
    return isinstance(each, (str, bytes, int, float, tuple, types.FunctionType, types.BuiltinFunctionType))


def _is_closed(each: Any) -> bool:
    if isinstance(each, _CLOSED) or each is sys.modules or each is os.environ:
        return True
    return str(type(each).__module__).partition(".")[0] in {"_pytest", "pluggy", "pytest"}


def _quietly(each: Any, name: str) -> Any:
    try:
        return getattr(each, name)()
    except Exception:  # noqa: BLE001 (a closed file, somebody's proxy)
        return None


def _next(each: Any) -> List[Any]:
    if isinstance(each, types.FunctionType):
        return [*(each.__closure__ or ()), *(each.__defaults__ or ())]
    if isinstance(each, types.GeneratorType):
        return list(each.gi_frame.f_locals.values()) if each.gi_frame else []
    if isinstance(each, (str, bytes, int, float)):
        return []
    return gc.get_referents(each)


def running(idents: Set[int]) -> Iterator[Any]:
    """What the functions that these threads are in hold in their variables."""
    for ident, frame in sys._current_frames().items():
        here: Any = frame if ident in idents else None
        while here is not None:
            yield from here.f_locals.values()
            here = here.f_back


def helpers() -> List[Any]:
    """What the standard library keeps for the process's whole life, once something has asked for it."""
    names = {
        "multiprocessing.resource_sharer": "_resource_sharer",
        "asyncio.events": "_event_loop_policy",
        "tqdm.std": "tqdm",
    }
    found: Dict[str, Any] = {module: getattr(sys.modules.get(module), name, None) for module, name in names.items()}
    policy = found["asyncio.events"]
    monitor = getattr(found["tqdm.std"], "monitor", None)
    loop = getattr(getattr(policy, "_local", None), "_loop", None)
    return [each for each in (found["multiprocessing.resource_sharer"], loop, policy, monitor) if each is not None]


def helper_keys() -> Set[ta_traces.Key]:
    """The processes and descriptors of multiprocessing's own helpers: first words of their keys."""
    found: Set[ta_traces.Key] = set()
    for module, name in (("resource_tracker", "_resource_tracker"), ("forkserver", "_forkserver")):
        each = getattr(sys.modules.get("multiprocessing." + module), name, None)
        for attribute in ("_fd", "_forkserver_alive_fd"):
            found.add(("descriptor", getattr(each, attribute, None)))
        for attribute in ("_pid", "_forkserver_pid"):
            found.add(("process", getattr(each, attribute, None)))
    return found


def helper_folder() -> str:
    """Where multiprocessing keeps its sockets: a temporary folder that it removes when the process ends."""
    module = sys.modules.get("multiprocessing.process")
    known = getattr(module.current_process(), "_config", {}) if module else {}
    return str(known.get("tempdir") or "")


def owned(found: Set[ta_traces.Key], held: Set[ta_traces.Key], roots: List[Any]) -> Set[ta_traces.Key]:
    """Those among `found` that belong to whom `held` and whatever can be reached from `roots` belongs."""
    reach = Reach(roots) if roots else None
    pids = {key[1] for key in held if key[0] == "process"}
    paths = tuple(path for path in (ta_traces.link(key[1]) for key in held if key[0] == "descriptor") if path[0] == "/")
    return {key for key in found if _is_owned(key, reach, pids, paths)}


def _is_owned(key: ta_traces.Key, reach: "Reach | None", pids: Set[int], paths: "tuple[str, ...]") -> bool:
    if key[0] == "process":
        each = ta_traces.process(key[1])
        family = {each.parent, each.session} if each else set()
        return bool(pids & family) or (reach is not None and bool(reach.pids & {key[1], *family}))
    if key[0] == "descriptor" and paths and ta_traces.link(key[1]).startswith(paths):
        return True  # a database's journal beside the database
    if reach is None:
        return False
    if key[0] == "descriptor":
        return key[1] in reach.descriptors
    if key[0] == "thread":
        return any(reach.thread(each) for each in threading.enumerate() if id(each) == key[1])
    return any(text == key[1] or text.startswith(key[1] + os.sep) for text in reach.texts)


def spaces(fixturedef: Any, request: Any) -> List[Any]:
    """The namespaces that a setup in the manner of xunit fills (`cls.server`, a module's globals), as they are now."""
    if not fixturedef.argname.startswith(("_xunit_", "_unittest_", "xunit_", "unittest_")):
        return []
    owners = [each for each in (getattr(request, "cls", None), getattr(request, "module", None)) if each is not None]
    return [(vars(each), dict(vars(each))) for each in owners]


def new_values(spaces: List[Any]) -> List[Any]:
    """What has been put into these namespaces since."""
    return [
        value
        for space, before in spaces
        for name, value in list(space.items())
        if name not in before or before[name] is not value
    ]
