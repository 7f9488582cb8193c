"""The text of a stub's module, made from the module's own: what it offers stays, what it does is gone."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from trainer_release.agent.contracts import stub_classes as classes
from trainer_release.agent.contracts.static import Names, harmless, literal
from trainer_release.agent.contracts.stub_functions import function, is_text
from trainer_release.agent.contracts.stub_imports import HELPER, Place, assign, bindings, helper, imported, stands

HEAD = "# A stub: made by test-agent from {0} {1}; nothing of it runs.\n"


@dataclass(slots=True)
class Writer:
    """Writes one module. `kind` tells what a class is (see `Reading.kind`), by its name below the module, `version` is
    the distribution's; `exports` is what the module lists in `__all__`, where that was found out."""

    place: Place
    kind: Callable[[str], str]
    version: str
    exports: list[str] | None = None
    lazy: dict[str, str] = field(default_factory=dict)
    stars: set[str] = field(default_factory=set)

    def text(self, source: str) -> str:
        """The stub's text. SyntaxError where the source cannot be parsed."""
        tree = ast.parse(source)
        first = tree.body[:1] if tree.body and is_text(tree.body[0]) else []
        names = Names(self._is_data, lambda name: self.kind(name) == "enum")
        body = [*self.statements(tree.body[len(first) :], names, "")]
        if any(isinstance(node, ast.FunctionDef) and node.name == "__getattr__" for node in tree.body):
            body.insert(0, self._later())  # early: modules below may ask while this one is being read
        if self.exports is not None:
            body.append(ast.Assign([ast.Name("__all__", ast.Store())], _list(self.exports), lineno=0))
        head = [ast.ImportFrom("__future__", [ast.alias("annotations")], 0), ast.Import([ast.alias(HELPER)])]
        made = ast.Module([*first, *head, *body], [])
        return ast.unparse(ast.fix_missing_locations(made)) + "\n"

    def _is_data(self, name: str) -> bool:
        return self.kind(name) == "value"

    def statements(self, nodes: Iterable[ast.stmt], names: Names, owner: str, kind: str = "") -> Iterator[ast.stmt]:
        """What stands for statements, of a module or of the class `owner`, in their order."""
        for node in nodes:
            made = [*self._statement(node, names, owner, kind)]
            for each in made:
                _bind(each, names)
            yield from made

    def _statement(self, node: ast.stmt, names: Names, owner: str, kind: str) -> Iterator[ast.stmt]:
        match node:
            case ast.Import() | ast.ImportFrom():
                names.imports |= bindings(node, self.place)
                yield from imported(node, self.place)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from self._function(node, names, owner, kind)
            case ast.ClassDef():
                yield self._class(node, names, owner)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                yield from self._assigned(node, names, owner, kind)
            case ast.If():
                yield from self._if(node, names, owner, kind)
            case ast.Try():
                yield from self._try(node, names, owner, kind)
            case ast.Expr() | ast.Pass() | ast.Assert() | ast.Raise() | ast.Delete() | ast.Return():
                pass
            case _ if hasattr(ast, "TypeAlias") and isinstance(node, ast.TypeAlias):
                yield node
            case _:
                yield from (stands(name, self._what(owner, name)) for name in _stored(node) if name not in names.bound)

    def _what(self, owner: str, name: str) -> str:
        return f"{self.place.name}:{owner}{'.' if owner else ''}{name}"

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, names: Names, owner: str, kind: str
    ) -> Iterator[ast.stmt]:
        what = self._what(owner, node.name).removesuffix(".__init__")
        made = classes.method(node, names, kind, what, owner) if owner else function(node, names, what)
        if made is not None and (owner or node.name not in {"__getattr__", "__dir__"}):
            yield made

    def _class(self, node: ast.ClassDef, names: Names, owner: str) -> ast.stmt:
        whole = f"{owner}{'.' if owner else ''}{node.name}"
        kind, what = self.kind(whole), self._what(owner, node.name)
        kind = "dataclass" if kind == "value" else kind
        documented = node.body[:1] if is_text(node.body[0]) else []
        body = [*documented, *self.statements(node.body, names.inner(), whole, kind)]
        defined = {each.name for each in body if isinstance(each, ast.FunctionDef)}
        if kind == "class" and not defined & {"__init__", "__new__"}:
            body.append(classes.constructor(what))
        more = {"type_params": node.type_params} if getattr(node, "type_params", None) else {}  # type: ignore[attr-defined]
        heads = classes.bases(node, names, what), classes.keywords(node, names)
        return ast.ClassDef(node.name, *heads, body or [ast.Pass()], classes.decorators(node, names), **more)

    def _assigned(
        self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, names: Names, owner: str, kind: str
    ) -> Iterator[ast.stmt]:
        stored = _stored(node)
        if not owner and "__all__" in stored and self.exports is not None:
            return
        if not owner and "__version__" in stored and not literal(node.value, names):
            yield ast.Assign([ast.Name("__version__", ast.Store())], ast.Constant(self.version), lineno=0)
        elif "__path__" in stored or (isinstance(node, ast.AnnAssign) and node.value is None):
            yield node
        elif isinstance(node, ast.AnnAssign) and kind in classes.DATA and len(stored) == 1:
            yield classes.field(node, names, self._what(owner, stored[0]))
        elif isinstance(node, ast.AugAssign):
            if stored and {*stored} <= names.plain and literal(node.value, names):
                yield node
        elif "__slots__" in stored and not literal(node.value, names):
            return
        elif harmless(node.value, names):
            if len(stored) and all(isinstance(each, ast.Name | ast.Tuple) for each in _targets(node)):
                yield node
        else:
            hooks = {"__getattr__", "__dir__"} if not owner else set()
            yield from (stands(name, self._what(owner, name)) for name in stored if name not in hooks)

    def _if(self, node: ast.If, names: Names, owner: str, kind: str) -> Iterator[ast.stmt]:
        if (names.path(node.test) or "").endswith("TYPE_CHECKING"):
            imports = [each for each in node.body if isinstance(each, ast.Import | ast.ImportFrom)]
            self._remember(imports, names)
            if imports:
                yield ast.If(node.test, [*imports], [])
            yield from self.statements(node.orelse, names, owner, kind)
        elif literal(node.test, names) and not _mentions(node.test, "__name__"):
            body = [*self.statements(node.body, names, owner, kind)] or [ast.Pass()]
            yield ast.If(node.test, body, [*self.statements(node.orelse, names, owner, kind)])
        elif not _mentions(node.test, "__name__"):
            yield from self._either(node, names, owner, kind)

    def _either(self, node: ast.If, names: Names, owner: str, kind: str) -> Iterator[ast.stmt]:
        """Both branches of a question that only running could answer; the first one's names count."""
        whole, self.place = self.place, replace(self.place, library=False)
        known = dict(names.imports)
        yield from self.statements(node.body, names, owner, kind)
        others = [each for each in node.orelse if not _binds(each, node.body)]
        yield from self.statements(others, names, owner, kind)
        names.imports, self.place = known, whole

    def _remember(self, nodes: Iterable[ast.Import | ast.ImportFrom], names: Names) -> None:
        for node in nodes:
            found = bindings(node, self.place)
            names.imports |= found
            if isinstance(node, ast.ImportFrom):
                self.lazy |= found
                self.stars |= {self.place.source(node)} if "*" in found else set()

    def _try(self, node: ast.Try, names: Names, owner: str, kind: str) -> Iterator[ast.stmt]:
        """An import that may fail stays as it is, where every handler makes up for its names; else it is borrowed."""
        wanted = {name for each in node.body for name in _stored(each)}
        if wanted and all(wanted <= {name for each in way.body for name in _stored(each)} for way in node.handlers):
            inside = names.inner()
            body: list[ast.stmt] = [each for each in node.body if isinstance(each, ast.Import | ast.ImportFrom)]
            body += [*self.statements([each for each in node.body if each not in body], inside, owner, kind)]
            for each in body:
                _bind(each, names)
            ways = [
                ast.ExceptHandler(way.type, way.name, [*self.statements(way.body, names, owner, kind)] or [ast.Pass()])
                for way in node.handlers
            ]
            yield ast.Try(body, ways, [], [])
        else:
            yield from self.statements(node.body, names, owner, kind)
        yield from self.statements([*node.orelse, *node.finalbody], names, owner, kind)

    def _later(self) -> ast.stmt:
        """Names that the module's own `__getattr__` imports when they are asked for."""
        made = assign("__getattr__", "later", self.place.name)
        pairs = [(name, path.rpartition(".")) for name, path in sorted(self.lazy.items()) if "." in path]
        table = {name: (module, last) for name, (module, _, last) in pairs if name != "*"}
        words = [ast.Name("__name__", ast.Load()), _value(table), _value(sorted(self.stars))]
        made.value = ast.Call(helper("later").func, words, [])  # type: ignore[attr-defined]
        return made


def _targets(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _value(value: object) -> ast.expr:
    return ast.parse(repr(value), mode="eval").body


def _list(names: Iterable[str]) -> ast.expr:
    return _value([*names])


def _stored(node: ast.AST) -> list[str]:
    """The names that a statement binds in its own scope, in order."""
    found: list[str] = []
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [each.asname or each.name.partition(".")[0] for each in names]
        case ast.Name(id=name, ctx=ast.Store()):
            return [name]
        case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            return []
    for child in ast.iter_child_nodes(node):
        found += _stored(child)
    return [*dict.fromkeys(found)]


def _binds(made: ast.stmt, others: Iterable[ast.stmt]) -> bool:
    bound = {name for each in others for name in _stored(each)}
    return bool({*_stored(made)} & bound)


def _bind(made: ast.stmt, names: Names) -> None:
    """Note what a statement of the stub binds."""
    stored = _stored(made)
    names.bound |= {*stored}
    value = made.value if isinstance(made, ast.Assign | ast.AnnAssign) else None
    if value is not None and literal(value, names):
        names.plain |= {*stored}
    elif not isinstance(made, ast.AugAssign):
        names.plain -= {*stored}


def _mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(node))
