"""A function's stub: its name, signature, documentation and known decorators; a call raises."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from trainer_release.agent.contracts.static import Names, harmless
from trainer_release.agent.contracts.stub_imports import helper

Function = ast.FunctionDef | ast.AsyncFunctionDef

_DECORATORS = frozenset(
    "property staticmethod classmethod abc.abstractmethod abc.abstractproperty typing.overload typing.final"  # noqa: SIM905
    " functools.cached_property functools.lru_cache functools.cache functools.singledispatch"
    " functools.singledispatchmethod contextlib.contextmanager contextlib.asynccontextmanager".split()
)
_OF_PROPERTY = {"setter", "getter", "deleter"}


def function(node: Function, names: Names, what: str, *, open_ended: bool = False) -> Function:
    """The stub of a function; `what` is how a call is told (`module:Class.method`). An `open_ended` one, of a Protocol
    or an ABC, keeps an empty body."""
    kept = [each for each in node.decorator_list if _keeps(each, names)]
    empty = open_ended and not _body(node.body)
    overload = any(names.path(each) == "typing.overload" for each in kept)
    body: list[ast.stmt] = [*_documentation(node.body)]
    body += [ast.Expr(ast.Constant(...))] if empty or overload else [ast.Raise(helper("StubCalled", what))]
    if isinstance(node, ast.AsyncFunctionDef) and _yields(node.body) and not empty:
        body.append(ast.Expr(ast.Yield()))  # still an asynchronous generator: it raises at the first step
    return _like(node, arguments(node.args, names), body, kept)


def _like(node: Function, args: ast.arguments, body: list[ast.stmt], decorators: list[ast.expr]) -> Function:
    more = {"type_params": node.type_params} if getattr(node, "type_params", None) else {}  # type: ignore[union-attr]
    return type(node)(node.name, args, body, decorators, node.returns, None, lineno=0, **more)


def rebuilt(node: Function, names: Names, body: list[ast.stmt]) -> Function:
    """A function with its signature, and another body."""
    return _like(node, arguments(node.args, names), [*_documentation(node.body), *body], [])


def arguments(args: ast.arguments, names: Names) -> ast.arguments:
    """A signature whose defaults are kept where they are plain, and `...` where only the module could tell them."""

    def default(node: ast.expr) -> ast.expr:
        return node if harmless(node, names) else ast.Constant(...)

    return ast.arguments(
        posonlyargs=args.posonlyargs,
        args=args.args,
        vararg=args.vararg,
        kwonlyargs=args.kwonlyargs,
        kw_defaults=[each if each is None else default(each) for each in args.kw_defaults],
        kwarg=args.kwarg,
        defaults=[default(each) for each in args.defaults],
    )


def parameters(args: ast.arguments) -> list[str]:
    """The names of a method's parameters, the first left out; what gathers others left out, too."""
    return [each.arg for each in (*args.posonlyargs, *args.args)][1:] + [each.arg for each in args.kwonlyargs]


def _keeps(node: ast.expr, names: Names) -> bool:
    if isinstance(node, ast.Attribute) and node.attr in _OF_PROPERTY and isinstance(node.value, ast.Name):
        return node.value.id in names.bound
    path = names.path(node.func if isinstance(node, ast.Call) else node)
    words = [*node.args, *(word.value for word in node.keywords)] if isinstance(node, ast.Call) else []
    return (path or "").replace("typing_extensions.", "typing.") in _DECORATORS and all(
        harmless(w, names) for w in words
    )


def _documentation(body: list[ast.stmt]) -> list[ast.stmt]:
    return [body[0]] if is_text(body[0]) else []


def is_text(node: ast.stmt) -> bool:
    """Whether a statement is a docstring, if it comes first."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _body(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of a body that do something."""
    return [node for node in body if not _does_nothing(node)]


def _does_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Raise) and node.exc is not None:
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _yields(body: Iterable[ast.stmt]) -> bool:
    """Whether statements hold a `yield` of their own function."""
    waiting: list[ast.AST] = [*body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)
    return False
