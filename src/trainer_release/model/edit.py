"""A change to one text file, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff


@dataclass(frozen=True, slots=True)
class FileEdit:
    """Replace a file's text; `before` is None for a new file. `path` is posix, relative to the workspace root."""

    path: str
    before: str | None
    after: str

    @property
    def diff(self) -> str:
        """The unified diff, as `git diff` names its files."""
        before = [] if self.before is None else self.before.splitlines(keepends=True)
        old = "/dev/null" if self.before is None else f"a/{self.path}"
        lines = unified_diff(before, self.after.splitlines(keepends=True), old, f"b/{self.path}")
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
