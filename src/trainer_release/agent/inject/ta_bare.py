"""Asked with `python -I` in an environment that holds declared dependencies alone: what can be imported here?

`ta_bare.py ASKED ANSWERS`: two paths. ASKED is JSON: `modules`, names to import in this order; `entries`, triples of a
name, a module and an attribute; `files`, paths by module name, whose imports inside functions are looked up, not made;
`failed`, the modules that are known to fail: of these and of what fails now, imports behind the failing one count too.
ANSWERS receives a line of JSON for each as soon as it is known: a module may end this process.
"""

import ast
import importlib
import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

# What the standard library has on other systems alone, for Pythons that cannot say it themselves (before 3.10).
_ELSEWHERE = {"_winapi", "fcntl", "grp", "msvcrt", "nt", "posix", "pty", "pwd", "resource", "termios", "tty", "winreg"}
_STANDARD = _ELSEWHERE | set(getattr(sys, "stdlib_module_names", ())) | set(sys.builtin_module_names)
_FORGIVING = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


def tried(module: str, attribute: str = "") -> Dict[str, Any]:
    """What importing a module (and taking an attribute of it) came to: nothing, or what is missing and on which
    lines of which files, the innermost last, or another error."""
    try:
        found: Any = importlib.import_module(module)
        for name in filter(None, attribute.split(".")):
            found = getattr(found, name)
    except BaseException as error:  # noqa: BLE001 (whatever a module does at import is the answer)
        cause = _missing(error)
        if cause is None:
            return {"error": "{}: {}".format(type(error).__name__, error)}
        return {"missing": cause.name or "", "frames": list(_frames(cause))}
    return {}


def _missing(error: Optional[BaseException]) -> Optional[ModuleNotFoundError]:
    """What an error says is not there, or the one that it was raised over; what other systems have is no answer."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and (error.name or "").split(".")[0] not in _STANDARD:
            return error
        error = error.__cause__ or error.__context__
    return None


def _frames(error: BaseException) -> Iterator[Tuple[str, int]]:
    trace = error.__traceback__
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith("<"):
            yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next


def later(path: str, failed: bool) -> Iterator[Tuple[str, int]]:
    """The modules that a file imports inside functions, with lines, unless it is prepared to do without them; of one
    that failed what it would have imported in any case, too."""
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (SyntaxError, ValueError):
        return
    waiting: List[Tuple[ast.AST, bool]] = [(tree, False)]
    waiting += [(node, True) for node in tree.body if failed and isinstance(node, (ast.Import, ast.ImportFrom))]
    while waiting:
        node, inside = waiting.pop()
        if inside and isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif inside and isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
        inside = inside or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        waiting += [(child, inside) for child in _certain(node)]


def _certain(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a piece of code, but those whose imports may fail."""
    if isinstance(node, ast.Try) and any(_forgives(handler) for handler in node.handlers):
        yield from (*node.handlers, *node.orelse, *node.finalbody)
    elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
        yield from node.orelse
    elif isinstance(node, ast.With) and "suppress" in ast.dump(node.items[0]):
        return
    else:
        yield from ast.iter_child_nodes(node)


def _forgives(handler: ast.ExceptHandler) -> bool:
    named = ast.walk(handler.type) if handler.type else ()
    return handler.type is None or any(isinstance(name, ast.Name) and name.id in _FORGIVING for name in named)


def absent(module: str) -> bool:
    """Whether no module of this name's first part is here, nor in the standard library of any system."""
    top = module.partition(".")[0]
    try:
        return top not in _STANDARD and find_spec(top) is None
    except (ImportError, ValueError):
        return False


def main(asked: str, answers: str) -> None:
    """Answer one question after the other; what has begun and is not answered ended the process."""
    wanted = json.loads(Path(asked).read_text(encoding="utf-8"))
    place = os.open(answers, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def say(**facts: Any) -> None:
        os.write(place, (json.dumps(facts) + "\n").encode())

    failed = set(wanted["failed"])
    for module in wanted["modules"]:
        say(begun=module)
        said = tried(module)
        failed |= {module} if said else set()
        say(module=module, **said)
    for name, module, attribute in wanted["entries"]:
        say(begun=name)
        say(entry=name, module=module, **tried(module, attribute))
    for module, path in wanted["files"].items():
        for name, line in later(path, module in failed):
            if absent(name):
                say(module=module, missing=name, frames=[(path, line)])
    os._exit(0)  # a thread that an import started must not keep us


if __name__ == "__main__":
    main(*sys.argv[1:])
