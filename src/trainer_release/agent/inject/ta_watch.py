"""The ways round the finders: an audit hook (PEP 578) sees loaders run code and files be opened.

It refuses code of an absent module that a loader of anybody's executes, and files below the folders where the modules
of the suite have their sources, as if they were not there.
"""

import errno
import os
import sys
from typing import Any, Dict, Optional

from ta_config import Settings
from ta_guard import Guard


def watch(guard: Guard, settings: Settings) -> None:
    """Have the hook in place for the rest of the process's life, where there is something to watch for."""
    given: Dict[str, str] = settings.guard.get("sources") or {}
    sources = {os.path.join(os.path.realpath(folder), ""): module for folder, module in given.items()}
    spared = [settings.guard.get("prefix"), settings["cwd"], settings["tmp"]]
    if guard.absent or sources:
        sys.addaudithook(Watch(guard, sources, [each for each in spared if each]))


class Watch:
    """The hook. Most events are none of ours: two comparisons each."""

    def __init__(self, guard: Guard, sources: Dict[str, str], spared: Any) -> None:
        self.guard = guard
        self.sources = sources
        self.spared = tuple(os.path.join(os.path.realpath(each), "") for each in spared)
        self.busy = False

    def __call__(self, event: str, given: Any) -> None:
        if event == "import":
            self.guard.install()
            if given[1] and self.sources:
                self.opened(given[1])
        elif event == "exec":
            if self.guard.absent:
                self.executed(sys._getframe(1))
        elif event == "open" and self.sources:
            self.opened(given[0])

    def executed(self, frame: Any) -> None:
        """Refuse to execute code for an absent module's spec, whoever found it."""
        for _ in range(6):
            if frame is None:
                return
            if frame.f_code.co_name in {"_load_unlocked", "exec_module"}:
                name, place = _loaded(frame.f_locals)
                module = self.guard.module(name)
                if module is not None:
                    self.guard.tell(name, module, place)
                    raise ModuleNotFoundError("No module named {!r}".format(name), name=name)
            frame = frame.f_back

    def opened(self, path: Any) -> None:
        """Let what lies below a folder of sources not be there."""
        if self.busy or not isinstance(path, (str, bytes)):
            return
        self.busy = True
        try:
            place = os.path.abspath(os.fsdecode(path))
            module = self.source(place) or (self.source(os.path.realpath(place)) if os.path.islink(place) else None)
        finally:
            self.busy = False
        if module is not None:
            self.guard.tell(os.path.basename(place), module, place)
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), place)

    def source(self, place: str) -> Optional[str]:
        if place.startswith(self.spared):
            return None
        return next((module for folder, module in self.sources.items() if place.startswith(folder)), None)


def _loaded(names: Dict[str, Any]) -> "tuple[str, str]":
    spec = names.get("spec") or getattr(names.get("module"), "__spec__", None)
    name = getattr(spec, "name", None) or getattr(names.get("module"), "__name__", "")
    return str(name), str(getattr(spec, "origin", None) or "")
