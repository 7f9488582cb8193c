"""What every layout with a `[project]` table shares: all that it states but the version (PEP 621, 735).

A layout opens the pyproject.toml, finds the version where its kind keeps it, and lets `Table.project` tell the rest.
Its edits are those of `edits` here, and its own for the file that holds the version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.version import InvalidVersion

from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.catalog import Pin
from trainer_release.model.edit import FileEdit
from trainer_release.model.names import canonicalize_name
from trainer_release.model.project import Project
from trainer_release.suite.clauses import spelled, version_of
from trainer_release.suite.layouts.requirements import Lists, named, requirement_lists, requirements
from trainer_release.suite.layouts.toml_edit import set_strings
from trainer_release.suite.layouts.toml_scan import Path, Place, Scan, scan
from trainer_release.suite.pins import repin
from trainer_release.suite.toml_text import at, parse

if TYPE_CHECKING:
    from trainer_release.model.project import Wanted
    from trainer_release.suite.layouts.contract import Files

VERSION: Path = ("project", "version")
EXTRA = "project.optional-dependencies."


@dataclass(frozen=True, slots=True)
class Table:
    """A pyproject.toml that was read: its folder and path, text and values."""

    folder: str
    path: str
    text: str
    values: Mapping[str, Any]

    @property
    def found(self) -> Scan:
        """Where its strings stand."""
        return scan(self.text)

    def project(
        self,
        layout: str,
        version: str | None,
        problems: Iterable[Problem] = (),
        *,
        line: int = 0,
        version_path: str | None = None,
        texts: Mapping[str, str] | None = None,
        from_tag: bool = False,
    ) -> Project:
        """The project with the version that the layout found at `line` of `version_path`: here where that is None, and
        in `[project] version` where neither is given.

        `texts` are the further files that the layout read, `problems` its complaints. ReleaseError with these, every
        `requirement-invalid` and a `project-version-invalid` at once.
        """
        lists = requirement_lists(self.values)
        pinned, wrong = requirements(self.path, self.text, lists)
        find: Callable[[], int] = (lambda: line) if line else Place(self.text, VERSION)
        wrong += problems
        wrong += version_problems(version_path or self.path, version, find)
        if wrong:
            raise ReleaseError(*wrong)
        requires_python = at(self.values, ("project", "requires-python"))
        return Project(
            path=self.folder,
            package=at(self.values, ("project", "name")) or at(self.values, ("tool", "poetry", "name")),
            version=version,
            layout=layout,
            requirements=tuple(each for _, each in pinned),
            requires_python=requires_python if isinstance(requires_python, str) else None,
            private=is_private(self.values),
            find_version=find,
            version_path=version_path,
            from_tag=from_tag,
            extras=tuple(dict.fromkeys(extras_of(lists))),
            groups=tuple(at(self.values, ("dependency-groups",)) or ()),
            texts={self.path: self.text, **(texts or {})},
        )


def read_table(folder: str, files: Files) -> Table:
    """The pyproject.toml of a folder. ReleaseError `toml-invalid` where it is no TOML."""
    path = "pyproject.toml" if folder == "." else f"{folder}/pyproject.toml"
    text = files(path) or ""
    return Table(folder, path, text, parse(path, text))


def version_problems(path: str, version: str | None, find: Callable[[], int]) -> Iterator[Problem]:
    """`project-version-invalid` for a version that PEP 440 does not know; None is no complaint."""
    try:
        version_of(version or "0")
    except InvalidVersion:
        hint = 'write it as PEP 440 says: "1.2.3", "2.0.0rc1"'
        yield Problem("project-version-invalid", f"{version!r} is no version", path, find(), hint=hint)


def is_dynamic(pyproject: Mapping[str, Any]) -> bool:
    """Whether `[project] dynamic` leaves the version to the build backend."""
    dynamic = at(pyproject, ("project", "dynamic"))
    return isinstance(dynamic, list) and "version" in dynamic


def backend(pyproject: Mapping[str, Any]) -> str:
    """The build backend as `[build-system]` names it; empty where none is named, which means setuptools (PEP 517)."""
    named = at(pyproject, ("build-system", "build-backend"))
    return named if isinstance(named, str) else ""


def extras_of(lists: Lists) -> Iterator[str]:
    """The names of the extras, those among them that a build plugin fills in."""
    for _, where, _ in lists:
        if where.startswith(EXTRA):
            yield where.removeprefix(EXTRA)


def is_private(values: Mapping[str, Any]) -> bool:
    """Marked as not for upload: a `Private ::` classifier (indexes refuse it), uv's `package = false`, or PDM's
    `distribution = false`."""
    classifiers = at(values, ("project", "classifiers")) or ()
    marked = any(isinstance(item, str) and item.startswith("Private ::") for item in classifiers)
    return marked or False in (at(values, ("tool", "uv", "package")), at(values, ("tool", "pdm", "distribution")))


def edits(project: Project, wanted: Wanted, *keys: Path) -> tuple[FileEdit, ...]:
    """One edit of the pyproject.toml, or none: its pins, its tables, and the version at each of these `keys`.

    ReleaseError `toml-edit-failed` where none is safe.
    """
    path = project.pyproject
    text = project.texts[path]
    new = wanted_strings(project, wanted)
    new |= dict.fromkeys(
        (each for each in keys if not same(at(parse(path, text), each), wanted.version)), wanted.version
    )
    after = set_strings(path, text, new)
    return (FileEdit(path, text, after),) if after != text else ()


def wanted_strings(project: Project, wanted: Wanted) -> dict[Path, str]:
    """By key path, what the requirements on siblings and the entries of the kept tables are to be."""
    path = project.pyproject
    values = parse(path, project.texts[path])
    new: dict[Path, str] = {}
    own = canonicalize_name(project.package)
    for keys, name, text in placed(project) or named(values):
        if (after := repinned(name, text, own, wanted)) != text:
            new[keys] = after
    for name, entries in wanted.tables.items():
        table = tuple(name.split("."))
        if isinstance(at(values, table), Mapping):
            new |= {(*table, key): value for key, value in entries.items()}
    return new


def placed(project: Project) -> list[tuple[Path, str, str]]:
    """What `named` tells of the pyproject.toml, as it was found when that was read; nothing where the text has been
    edited since."""
    text = project.texts[project.pyproject]
    places = ((each.find, each) for each in project.requirements)
    return [(at.keys, each.name, each.text) for at, each in places if isinstance(at, Place) and at.text is text]


def repinned(name: str, text: str, own: str, wanted: Wanted) -> str:
    """The requirement as it is to stand; one on no sibling stays as it is, one on the project itself keeps its form."""
    if name == own:
        return repin(text, wanted.version, Pin.KEEP)
    if name not in wanted.siblings:
        return text
    version, policy = wanted.siblings[name]
    return repin(text, version, Pin(policy))


def same(stated: Any, version: str) -> bool:
    """Whether a stated version is this one in another spelling (`v1.6.0`, `1.6.0.rc1`); `1.0` is not `1.0.0`."""
    try:
        return isinstance(stated, str) and spelled(stated) == spelled(version)
    except InvalidVersion:
        return False
