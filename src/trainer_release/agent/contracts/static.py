"""Which expressions of a module a stub keeps: those whose evaluation runs nothing of its own and cannot fail."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

_PURE = frozenset(
    [
        "frozenset",
        "tuple",
        "list",
        "dict",
        "set",
        "object",
        "range",
        "bytes",
        "str",
        "int",
        "float",
        "bool",
        "complex",
        "len",
        "sorted",
        "min",
        "max",
        "sum",
        "hasattr",
        "callable",
    ]
)
_TYPES = frozenset(name for name in dir(builtins) if isinstance(getattr(builtins, name), type))
_TEXT = frozenset(
    ["startswith", "endswith", "lower", "upper", "strip", "split", "join", "replace", "splitlines", "format"]
)
_TYPE_CALLS = frozenset(
    [
        "typing.TypeVar",
        "typing.ParamSpec",
        "typing.TypeVarTuple",
        "typing.NewType",
        "typing.NamedTuple",
        "typing.TypedDict",
        "enum.auto",
        "enum.Enum",
        "enum.member",
        "enum.nonmember",
        "dataclasses.field",
    ]
)
_VALUE_CALLS = frozenset(
    [
        "collections.namedtuple",
        "types.MappingProxyType",
        "logging.getLogger",
        "re.compile",
        "datetime.timedelta",
        "decimal.Decimal",
        "fractions.Fraction",
        "pathlib.PurePosixPath",
        "platform.system",
        "platform.python_implementation",
        "platform.machine",
    ]
)
_OUTER = frozenset({"os.environ", "sys.argv", "sys.modules"})


@dataclass(slots=True)
class Names:
    """What the names of a module mean while it is read from the top: `imports` maps a name to the path behind it,
    `bound` are all names that the stub has so far, `plain` those with a literal value; `is_data` tells whether a class
    (by the name as written) is one of the module's distribution that can be made without running code of its own, and
    `is_enum` whether it is an enum."""

    is_data: Callable[[str], bool]
    is_enum: Callable[[str], bool]
    imports: dict[str, str] = field(default_factory=dict)
    bound: set[str] = field(default_factory=lambda: {"__name__", "__doc__", "__file__"})
    plain: set[str] = field(default_factory=lambda: {"__name__"})

    def path(self, node: ast.expr) -> str | None:
        """The dotted path that an expression of names and dots stands for; None for any other expression."""
        if isinstance(node, ast.Name):
            return self.imports.get(node.id, node.id)
        if isinstance(node, ast.Attribute) and (above := self.path(node.value)):
            return f"{above}.{node.attr}"
        return None

    def inner(self) -> Names:
        """The names of a scope in this one."""
        return Names(self.is_data, self.is_enum, dict(self.imports), set(self.bound), set(self.plain))


def literal(node: ast.expr | None, names: Names) -> bool:
    """Whether an expression has one plain value whatever the world says: constants, displays and operations on them."""
    match node:
        case None | ast.Constant():
            return True
        case ast.Name(id=name):
            return name in names.plain
        case ast.Attribute():
            return _of_library(node, names)
        case ast.Subscript(value=value, slice=inner):
            return names.path(value) not in _OUTER and literal(value, names) and literal(inner, names)
        case ast.Slice(lower=lower, upper=upper, step=step):
            return all(literal(part, names) for part in (lower, upper, step))
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return all(literal(part.value if isinstance(part, ast.Starred) else part, names) for part in parts)
        case ast.Dict(keys=keys, values=values):
            return all(literal(part, names) for part in (*keys, *values))
        case ast.UnaryOp(operand=inner):
            return literal(inner, names)
        case ast.BinOp(left=left, right=right, op=op):
            return not isinstance(op, ast.Pow) and literal(left, names) and literal(right, names)
        case ast.BoolOp(values=values) | ast.JoinedStr(values=values):
            return all(literal(value, names) for value in values)
        case ast.FormattedValue(value=value, format_spec=form):
            return literal(value, names) and literal(form, names)
        case ast.Compare(left=left, comparators=rest):
            return all(literal(part, names) for part in (left, *rest))
        case ast.Call(func=function, args=words, keywords=named):
            return _gives_value(function, names) and all(
                literal(word, names) or _library(word, names) for word in _words(words, named)
            )
    return False


def harmless(node: ast.expr | None, names: Names) -> bool:
    """Whether evaluating an expression runs nothing of the module and cannot fail, where the original did not: what is
    literal, names, type expressions, and calls that make values or types of the standard library."""
    if literal(node, names):
        return True
    match node:
        case ast.Name(id=name):
            return name in names.bound or (hasattr(builtins, name) and not name.startswith("__"))
        case ast.Attribute(value=value):
            return names.is_enum(ast.unparse(value))
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return all(harmless(part, names) for part in parts if not isinstance(part, ast.Starred)) and all(
                literal(part.value, names) for part in parts if isinstance(part, ast.Starred)
            )
        case ast.Dict(keys=keys, values=values):
            return None not in keys and all(harmless(part, names) for part in (*keys, *values))
        case ast.Subscript(value=value, slice=inner):
            return names.path(value) not in _OUTER and _type(value, names) and harmless(inner, names)
        case ast.BinOp(left=left, right=right, op=ast.BitOr()):
            return harmless(left, names) and harmless(right, names)
        case ast.Call(func=function, args=words, keywords=named):
            return _makes_value(function, names) and all(harmless(word, names) for word in _words(words, named))
    return False


def _words(words: list[ast.expr], named: list[ast.keyword]) -> list[ast.expr]:
    unpacked = [ast.Yield() for word in named if word.arg is None]  # `**x` of anything: no literal, not harmless
    return [*words, *(word.value for word in named), *unpacked]


def _gives_value(function: ast.expr, names: Names) -> bool:
    """Whether calling a function with plain values gives a plain value, or at least one of the standard library."""
    if isinstance(function, ast.Name) and function.id in _PURE:
        return function.id not in names.bound
    if isinstance(function, ast.Attribute) and function.attr in _TEXT:
        return literal(function.value, names)
    return names.path(function) in _VALUE_CALLS


def _makes_value(function: ast.expr, names: Names) -> bool:
    """Whether calling a function with whatever there is gives a type, or a value object."""
    path = names.path(function)
    if path is None or (isinstance(function, ast.Name) and function.id in names.plain):
        return False
    return path.replace("typing_extensions.", "typing.") in _TYPE_CALLS or names.is_data(ast.unparse(function))


def _library(node: ast.expr, names: Names) -> bool:
    """Whether an expression is a module of the standard library, or something imported from one."""
    known = isinstance(node, ast.Name) and node.id in names.bound and names.imports.get(node.id, "")
    return bool(known) and str(known).partition(".")[0] in sys.stdlib_module_names


def _type(node: ast.expr, names: Names) -> bool:
    """Whether an expression may be a type that is subscripted: by its name, which is written large or built in."""
    path = names.path(node)
    last = (path or "").rpartition(".")[2]
    return harmless(node, names) and (last in _TYPES or last[:1].isupper() or last.lstrip("_")[:1].isupper())


def _of_library(node: ast.expr, names: Names) -> bool:
    """Whether an expression names something of the standard library that it had when the module was written."""
    path = names.path(node)
    if path is None or not isinstance(node, ast.Attribute):
        return False
    root = node.value
    while isinstance(root, ast.Attribute):
        root = root.value
    known = isinstance(root, ast.Name) and root.id in names.imports and root.id in names.bound
    return known and path.partition(".")[0] in sys.stdlib_module_names
