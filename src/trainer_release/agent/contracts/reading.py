"""The sources of several wheels read as one, so that a name is followed from module to module. Nothing is imported."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from trainer_release.agent.contracts.api import below, tree

if TYPE_CHECKING:
    import griffe

_FAULTS = ("Error", "Exception", "Warning", "Exit", "Interrupt")
_SAME = {"typing_extensions": "typing"}


class Reading:
    """What griffe read. `roots` are the top-level import names, each with the distribution that brought it; `texts` the
    sources, by dotted name; `members` is what was found of classes, by path."""

    def __init__(self) -> None:
        import griffe

        self.modules = griffe.ModulesCollection()
        self.roots: dict[str, str] = {}
        self.texts: dict[str, bytes] = {}
        self._above: dict[str, dict[str, Any]] = {}
        self._kinds: dict[str, str] = {}
        self.members: dict[str, dict[str, Any]] = {}

    def add(self, owner: str, sources: Mapping[str, bytes]) -> None:
        """Read the sources of a distribution, by their path in site-packages. What cannot be parsed raises
        SyntaxError."""
        for name in sorted({path.split("/")[0].partition(".")[0] for path in sources}):
            if name.isidentifier() and (files := below(name, sources)):
                tree(files, "", self.modules)
                self.texts |= {".".join(parts): text for parts, (_, text) in files.items()}
                self.roots[name] = owner

    def find(self, path: str) -> Any:
        """The object behind a dotted path, imports followed to where it is defined; None for what was not read."""
        import griffe

        try:
            found: Any = self.modules.get_member(path)
            found = found.final_target if found.is_alias else found
        except (KeyError, griffe.AliasResolutionError, griffe.CyclicAliasError):
            return None
        return found

    def where(self, path: str) -> str:
        """The path at which an object is defined; the path itself, one spelling of it, for what was not read."""
        found = self.find(path)
        top, dot, rest = path.partition(".")
        return str(found.path) if found is not None else _SAME.get(top, top) + dot + rest

    def bases(self, cls: griffe.Class) -> Iterator[str]:
        """The paths of a class's own bases, where they are defined."""
        for base in cls.bases:
            yield self.where(base if isinstance(base, str) else base.canonical_path)

    def ancestors(self, cls: griffe.Class) -> dict[str, Any]:
        """Every class above this one by path, nearest first; None for one that was not read."""
        if cls.path not in self._above:
            self._above[cls.path] = self._ancestors(cls)
        return self._above[cls.path]

    def _ancestors(self, cls: griffe.Class) -> dict[str, Any]:
        found: dict[str, Any] = {}
        waiting = [cls]
        while waiting:
            for path in self.bases(waiting.pop(0)):
                if path not in found and path != cls.path:
                    above = self.find(path)
                    found[path] = above if above is not None and above.is_class else None
                    waiting += [above] if found[path] else []
        return found

    def kind(self, cls: griffe.Class) -> str:
        """What a class is: enum, exception, protocol, abstract, namedtuple, typeddict, dataclass or class."""
        if cls.path not in self._kinds:
            self._kinds[cls.path] = self._kind(cls)
        return self._kinds[cls.path]

    def _kind(self, cls: griffe.Class) -> str:
        above = self.ancestors(cls)
        if "typing.Protocol" in self.bases(cls):
            return "protocol"
        for name, paths in (("namedtuple", _TUPLES), ("typeddict", {"typing.TypedDict"})):
            if paths & above.keys():
                return name
        if any(path.startswith("enum.") for path in above):
            return "enum"
        if any(is_exception(path) for path, known in above.items() if known is None):
            return "exception"
        if "dataclass" in cls.labels:
            return "dataclass"
        return "abstract" if self.is_abstract(cls) else "class"

    def is_interface(self, cls: Any) -> bool:
        """Whether a class is one that others provide: a Protocol or an ABC."""
        return cls is not None and self.kind(cls) in {"protocol", "abstract"}

    def is_abstract(self, cls: griffe.Class) -> bool:
        """Whether a class is an ABC of its own: derived from `abc.ABC` directly, or with abstract methods."""
        meta = str(cls.keywords.get("metaclass", ""))
        own = any("abstractmethod" in member.labels for member in cls.members.values() if not member.is_alias)
        return own or "abc.ABC" in self.bases(cls) or meta.endswith("ABCMeta")


_TUPLES = {"typing.NamedTuple", "collections.namedtuple"}


def is_exception(path: str) -> bool:
    """Whether a class that was not read is an exception: a built-in one, or one by its name."""
    top, _, name = path.rpartition(".")
    known = getattr(builtins, name, None) if top in {"", "builtins"} else None
    if known is not None:
        return isinstance(known, type) and issubclass(known, BaseException)
    return name.endswith(_FAULTS)
