"""One project of the workspace, as its files state it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from trainer_release.errors import Problem


def _first() -> int:
    return 1


class Pinned(NamedTuple):
    """One requirement as it stands in a file.

    `where` is the dotted key of its list (`project.dependencies`, `project.optional-dependencies.test`,
    `dependency-groups.dev`, `build-system.requires`); `text` the string's value; `name` its canonical name
    (PEP 503); `url` tells a direct reference (PEP 508). `find` tells the line where it is asked for: few are.
    """

    where: str
    text: str
    name: str
    specifier: str
    extras: tuple[str, ...]
    marker: str | None
    url: bool
    find: Callable[[], int]
    path: str

    @property
    def line(self) -> int:
        """Its line in the file, from 1."""
        return self.find()


@dataclass(frozen=True, slots=True)
class Project:
    """A project: where it lies, what it is called, which version it says, what it requires.

    `path` is the folder, posix, relative to the workspace root (`.` for the root itself). `version` is None where the
    layout cannot tell. `texts` holds every file that the layout read, by path relative to the workspace root: edits
    are computed from these, so that planning reads nothing. `version_path` is the file that states the version, where
    it is not the pyproject.toml. `from_tag`: the version control tag is the version, so that no file is edited for it.
    `faults` tells why there is no version, where there should be one. `also` are the files, among `texts`, that say the
    version once more.
    """

    path: str
    package: str
    version: str | None
    layout: str
    requirements: tuple[Pinned, ...]
    requires_python: str | None = None
    private: bool = False
    find_version: Callable[[], int] = field(default=_first, compare=False, repr=False)
    version_path: str | None = None
    from_tag: bool = False
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Problem, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def pyproject(self) -> str:
        """The path of its pyproject.toml, relative to the workspace root."""
        return "pyproject.toml" if self.path == "." else f"{self.path}/pyproject.toml"

    @property
    def version_line(self) -> int:
        """The line that states the version, from 1; 1 where none does."""
        return self.find_version()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a project's files are to say: its own version, siblings' versions, and tables to keep.

    `siblings` maps a canonical package name to its version and the pin policy to write it with. `tables` maps a dotted
    table name (`tool.trainer.versions`) to what stands in it where the project has that table.
    """

    version: str
    siblings: Mapping[str, tuple[str, str]]
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
