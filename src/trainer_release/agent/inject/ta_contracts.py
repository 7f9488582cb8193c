"""Checks for generated tests: is an object what its interface promises, whatever its class says of itself?

`test-agent generate` copies this file beside the tests that it writes, as their conftest.py. It needs the standard
library and pytest, from Python 3.9 on. A promise is a line of Python: `def complete(self, text: str) -> Response`.
"""

from __future__ import annotations

import ast
import builtins
import collections.abc
import enum
import inspect
import itertools
import sys
import typing
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

_HERE = Path(__file__).resolve().parents
sys.path += [str(_HERE[3])] if len(_HERE) > 3 and str(_HERE[3]) not in sys.path else []  # for tests.factories
_NUMBERS = {float: (int, float), complex: (int, float, complex)}


@pytest.fixture
def contract() -> Contract:
    """The checks."""
    return Contract()


class Contract:
    """Each check passes in silence or fails with what was promised and what there is."""

    def is_a(self, it: object, interface: type) -> None:
        """An object is of a class, or has what a Protocol asks for at run time."""
        if not getattr(interface, "_is_protocol", False) or getattr(interface, "_is_runtime_protocol", False):
            assert isinstance(it, interface), f"{type(it).__name__} is no {interface.__name__}"

    def takes(self, cls: type, promise: str, scope: object) -> None:
        """A class's method takes every call that the promised one allows, is awaited just as that one, and gives no
        other type; the promise's names mean what they mean in the module of `scope`."""
        node = typing.cast("ast.FunctionDef", ast.parse(promise + ": ...").body[0])
        raw = inspect.getattr_static(cls, node.name, None)
        assert raw is not None, f"{cls.__name__} has no {node.name}"
        protocol = getattr(scope, "_is_protocol", False)
        assert protocol or issubclass(cls, typing.cast("type", scope)), f"{cls.__name__} derives from no {scope}"
        function = getattr(raw, "__func__", raw)
        assert callable(function), f"{cls.__name__}.{node.name} is no method, but a {type(raw).__name__}"
        promised = isinstance(node, ast.AsyncFunctionDef)
        found = inspect.iscoroutinefunction(function)
        assert found == promised, f"{cls.__name__}.{node.name} is {'' if found else 'not '}asynchronous"
        signature = inspect.signature(function)
        if not isinstance(raw, staticmethod):
            signature = _without_first(signature, f"{cls.__name__}.{node.name}")
        for words, named in _shapes(node.args):
            try:
                signature.bind(*words, **dict.fromkeys(named))
            except TypeError as error:
                pytest.fail(f"{cls.__name__}.{node.name}{signature} does not take what `{promise}` allows: {error}")
        _compare(function, node, _names(scope), f"{cls.__name__}.{node.name}")

    def has(self, it: object, promise: str, scope: object) -> None:
        """An object has an attribute or property of the promised type (`name: str`)."""
        name, _, text = promise.partition(": ")
        assert hasattr(it, name), f"{type(it).__name__} has no {name}"
        self.gives(getattr(it, name), text, scope)

    def gives(self, value: object, annotation: str, scope: object) -> None:
        """A value is of an annotated type."""
        hint = _evaluated(annotation, _names(scope))
        assert hint is _UNKNOWN or _fits(value, hint), f"{value!r} is no {annotation}"

    def fields(self, cls: type, **promised: str) -> None:
        """A value class is made with these fields, in this order, of these types and with these defaults; whatever
        else it has need not be given."""
        found = inspect.signature(cls).parameters
        missing = [name for name in promised if name not in found]
        assert not missing, f"{cls.__name__} has no field {', '.join(missing)}"
        kept = [name for name in found if name in promised]
        assert kept == list(promised), f"{cls.__name__} has its fields in the order {', '.join(kept)}"
        added = [name for name, each in found.items() if name not in promised and _required(each)]
        assert not added, f"{cls.__name__} now needs {', '.join(added)}"
        names = _names(cls)
        for name, text in promised.items():
            _field(f"{cls.__name__}.{name}", text, found[name], names)

    def members(self, cls: type, **promised: object) -> None:
        """An enum has these members; a value that is `...` is not looked at."""
        assert issubclass(cls, enum.Enum), f"{cls.__name__} is no enum"
        found = {name: member.value for name, member in cls.__members__.items()}
        missing = [name for name in promised if name not in found]
        assert not missing, f"{cls.__name__} has no member {', '.join(missing)}"
        other = {name: found[name] for name, value in promised.items() if value is not ... and found[name] != value}
        assert not other, f"{cls.__name__} has other values: {other}"

    @contextmanager
    def may_raise(self, *declared: type[BaseException]) -> Iterator[None]:
        """What the interface declares may be raised; anything else fails the test."""
        with suppress(*declared):
            yield


def _required(parameter: inspect.Parameter) -> bool:
    return parameter.default is parameter.empty and parameter.kind not in {
        parameter.VAR_KEYWORD,
        parameter.VAR_POSITIONAL,
    }


def _without_first(signature: inspect.Signature, what: str) -> inspect.Signature:
    names = list(signature.parameters.values())
    if names and names[0].kind is inspect.Parameter.VAR_POSITIONAL:
        return signature
    assert names, f"{what} takes no self"
    return signature.replace(parameters=names[1:])


def _shapes(args: ast.arguments) -> Iterator[tuple[list[None], list[str]]]:
    """The calls that a promised method allows: with what it must have and all that it may, in order and by name."""
    only, both = [each.arg for each in args.posonlyargs], [each.arg for each in args.args]
    first = 1 if only else 0  # self
    only, both = only[first:], both[1 - first :]
    ordered = only + both
    least = ordered[: len(ordered) - len(args.defaults)]
    named = [each.arg for each in args.kwonlyargs]
    must = [each.arg for each, default in zip(args.kwonlyargs, args.kw_defaults) if default is None]
    for words, more in ((least, must), (ordered, named)):
        yield [None] * len(words), more
        by_name = [word for word in words if word in both]
        yield [None] * (len(words) - len(by_name)), by_name + more


_UNKNOWN = object()


def _names(scope: object) -> dict[str, Any]:
    """What names mean in the module of a class or function; `typing` helps out."""
    module = sys.modules.get(getattr(scope, "__module__", ""))
    known: dict[str, Any] = {}
    for each in (typing, collections.abc, builtins, module):
        known.update(vars(each) if each else {})
    return known


def _evaluated(text: Any, names: dict[str, Any]) -> Any:
    """What an annotation means; `_UNKNOWN` where this Python or this module cannot tell."""
    if not isinstance(text, str):
        return type(None) if text is None else text
    try:
        found = eval(text, dict(names))  # noqa: S307 - an annotation, as typing evaluates it
    except Exception:  # noqa: BLE001 - a name that is imported for type checkers alone, or syntax of a later Python
        return _UNKNOWN
    return _evaluated(found, names)


def _compare(function: Any, node: ast.FunctionDef, names: dict[str, Any], what: str) -> None:
    """The types that a method takes and gives against the promised ones, where both are plain classes."""
    offered, own = getattr(function, "__annotations__", {}), _names(function)
    for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        if each.annotation is not None and each.arg in offered:
            want, have = _evaluated(ast.unparse(each.annotation), names), _evaluated(offered[each.arg], own)
            assert _derives(want, have), f"{what}: {each.arg} is {have}, not {want}"
    if node.returns is not None and "return" in offered:
        want, have = _evaluated(ast.unparse(node.returns), names), _evaluated(offered["return"], own)
        assert _derives(have, want), f"{what} gives {have}, not {want}"


def _derives(one: Any, other: Any) -> bool:
    """Whether a type is as good as another; types that are not both plain classes are taken to be."""
    plain = all(isinstance(each, type) and typing.get_origin(each) is None for each in (one, other))
    if not plain or other is object or getattr(other, "_is_protocol", False):
        return True
    return issubclass(one, _NUMBERS.get(other, other))


def _field(what: str, text: str, found: inspect.Parameter, names: dict[str, Any]) -> None:
    node = typing.cast("ast.AnnAssign", ast.parse(f"it: {text}").body[0])
    want, have = _evaluated(ast.unparse(node.annotation), names), _evaluated(found.annotation, names)
    if _UNKNOWN in (want, have):
        want, have = ast.unparse(node.annotation), found.annotation
    assert want == have, f"{what} is {have}, not {want}"
    if node.value is not None:
        assert not _required(found), f"{what} has no default any more"
        if not (isinstance(node.value, ast.Constant) and node.value.value is ...):
            assert found.default == ast.literal_eval(node.value), f"{what} is {found.default!r} by default"


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value is of a type, its parts included; what cannot be told is taken to be."""
    origin, words = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated or hasattr(hint, "__supertype__"):
        return _fits(value, hint.__origin__ if origin else hint.__supertype__)
    if str(origin) == "typing.Union" or type(hint).__name__ == "UnionType":
        return any(_fits(value, word) for word in words)
    if str(origin) == "typing.Literal":
        return value in words
    if hint is None or hint is type(None):
        return value is None
    if isinstance(origin, type):
        return isinstance(value, origin) and _holds(value, origin, words)
    if not isinstance(hint, type) or hint is Any:
        return True
    if getattr(hint, "_is_protocol", False):
        return all(hasattr(value, name) for name in _protocol(hint))
    if hasattr(hint, "__total__") and hasattr(hint, "__annotations__") and issubclass(hint, dict):
        return isinstance(value, dict) and set(getattr(hint, "__required_keys__", ())) <= set(value)
    if isinstance(value, bool) and hint is int:
        return True
    return isinstance(value, _NUMBERS.get(hint, hint)) and _filled(value)


def _protocol(hint: type) -> set[str]:
    own = [each for each in hint.__mro__ if getattr(each, "_is_protocol", False)]
    names = {name for each in own for name in (*vars(each), *getattr(each, "__annotations__", {}))}
    return {name for name in names if not name.startswith("_")}


def _holds(value: Any, origin: type, words: tuple[Any, ...]) -> bool:
    if origin is tuple and words and words[-1] is not ...:
        return len(value) == len([word for word in words if word != ()]) and all(map(_fits, value, words))
    if isinstance(value, collections.abc.Mapping) and len(words) == 2:
        return all(_fits(key, words[0]) and _fits(each, words[1]) for key, each in value.items())
    if words and isinstance(value, (collections.abc.Collection, collections.abc.Iterator)):
        return all(_fits(each, words[0]) for each in itertools.islice(value, 100))
    return True


def _filled(value: Any) -> bool:
    """Whether the fields of a value object are of their types."""
    fields = getattr(type(value), "__dataclass_fields__", {})
    names = _names(type(value))
    hints = {name: _evaluated(field.type, names) for name, field in fields.items() if hasattr(value, name)}
    return all(hint is _UNKNOWN or _fits(getattr(value, name), hint) for name, hint in hints.items() if name[0] != "_")
