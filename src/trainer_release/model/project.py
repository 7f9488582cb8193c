"""One project of the workspace, as its files state it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trainer_release.errors import Problem


@dataclass(frozen=True, slots=True)
class Pinned:
    """One requirement as it stands in a file.

    `where` is the dotted key of its list (`project.dependencies`, `project.optional-dependencies.test`,
    `dependency-groups.dev`, `build-system.requires`); `text` the string's value; `name` its canonical name
    (PEP 503); `url` tells a direct reference (PEP 508). `line` counts from 1.
    """

    where: str
    text: str
    name: str
    specifier: str
    extras: tuple[str, ...]
    marker: str | None
    url: bool
    line: int
    path: str


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
    version_line: int = 1
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a project's files are to say: its own version, siblings' versions, and tables to keep.

    `siblings` maps a canonical package name to its version and the pin policy to write it with. `tables` maps a dotted
    table name (`tool.trainer.versions`) to what stands in it where the project has that table.
    """

    version: str
    siblings: Mapping[str, tuple[str, str]]
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
