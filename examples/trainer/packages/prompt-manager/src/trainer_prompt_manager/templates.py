r"""A template is text with ``{{ name }}`` where a value goes; ``\{{`` stands for two plain braces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

_MARK = re.compile(r"\\\{\{|\{\{(?P<inside>[^{}]*)\}\}|\{\{")


class TemplateSyntaxError(ValueError):
    """A template that cannot be read; the message names every faulty line."""


class VariableError(ValueError):
    """Values that do not fit a template: all missing and all unknown names together."""

    def __init__(
        self, template: str, missing: Sequence[str], unknown: Sequence[str], known: Sequence[str]
    ) -> None:
        self.template = template
        self.missing = tuple(missing)
        self.unknown = tuple(unknown)
        complaints = []
        if missing:
            complaints.append("missing " + ", ".join(missing))
        if unknown:
            complaints.append("unknown " + ", ".join(_with_hint(name, known) for name in unknown))
        super().__init__(f"prompt {template!r}: {'; '.join(complaints)}")


@dataclass(frozen=True)
class _Slot:
    variable: str


@dataclass(frozen=True)
class Template:
    """A text with named gaps, parsed once and rendered as often as needed."""

    text: str
    name: str = "template"
    _parts: tuple[object, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_parts", _parse(self.text, self.name))

    @property
    def variables(self) -> tuple[str, ...]:
        """The names the template asks for, each once, in order of first use."""
        names = (part.variable for part in self._parts if isinstance(part, _Slot))
        return tuple(dict.fromkeys(names))

    def render(self, /, **values: object) -> str:
        """Fill every gap; a value that contains ``{{ }}`` is inserted as it is, never expanded."""
        wanted = self.variables
        missing = [name for name in wanted if name not in values]
        unknown = sorted(name for name in values if name not in wanted)
        if missing or unknown:
            raise VariableError(self.name, missing, unknown, wanted)
        return "".join(
            str(values[part.variable]) if isinstance(part, _Slot) else str(part) for part in self._parts
        )


def _parse(text: str, name: str) -> tuple[object, ...]:
    parts: list[object] = []
    complaints: list[str] = []
    position = 0
    for mark in _MARK.finditer(text):
        parts.append(text[position : mark.start()])
        position = mark.end()
        inside = mark.group("inside")
        if mark.group().startswith("\\"):
            parts.append("{{")
        elif inside is not None and inside.strip().isidentifier():
            parts.append(_Slot(inside.strip()))
        else:
            line = text.count("\n", 0, mark.start()) + 1
            complaints.append(f"line {line}: {_complaint(inside)}")
    if complaints:
        raise TemplateSyntaxError(f"prompt {name!r}: {'; '.join(complaints)}")
    parts.append(text[position:])
    return tuple(parts)


def _complaint(inside: object) -> str:
    if inside is None:
        return "'{{' without its '}}' (write '\\{{' for plain braces)"
    return f"{str(inside).strip()!r} is no variable name"


def _with_hint(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"{name} (did you mean {near[0]}?)" if near else name
