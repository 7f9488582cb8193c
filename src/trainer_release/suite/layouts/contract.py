"""What a layout is: the way in which a project states its version and its dependencies.

A layout is a module with four names: `NAME`, `matches`, `read`, `edit`. Text comes in, values and edits go
out; it touches no file. To add one: write one file in this folder that satisfies `Layout`, and put its name
into the one tuple, `ALL` in `__init__.py`; a layout knows no other layout. The first in the tuple that
matches is taken, so the particular stands before the general. Cases are directories under
`tests/suite/layout_cases`: `in/`, `wanted.json`, `out/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from trainer_release.model.edit import FileEdit
    from trainer_release.model.project import Project, Wanted

Files = Callable[[str], str | None]
"""The text of a file by its path (posix, relative to the workspace root), or None where there is none."""


class Layout(Protocol):
    """The four names of a layout; a module has them as well as an object."""

    @property
    def NAME(self) -> str:  # noqa: N802 - the name that a module gives it
        """What `graph` and messages call it."""
        ...

    def matches(self, pyproject: Mapping[str, Any], folder: str, files: Files) -> bool:
        """Whether this layout can read and write the project; `pyproject` holds its parsed values."""
        ...

    def read(self, folder: str, files: Files) -> Project:
        """The project. ReleaseError with every complaint about its files at once."""
        ...

    def edit(self, project: Project, wanted: Wanted) -> tuple[FileEdit, ...]:
        """The edits that make its files say what is wanted, computed from `project.texts` alone."""
        ...
