"""Further places of a version that `init` finds: files that say a project's version once more."""

from __future__ import annotations

from posixpath import basename, dirname
from typing import TYPE_CHECKING

from packaging.version import Version

from trainer_release.suite.adopt.choice import SHOWN, TEMPLATES, TESTS
from trainer_release.suite.layouts.also_file import in_python, literals, says, spans

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from trainer_release.model.project import Project
    from trainer_release.suite.layouts.contract import Files

MODULES = ("version.py", "_version.py", "__version__.py", "__about__.py", "_about.py", "about.py", "__init__.py")
OTHERS = (
    "VERSION",
    "VERSION.txt",
    "version.txt",
    "README.md",
    "README.rst",
    "README.txt",
    "CITATION.cff",
    "Cargo.toml",
    "package.json",
    "pyproject.toml",
    "setup.cfg",
    ".bumpversion.cfg",
    ".bumpversion.toml",
    "conf.py",
)
NAMES = (*MODULES, *OTHERS)
"""The files that are looked at."""

FOREIGN = frozenset((*SHOWN, *TEMPLATES, *TESTS, "vendor", "_vendor", "third_party", "scripts", "tools"))
BESIDE = {
    "conf.py": ("docs", "doc", "docs/source", "doc/source", "docs/src"),
    "Cargo.toml": ("", "rust", "src/rust"),
}
"""The folders of a project in which a file of this name is looked at; any other one in the project's own."""


def further(
    projects: Iterable[Project], folders: Collection[str], paths: Iterable[str], files: Files
) -> dict[str, tuple[str, ...]]:
    """By a project's folder, the files that say its version once more, relative to that folder. `folders` are all that
    hold a project of any kind, `paths` the files of these `NAMES` below the root."""
    by_home: dict[str, list[str]] = {}
    for path in paths:
        by_home.setdefault(home_of(path, folders), []).append(path)
    found: dict[str, tuple[str, ...]] = {}
    for project in projects:
        mine = by_home.get(project.path, [])
        packages = {dirname(path) for path in mine if basename(path) == "__init__.py"}
        own = [path for path in mine if is_place(project, path, packages, files)]
        if own:
            found[project.path] = tuple(sorted(within(path, project.path) for path in own))
    return found


def home_of(path: str, folders: Collection[str]) -> str:
    """The nearest folder above a file that holds a project."""
    folder = dirname(path)
    while folder and folder not in folders:
        folder = dirname(folder)
    return folder or "."


def within(path: str, folder: str) -> str:
    """A path relative to a folder above it; empty for that folder."""
    return path if folder == "." else path.removeprefix(folder).removeprefix("/")


def is_place(project: Project, path: str, packages: Collection[str], files: Files) -> bool:
    """Whether a file of a project says its version once more. A version that a tag gives stands in no file."""
    folder, name = dirname(path), basename(path)
    inside = within(folder, project.path)
    if project.version is None or project.from_tag or FOREIGN.intersection(inside.split("/")):
        return False
    if name in MODULES:
        return is_top(folder, name, packages) and in_module(project, path, files(path) or "")
    if inside not in BESIDE.get(name, ("",)):
        return False
    found = spans(path, files(path) or "", project.package)
    return is_more(project, path, [each.line for each in found]) and all(
        says(path, each.value, project.version) for each in found
    )


def is_top(folder: str, name: str, packages: Collection[str]) -> bool:
    """Whether a module lies at the top of a package, a namespace's part or not, or is its `version/__init__.py`."""
    if name == "__init__.py" and basename(folder) == "version" and dirname(folder) in packages:
        folder = dirname(folder)
    return dirname(folder) not in packages


def in_module(project: Project, path: str, text: str) -> bool:
    """Whether a module says it. What it says of `__version__` may have drifted apart from the project; `0.0.0` is what
    stands there until a build, and any other name has to agree."""
    found = in_python(text)
    if not is_more(project, path, [each.line for each in found]) or len({each.value for each in found}) > 1:
        return False
    stated = dict(literals(text)).get("__version__")
    if stated is None:
        return basename(path) != "__init__.py" and says(path, found[0].value, project.version or "")
    return says(path, stated.value, project.version or "") or any(Version(stated.value).release)


def is_more(project: Project, path: str, lines: list[int]) -> bool:
    """Whether these are places beyond the one that states the version."""
    return bool(lines) and not (path == project.version_path and set(lines) <= {project.version_line})
