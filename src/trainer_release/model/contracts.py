"""What became of a module's public API since its last published version."""

from __future__ import annotations

from dataclasses import dataclass

from packaging.version import Version


@dataclass(frozen=True, slots=True)
class Breakage:
    """One thing that a user's code may rely on and that is no longer so. `kind` is griffe's word for it, `object` a
    dotted path, a parameter in parentheses behind it. `path` is relative to the workspace root; `line` counts from 1,
    for what was removed in the published file. `old` and `new` are empty where they say nothing."""

    kind: str
    object: str
    old: str
    new: str
    path: str
    line: int

    def __str__(self) -> str:
        values = f" ({self.old} → {self.new})" if self.old or self.new else ""
        return f"{self.object}: {self.kind}{values}, {self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Contract:
    """The public API now against version `base`, the last published one. `additions` are new public names. `fault`
    tells why nothing could be compared; then nothing is asked for."""

    base: str
    breakages: tuple[Breakage, ...] = ()
    additions: tuple[str, ...] = ()
    fault: str = ""

    @property
    def least(self) -> str:
        """The least level of the next version, by Semantic Versioning 2.0.0: major where something broke (its item 8),
        minor for new names (item 7), else patch. Below 1.0 anything may change (item 4); by custom, and by cargo's and
        Poetry's carets, the minor number tells of breakages there."""
        if self.breakages:
            return "minor" if Version(self.base).major == 0 else "major"
        return "minor" if self.additions else "patch"

    def __str__(self) -> str:
        said = [str(breakage) for breakage in self.breakages] or [f"{name} is new" for name in self.additions]
        more = f", and {len(said) - 1} more" if len(said) > 1 else ""
        return f"{said[0]}{more}" if said else "nothing broke, nothing is new"
