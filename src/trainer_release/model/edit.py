"""A change to one text file, as a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff

_AROUND = 3


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
        after = self.after.splitlines(keepends=True)
        old, new = "/dev/null" if self.before is None else f"a/{self.path}", f"b/{self.path}"
        aligned = len(before) == len(after)
        lines = _in_place(before, after, old, new) if aligned else unified_diff(before, after, old, new)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _in_place(before: list[str], after: list[str], old: str, new: str) -> Iterator[str]:
    """A unified diff of lines that only changed where they stand; a search for moved ones takes ten times as long."""
    changed = [at for at in range(len(before)) if before[at] != after[at]]
    if changed:
        yield from (f"--- {old}\n", f"+++ {new}\n")
    while changed:
        count = next((i for i in range(1, len(changed)) if changed[i] - changed[i - 1] > 2 * _AROUND + 1), len(changed))
        hunk, changed = changed[:count], changed[count:]
        start, end = max(0, hunk[0] - _AROUND), min(len(before), hunk[-1] + _AROUND + 1)
        place = f"{start + 1},{end - start}" if end - start > 1 else f"{start + 1}"
        yield f"@@ -{place} +{place} @@\n"
        at = start
        while at < end:
            until = at
            while until < end and before[until] != after[until]:
                until += 1
            yield from (f"-{line}" for line in before[at:until])
            yield from (f"+{line}" for line in after[at:until])
            if until < end:
                yield f" {before[until]}"
            at = until + 1
