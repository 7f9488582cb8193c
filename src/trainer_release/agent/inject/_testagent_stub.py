"""What the modules of a stub wheel stand on: a call of a stub raises, what is no plain value stands for itself.

A stub wheel carries this file; it needs the standard library alone, from Python 3.9 on.
"""

from __future__ import annotations

import importlib
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_FAULTS = ("Error", "Exception", "Warning")
_faults: dict[tuple[str, str], type[Exception]] = {}


class StubCalled(Exception):  # noqa: N818 - it tells what happened
    """A test reached a module that is there as a stub, and registered no mock for it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        module, _, name = self.what.partition(":")
        return (
            "{0} was called, but {1} is a stub here: nothing of it runs.\n"
            'Register a mock in the test: monkeypatch.setattr("{2}", ...); '
            "or have the real module: `siblings: real` for this module in the test-agent section."
        ).format(self.what, module.partition(".")[0], ".".join(filter(None, (module, name))))


class Stubbed:
    """A value that only running the real module would tell. It can be named, passed on, subscripted and derived from;
    calling, iterating, comparing or testing it raises StubCalled."""

    def __init__(self, what: str) -> None:
        self.__dict__["_what"] = what

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Stubbed(self._what + "." + name)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        others = [base for base in bases if isinstance(base, type) and base not in (object, typing.Generic)]
        if others or next(base for base in bases if isinstance(base, Stubbed)) is not self:
            return ()
        return (Exception,) if self._what.endswith(_FAULTS) else (_Based,)

    def __getitem__(self, item: object) -> Any:
        return self

    def __or__(self, other: object) -> Any:
        return typing.Any

    __ror__ = __or__

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return "<stub of {0}>".format(self._what)

    def _refuse(self, *_words: object, **_named: object) -> typing.NoReturn:
        raise StubCalled(self._what)

    __call__ = __iter__ = __len__ = __contains__ = __bool__ = __eq__ = __ne__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
    __int__ = __float__ = __index__ = __fspath__ = __enter__ = __exit__ = __str__ = __format__ = _refuse


class _Based:
    """Stands for a base class that is not installed."""

    def __new__(cls, *_words: object, **_named: object) -> typing.NoReturn:
        raise StubCalled(cls.__module__ + ":" + cls.__qualname__)

    def __init_subclass__(cls, **_named: object) -> None:
        super().__init_subclass__()


def borrowed(module: str, name: str = "") -> Any:
    """What a stub's module imports from a distribution that the stub does not require: the real thing where it is
    installed, else what stands for it."""
    for place in (module, "typing" if module == "typing_extensions" else module):
        try:
            found = importlib.import_module(place)
            return getattr(found, name) if name else found
        except (ImportError, AttributeError):
            continue
    return _fault(module, name) if name.endswith(_FAULTS) else Stubbed(module + ":" + name)


def _fault(module: str, name: str) -> type[Exception]:
    """An exception that is not installed: a class, so that it can stand in `except`; one for each name."""
    return _faults.setdefault((module, name), type(name, (Exception,), {"__module__": module}))


def later(module: str, names: Mapping[str, tuple[str, str]], stars: Sequence[str]) -> Callable[[str], Any]:
    """A module's `__getattr__` (PEP 562) for names that it imports when they are asked for: name to module and name;
    `stars` are modules that it imports all names of."""

    def find(name: str) -> Any:
        if name in names:
            return borrowed(*names[name])
        for star in () if name.startswith("_") else stars:
            found = borrowed(star, name)
            if not isinstance(found, Stubbed):
                return found
        raise AttributeError("module {0!r} has no attribute {1!r}".format(module, name))

    return find
