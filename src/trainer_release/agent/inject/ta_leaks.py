"""What a test leaves behind: processes, listening ports, descriptors, temporary files, threads.

Looked for after each test; what fixtures of higher scope have started is theirs until they end, and then has to be
gone.
"""

import fnmatch
import json
import os
from typing import Any, Dict, Generator, List, Set

import pytest
import ta_owners
import ta_places
import ta_reap
import ta_traces
from ta_config import Settings
from ta_traces import Key

MARKER = "ta_leaks(allow=[pattern...], reason=...): what this test may leave behind, as `what` or `kind:what`"


class Holding:
    """What one fixture of higher scope has, by what tells it, and the objects through which it may get more."""

    def __init__(self, fixture: Any, keys: Set[Key], values: List[Any]) -> None:
        self.fixture, self.keys, self.values = fixture, keys, values

    def roots(self) -> List[Any]:
        """Its value, what its finalizers work on, what the threads that it started are at."""
        result = getattr(self.fixture, "cached_result", None) or (None,)
        finalizers = getattr(self.fixture, "_finalizers", None) or []
        idents = {key[2] for key in self.keys if key[0] == "thread"}
        return [result[0], *finalizers, *self.values, *ta_owners.running(idents)]


class Leaks:
    """One look before each test, one after it; whatever takes time is done only where something is found."""

    def __init__(self, settings: Settings, places: ta_places.Places) -> None:
        self.settings, self.places = settings, places
        self.root = adopter(settings)
        self.holdings: Dict[int, Holding] = {}
        self.ended: List[Holding] = []
        self.known: Set[Key] = set()
        self.before: Set[Key] = set()
        self.replace = False
        self.lingering = False

    def look(self) -> Set[Key]:
        """What there is now, files apart."""
        found: Set[Key] = ta_traces.threads()
        if ta_traces.LINUX:
            found |= ta_traces.descriptors()
            found.update(ta_traces.descendants(self.root))
        return found

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """The folder of `tmp_path` is no test's: let it be made before the first."""
        factory = getattr(session.config, "_tmp_path_factory", None)
        if factory is not None:
            factory.getbasetemp()

    def begin(self) -> None:
        """A test is about to be set up."""
        self.places.enter()
        self.before = self.look()

    def end(self, item: pytest.Item, failed: bool) -> List[Dict[str, Any]]:
        """A test has been torn down: its leaks, put out of the way."""
        found = self.search(item) if self.suspects() else set()
        answer = [self.clear(key, item, failed) for key in sorted(found, key=str)]
        self.places.leave()
        self.ended = []
        return answer

    def suspects(self) -> Set[Key]:
        """What is there that was not before and is no living fixture's, and what ended fixtures still have."""
        now = self.look()
        files = self.places.left() + self.places.left(self.places.shared)
        now |= {("file", path) for path in files}
        late = {key for each in self.ended for key in each.keys}
        held = {key for each in self.holdings.values() for key in each.keys}
        return (now - self.before - held - self.known) | (now & late)

    def search(self, item: pytest.Item) -> Set[Key]:
        """The suspects that neither a collection of garbage nor a fifth of a second nor an owner explains."""
        found: Set[Key] = set()
        for number in ta_reap.wait():
            if ta_reap.buried() or not number:
                ta_reap.collect()
            found = self.suspects()
            if found:
                found = self.unowned(found)
            if not found:
                break
        self.lingering = self.lingering or any(key[0] == "thread" for key in found)
        allowed = list(self.settings["allowed_leaks"] or [])
        for mark in item.iter_markers("ta_leaks"):
            allowed += mark.kwargs.get("allow", mark.args[0] if mark.args else ["*"])
        return {key for key in found if not matches(self.kind_and_text(key), allowed)}

    def unowned(self, found: Set[Key]) -> Set[Key]:
        """Without what belongs to the standard library's helpers or to a living fixture, which is noted as theirs."""
        helpers = ta_owners.helper_keys()
        folder = ta_owners.helper_folder()
        mine = {key for key in found if key[:2] in helpers or (folder and key == ("file", folder))}
        mine |= ta_owners.owned(found - mine, set(), ta_owners.helpers())
        self.known |= mine
        found = found - mine
        for each in self.holdings.values():
            theirs = ta_owners.owned(found, each.keys, each.roots())
            each.keys |= theirs
            found -= theirs
        return found

    def kind_and_text(self, key: Key) -> "tuple[str, str]":
        """A leak in words."""
        if key[0] == "process":
            return "process", ta_traces.argv(key[1])
        if key[0] == "descriptor":
            kind, text = ta_traces.described(key[1])
            return kind, text
        if key[0] == "thread":
            return "thread", ta_traces.thread_text(key[1])
        return "file", os.path.relpath(key[1], os.path.dirname(key[1])) + ("/" if os.path.isdir(key[1]) else "")

    def clear(self, key: Key, item: pytest.Item, failed: bool) -> Dict[str, Any]:
        """One leak as it is told, out of the way where the settings ask for that."""
        kind, what = self.kind_and_text(key)
        cleanup = self.settings["cleanup"] or "aggressive"
        dead = False
        if key[0] == "thread":
            dead = self.replace = cleanup == "aggressive"
        elif cleanup != "off":
            dead = self.removed(key, item, failed)
        return {"kind": kind, "what": what, "dead": dead}

    def removed(self, key: Key, item: pytest.Item, failed: bool) -> bool:
        if key[0] == "process":
            return bool(key in ta_reap.end([key]))
        if key[0] == "descriptor":
            return bool(ta_reap.shut(key[1]))
        retained = failed and self.settings["retain"]
        return bool((retained and self.places.keep([key[1]], item.nodeid)) or ta_places.remove(key[1]))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Generator[None, Any, None]:
        if fixturedef.scope == "function":
            yield
            return
        before, spaces = self.look(), ta_owners.spaces(fixturedef, request)
        files = set(self.places.left(self.places.shared))
        place = self.places.point(self.places.shared)
        yield
        self.places.point(place)
        new = self.look() - before
        new |= {("file", path) for path in self.places.left(self.places.shared) if path not in files}
        held = {key for each in self.holdings.values() for key in each.keys}
        values = ta_owners.new_values(spaces)
        self.holdings[id(fixturedef)] = Holding(fixturedef, new - held, values)

    def pytest_fixture_post_finalizer(self, fixturedef: Any) -> None:
        each = self.holdings.pop(id(fixturedef), None)
        if each is not None:
            each.fixture, each.values = None, []
            self.ended.append(each)


def matches(leak: "tuple[str, str]", patterns: List[str]) -> bool:
    """Whether a leak is allowed: by what it is, or as `kind:what`."""
    return any(fnmatch.fnmatchcase(text, each) for each in patterns for text in (leak[1], ":".join(leak)))


def adopter(settings: Settings) -> int:
    """The process below which orphans of this one's descendants come to lie, and which buries them.

    The supervisor where it is one (process 1 of its namespace, or a subreaper), else pytest makes itself one.
    """
    if not ta_traces.LINUX:
        return os.getpid()
    if level(settings) in {"namespaces", "subreaper"}:
        return os.getppid()
    try:
        import ctypes

        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER, prctl(2)
    except (ImportError, OSError, AttributeError):
        pass
    return os.getpid()


def level(settings: Settings) -> str:
    """How the supervisor has confined us, from its event; nothing where none has been written."""
    try:
        with open(settings["events"] or os.devnull, encoding="utf-8", errors="replace") as stream:
            told = [json.loads(line) for line in stream if '"confined"' in line]
    except (OSError, ValueError):
        return ""
    return str(next((each.get("level") for each in told if each.get("event") == "confined"), ""))
