"""A class's stub. Data stays real: enums, dataclasses, named tuples, exceptions; behaviour raises when it is called."""

from __future__ import annotations

import ast

from trainer_release.agent.contracts.static import Names, harmless, literal
from trainer_release.agent.contracts.stub_functions import Function, function, parameters, rebuilt
from trainer_release.agent.contracts.stub_imports import helper

DATA = frozenset({"dataclass", "namedtuple", "typeddict"})
OPEN = frozenset({"protocol", "abstract"})

_OWN_WAYS = frozenset(
    "__repr__ __str__ __format__ __eq__ __ne__ __hash__ __del__ __getattr__ __getattribute__ __setattr__ __delattr__"  # noqa: SIM905
    " __dir__ __sizeof__ __reduce__ __reduce_ex__ __getstate__ __setstate__ __copy__ __deepcopy__ __set_name__"
    " __subclasshook__ __instancecheck__ __subclasscheck__ __post_init__ __prepare__ _missing_".split()
)
"""What Python itself calls behind one's back: object's own ways serve."""

_OF_ENUM = frozenset({"__new__", "__init__", "_generate_next_value_"})
_CLASS_DECORATORS = frozenset(
    "dataclasses.dataclass enum.unique typing.final typing.runtime_checkable enum.global_enum".split()  # noqa: SIM905
)
_METACLASSES = frozenset({"abc.ABCMeta", "enum.EnumMeta", "enum.EnumType", "type"})


def decorators(node: ast.ClassDef, names: Names) -> list[ast.expr]:
    """The decorators that a stub's class keeps."""

    def known(each: ast.expr) -> bool:
        words = [word.value for word in each.keywords] if isinstance(each, ast.Call) else []
        path = names.path(each.func if isinstance(each, ast.Call) else each) or ""
        return path.replace("typing_extensions.", "typing.") in _CLASS_DECORATORS and all(
            literal(w, names) for w in words
        )

    return [each for each in node.decorator_list if known(each)]


def bases(node: ast.ClassDef, names: Names, what: str) -> list[ast.expr]:
    """A class's bases; what is computed becomes a value that one can derive from."""
    plain = [base for base in node.bases if not isinstance(base, ast.Starred)]
    return [base if harmless(base, names) else helper("Stubbed", what) for base in plain]


def keywords(node: ast.ClassDef, names: Names) -> list[ast.keyword]:
    """What a class's head says beside its bases, where the standard library understands it."""
    return [
        word
        for word in node.keywords
        if (word.arg == "metaclass" and names.path(word.value) in _METACLASSES)
        or (word.arg in {"total", "boundary"} and harmless(word.value, names))
    ]


def method(node: Function, names: Names, kind: str, what: str, owner: str) -> ast.stmt | None:
    """What stands for a method of the class `owner`; None for one that the stub does without."""
    if kind == "enum" and node.name in _OF_ENUM:
        return node
    if node.name == "__init_subclass__":
        return _parsed(
            f"@classmethod\ndef __init_subclass__(cls, **named):\n    super({owner}, cls).__init_subclass__()"
        )
    if node.name == "__class_getitem__":
        return _parsed("@classmethod\ndef __class_getitem__(cls, item):\n    return cls")
    if kind == "exception" and node.name == "__init__":
        return _fault(node, names)
    if node.name in _OWN_WAYS or (node.name == "__new__" and kind in {"exception", "namedtuple", "abstract"}):
        return None
    return function(node, names, what, open_ended=kind in OPEN)


def constructor(what: str) -> ast.stmt:
    """`__init__` of a class that has none of its own, and whose making is behaviour."""
    return _parsed(f"def __init__(self, *words, **named):\n    raise {ast.unparse(helper('StubCalled', what))}")


def field(node: ast.AnnAssign, names: Names, what: str) -> ast.stmt:
    """A field of a dataclass or named tuple. A default that only the module could tell stands for itself; so does a
    field that `__post_init__` would fill."""
    value = node.value
    if isinstance(value, ast.Call) and names.path(value.func) == "dataclasses.field":
        value = _described(value, names, what)
    elif not harmless(value, names):
        value = helper("Stubbed", what)
    return ast.AnnAssign(node.target, node.annotation, value, node.simple)


def _described(call: ast.Call, names: Names, what: str) -> ast.Call:
    """`field(…)`, with what is unknown standing for itself."""
    kept = [
        word if word.arg is None or _plain(word, names) else ast.keyword(word.arg, helper("Stubbed", what))
        for word in call.keywords
    ]
    said = {word.arg: word.value for word in kept}
    unset = "init" in said and ast.unparse(said["init"]) == "False" and not {"default", "default_factory"} & said.keys()
    return ast.Call(call.func, [], [*kept, *([ast.keyword("default", helper("Stubbed", what))] if unset else [])])


def _plain(word: ast.keyword, names: Names) -> bool:
    value = word.value
    return harmless(value, names) or (
        isinstance(value, ast.Lambda) and not value.args.args and harmless(value.body, names)
    )


def _fault(node: Function, names: Names) -> ast.stmt:
    """An exception keeps what it is given, under the names of its parameters."""
    given = parameters(node.args)
    gathered = node.args.vararg
    kept = [_parsed(f"self.{name} = {name}") for name in given]
    words = ", ".join(["self", *given, *([f"*{gathered.arg}"] if gathered else [])])
    first = [*node.args.posonlyargs, *node.args.args][0].arg
    body: list[ast.stmt] = [*kept, _parsed(f"BaseException.__init__({words})")]
    if first != "self":
        body.insert(0, _parsed(f"self = {first}"))
    return rebuilt(node, names, body)


def _parsed(text: str) -> ast.stmt:
    return ast.parse(text).body[0]
