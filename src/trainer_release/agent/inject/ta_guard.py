"""What must not be imported is not there, whatever offers it; what is under test comes from its environment.

`absent` names modules that the module under test does not declare. They are refused as names that nothing offers:
`import` raises ModuleNotFoundError, `importlib.util.find_spec` answers None; so optional imports work as where the
module is absent. Every try is an event.
"""

import os
import sys
from typing import Any, Dict, Iterable, Iterator, List, Optional, Set, Tuple

from ta_config import Events, Settings

_HERE = os.path.dirname(os.path.abspath(__file__))
_START = os.path.join(os.getcwd(), "")
_IMPORTING = ("<frozen ", os.path.join("lib", "importlib") + os.sep, os.sep + "importlib" + os.sep)


class Guard:
    """Knows the names, refuses them and tells of every try once: who, what, and what would have been found."""

    def __init__(self, settings: Settings, events: Events) -> None:
        self.absent: Dict[str, str] = dict(settings.guard.get("absent") or {})
        self.tops = {name.partition(".")[0] for name in self.absent}
        self.events = events
        self.test = ""
        self.told: Set[Tuple[str, ...]] = set()

    def module(self, name: str) -> Optional[str]:
        """The module of the suite that an import name belongs to; None: it may be imported."""
        if name.partition(".")[0] not in self.tops:
            return None
        return next((it for key, it in self.absent.items() if name == key or name.startswith(key + ".")), None)

    def tell(self, name: str, module: str, where: str, by: str = "") -> None:
        """Write one event for one place that tries to reach one name during one test."""
        attempt = (name, module, by or caller(), where, self.test)
        if attempt not in self.told:
            self.told.add(attempt)
            self.events.write("attempt", name=name, module=module, by=attempt[2], where=where, test=self.test)

    def refuse(self, name: str, path: Any = None) -> bool:
        """Whether this name is absent; tells of the try where it is."""
        module = self.module(name)
        if module is None:
            return False
        self.tell(name, module, found_by(sys.meta_path, name, path))
        return True

    def install(self) -> None:
        """Stand before all other finders, those that are put before us later included."""
        if self.absent and not isinstance(sys.meta_path, _First):
            sys.meta_path = _First(self, others(sys.meta_path))

    def planted(self) -> None:
        """Tell of, and take away, what was put into `sys.modules` by hand, unless it is a test's own stand-in."""
        if not any(name in sys.modules for name in self.absent):
            return
        for name in [each for each in list(sys.modules) if each.partition(".")[0] in self.tops]:
            module = self.module(name)
            place = getattr(sys.modules.get(name), "__file__", None)
            if module is not None and isinstance(place, str) and os.path.exists(place):
                self.tell(name, module, place, "sys.modules")
                del sys.modules[name]


class _First(list):  # type: ignore[type-arg]
    """`sys.meta_path` with a finder before the first that no `insert(0, …)` gets in front of."""

    def __init__(self, guard: Guard, finders: Iterable[Any]) -> None:
        super().__init__(finders)
        self.guard = guard

    def __iter__(self) -> Iterator[Any]:
        gate = _Gate(self.guard)
        yield gate
        if not gate.refused:
            yield from others(self)


class _Gate:
    """A finder that finds nothing, and where it refuses a name is the last that is asked for it.

    A copy of the list keeps one, and it may be put back.
    """

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self.refused = False

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        self.refused = self.guard.refuse(name, path)
        if self.refused and not isinstance(sys.meta_path, _First):  # the others would be asked after us
            raise ModuleNotFoundError("No module named {!r}".format(name), name=name)


def others(finders: Any) -> List[Any]:
    """The finders but ours."""
    every = list.__iter__(finders) if isinstance(finders, list) else iter(finders)
    return [each for each in every if not isinstance(each, _Gate)]


def found_by(finders: Any, name: str, path: Any) -> str:
    """Where the other finders would have found a name; nothing of it is executed."""
    for finder in others(finders):
        try:
            spec = finder.find_spec(name, path)
        except Exception:  # noqa: BLE001, S112 (a finder of anybody's may do anything)
            continue
        if spec is not None:
            places = [spec.origin, *(spec.submodule_search_locations or ())]
            return str(next((each for each in places if isinstance(each, str)), "somewhere"))
    return ""


def caller() -> str:
    """The place outside importlib and this folder that asked, `file:line`; below the working folder it is relative."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(_HERE) and not any(part in name for part in _IMPORTING):
            return "{}:{}".format(short(name), frame.f_lineno)
        frame = frame.f_back
    return ""


def short(path: str) -> str:
    """A path below the folder that the worker began in relative to it, any other as it is."""
    return path.removeprefix(_START)


def foreign(settings: Settings) -> List[Tuple[str, str]]:
    """The modules under test that are loaded, and from which file, where that lies outside their environment."""
    names = list(settings.guard.get("inside") or ())
    prefix = settings.guard.get("prefix")
    if not names or not prefix:
        return []
    found = []
    for name, module in sorted(sys.modules.items()):
        if any(name == each or name.startswith(each + ".") for each in names):
            found += [(name, place) for place in _places(module) if not _is_below(place, prefix)]
    return found


def _places(module: Any) -> List[str]:
    place = getattr(module, "__file__", None)
    if isinstance(place, str):
        return [place]
    try:  # a namespace package; a test's stand-in has neither
        return [each for each in getattr(module, "__path__", ()) if isinstance(each, str)]
    except Exception:  # noqa: BLE001 (whatever a stand-in does)
        return []


def _is_below(place: str, folder: str) -> bool:
    return os.path.join(os.path.realpath(place), "").startswith(os.path.join(os.path.realpath(folder), ""))
