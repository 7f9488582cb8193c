"""Asked inside an environment: what is installed here, and can it be imported?

`probe.py facts NAME…`, `probe.py standing NAME…` and `probe.py import NAME…`; the answer is the
last line of the output, as JSON.
"""

import importlib
import json
import sys
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any, Dict, Iterable, List, Optional, Set

_NOT_OURS = {"tests", "test", "docs", "examples"}
_SYSTEMS = {"darwin": "macos", "win32": "windows"}


def facts(packages: Iterable[str]) -> Dict[str, Any]:
    """The interpreter and these distributions; one that is absent is left out."""
    from importlib.metadata import PackageNotFoundError, distribution  # it takes longer than the usual question

    found = {}
    for package in packages:
        try:
            found[package] = describe(distribution(package), package)
        except PackageNotFoundError:
            continue
    return {**standing(()), "packages": found}


def standing(names: Iterable[str]) -> Dict[str, Any]:
    """The interpreter, the folders that it imports from, and where it finds modules of these names; None: nowhere."""
    return {
        "python": sys.version.split()[0],
        "platform": _SYSTEMS.get(sys.platform, sys.platform),
        "pytest": find_spec("pytest") is not None,
        "folders": [path for path in sys.path if Path(path).is_dir()],
        "found": {name: place(name) for name in names},
    }


def place(name: str) -> Optional[str]:
    """Where a module would come from; None where there is none."""
    try:
        spec = find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None
    return None if spec is None else str(spec.origin or list(spec.submodule_search_locations or ()))


def describe(found: Any, package: str) -> Dict[str, Any]:
    """One distribution: its version, what may be imported of it, and whether any of that is there."""
    direct = json.loads(found.read_text("direct_url.json") or "{}")
    imports = import_names(found, package)
    return {
        "version": found.version,
        "editable": bool(direct.get("dir_info", {}).get("editable")),
        "imports": imports,
        "there": any(place(name) is not None for name in imports),
    }


def import_names(found: Any, package: str) -> List[str]:
    """The packages and modules that a distribution brings, by the names to import them by.

    The files tell (a namespace's portion is named in full); where an editable install lists none, what it links to
    does; last the name is guessed from the distribution's.
    """
    guess = package.replace("-", "_").replace(".", "_")
    names = _topmost(PurePosixPath(str(file)) for file in found.files or ())
    if not names:
        names = _topmost(_linked(found)) or set((found.read_text("top_level.txt") or "").split())
        names = {guess} if guess in names else names
    return sorted(name for name in names if name.split(".")[0] not in _NOT_OURS) or [guess]


def _topmost(files: Iterable[PurePosixPath]) -> Set[str]:
    listed = [path for path in files if all(part.isidentifier() for part in path.parts[:-1])]
    folders = {path.parent for path in listed if path.name == "__init__.py"}
    tops = {".".join(folder.parts) for folder in folders if not folders & set(folder.parents)}
    alone = {
        path.name.split(".")[0] for path in listed if len(path.parts) == 1 and path.suffix in (".py", ".so", ".pyd")
    }
    return {name for name in tops | alone if name and not name.startswith("_")}


def _linked(found: Any) -> Iterable[PurePosixPath]:
    for file in found.files or ():
        if file.suffix != ".pth":
            continue
        for line in Path(str(found.locate_file(file))).read_text(encoding="utf-8").splitlines():
            folder = Path(line)
            for pattern in ("*/__init__.py", "*/*/__init__.py"):
                for path in folder.glob(pattern) if folder.is_absolute() else ():
                    yield PurePosixPath(path.relative_to(folder).as_posix())


def try_imports(names: Iterable[str]) -> List[str]:
    """What went wrong with each name that cannot be imported, an exit from within the module included."""
    wrong = []
    for name in names:
        try:
            importlib.import_module(name)
        except BaseException as error:  # noqa: BLE001 (whatever a module does at import is the answer)
            wrong.append("import {}: {}: {}".format(name, type(error).__name__, error))
    return wrong


def main(argv: List[str]) -> None:
    """Answer one question on standard output."""
    questions = {"facts": facts, "standing": standing, "import": try_imports}
    answer: Any = questions[argv[0]](argv[1:])
    sys.stdout.write("\n" + json.dumps(answer) + "\n")


if __name__ == "__main__":
    del sys.path[0]  # this file's folder is no part of the environment
    main(sys.argv[1:])
