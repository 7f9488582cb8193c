"""What a setup.py states of a project in the arguments of its `setup()` call; it is read, never executed."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from trainer_release.suite.layouts.stated import BUILD, EXTRA, RUNTIME, Setup, Stated
from trainer_release.suite.layouts.toml_spans import Span
from trainer_release.suite.layouts.version_span import VersionSpan, parsed, span_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LISTS = {"install_requires": RUNTIME, "setup_requires": BUILD}
LIMIT = 10_000
"""How many expressions of one list are looked at: names may stand for each other without end."""
TAGGED = ("use_scm_version", "pbr")
PLAIN = re.compile(r"[uUrR]?(\"\"\"|'''|\"|')(?P<value>(?:(?!\1)[^\\])*)\1", re.DOTALL)


def read_setup_py(path: str, text: str) -> Setup:
    """Name, version, interpreter and requirements, as far as they are literals or names of literals."""
    arguments, assigned = setup_arguments(text)
    setup = Setup(name=string(arguments.get("name")), requires_python=string(arguments.get("python_requires")))
    setup.from_tag = any(keyword in arguments for keyword in TAGGED)
    if version_of(text) is not None:
        setup.version = (path, version_of)
    elif "version" in arguments:
        setup.computed = (path, arguments["version"].lineno)
    lists = [(where, arguments[keyword]) for keyword, where in LISTS.items() if keyword in arguments]
    extras = arguments.get("extras_require")
    for key, value in zip(extras.keys, extras.values, strict=True) if isinstance(extras, ast.Dict) else ():
        extra = (string(key) or "").partition(":")[0]
        lists.append((EXTRA + extra if extra else RUNTIME, value))
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    setup.stated = [
        Stated(where, path, place(text, starts, item)) for where, value in lists for item in items(value, assigned)
    ]
    return setup


def setup_arguments(text: str) -> tuple[dict[str, ast.expr], dict[str, ast.expr]]:
    """The keyword arguments of the first call of `setup`, a name replaced by what the module assigns to it; and all
    that it assigns at its top level."""
    tree = parsed(text)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree else []
    call = next((node for node in calls if called(node.func) == "setup"), None)
    if tree is None or call is None:
        return {}, {}
    assigned = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for name, more in additions(tree):
        if name in assigned:
            assigned[name] = ast.copy_location(ast.BinOp(assigned[name], ast.Add(), more), assigned[name])
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    named = {key: assigned.get(node.id, node) for key, node in given.items() if isinstance(node, ast.Name)}
    return given | named, assigned


def additions(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """What is added to a list by its name (`+=`, `extend`, `append`). Of what stands below a condition templates alone
    are taken: they order a release, and the build has the last word about them."""
    for node in ast.walk(tree):
        call = node.value if isinstance(node, ast.Expr) else None
        more: ast.expr | None = None
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and isinstance(node.target, ast.Name):
            name, more = node.target.id, node.value
        elif isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and len(call.args) == 1:
            name = getattr(call.func.value, "id", "")
            more = {"extend": call.args[0], "append": ast.List([call.args[0]])}.get(call.func.attr)
        if more is not None:
            templates = [each for each in ast.walk(more) if isinstance(each, ast.JoinedStr)]
            yield name, more if node in tree.body else ast.List(list(templates))


def called(function: ast.expr) -> str | None:
    """The last name of what is called: `setup`, `setuptools.setup`."""
    return getattr(function, "id", None) or getattr(function, "attr", None)


def string(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def version_of(text: str) -> VersionSpan | None:
    """Where the version stands."""
    node = setup_arguments(text)[0].get("version")
    return span_of(text, node) if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def items(node: ast.expr, assigned: Mapping[str, ast.expr]) -> Iterator[ast.Constant | ast.JoinedStr]:
    """The strings of a list, of lists that are added, and of those that a name stands for, templates (`f"x=={y}"`)
    among them; what is computed otherwise is passed over."""
    waiting = [node]
    for _ in range(LIMIT):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            yield node
        elif isinstance(node, ast.List | ast.Tuple):
            waiting[:0] = node.elts
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            waiting[:0] = [node.left, node.right]
        elif isinstance(node, ast.Starred):
            waiting.insert(0, node.value)
        elif isinstance(node, ast.Name) and node.id in assigned:
            waiting.insert(0, assigned[node.id])


def place(text: str, starts: list[int], node: ast.Constant | ast.JoinedStr) -> Span:
    """The characters between the quotes of a string, or all of a literal that is put together."""
    ends = (node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or 0)
    start, end = (
        starts[line - 1] + len(text[starts[line - 1] : starts[line - 1] + column].encode()[:column].decode())
        for line, column in ends
    )
    plain = PLAIN.fullmatch(text, start, end)
    between = plain.span("value") if plain else (start, end)
    return Span(*between, "" if plain else '"', value_of(node), node.lineno)


def value_of(node: ast.Constant | ast.JoinedStr) -> str:
    """A string's value, with `{name}` where a template leaves it open."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    parts = (each.value if isinstance(each, ast.Constant) else "{version}" for each in node.values)
    return "".join(map(str, parts))


def changed_strings(before: str, after: str) -> int | None:
    """In how many strings two modules differ; None where they differ in anything else, or one is no Python."""
    trees = parsed(before), parsed(after)
    if trees[0] is None or trees[1] is None:
        return None
    old, new = ([node for node in ast.walk(tree) if isinstance(node, ast.Constant)] for tree in trees if tree)
    changed = [pair for pair in zip(old, new, strict=False) if pair[0].value != pair[1].value]
    for one, other in changed:
        other.value = one.value
    return len(changed) if ast.dump(trees[0]) == ast.dump(trees[1]) else None
