"""Requirements that stand outside the pyproject.toml, in setup.py, setup.cfg or a list of requirements, by place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from trainer_release.suite.layouts.requirements import pinned, refused
from trainer_release.suite.layouts.toml_spans import Span, quoted

if TYPE_CHECKING:
    from trainer_release.errors import Problem
    from trainer_release.model.project import Pinned
    from trainer_release.suite.layouts.version_span import Find

RUNTIME = "project.dependencies"
EXTRA = "project.optional-dependencies."
BUILD = "build-system.requires"


@dataclass(frozen=True, slots=True)
class Stated:
    """One requirement: its list, its file, and its characters there. Their `style` is a quote where a new value has to
    be written as a literal of its own, because the present one is put together; else it is empty."""

    where: str
    path: str
    span: Span

    def written(self, value: str) -> str:
        """What is written in the place of the present value."""
        return quoted(value) if self.span.style else value


@dataclass(slots=True)
class Setup:
    """What setup.py or setup.cfg say: None and nothing where they are silent, or compute it.

    `version` is the file that states it and how it is found there; `computed` the line of a version that is none until
    the file is run; `from_tag` a version that a plugin takes from the tag.
    """

    name: str | None = None
    version: tuple[str, Find] | None = None
    computed: tuple[str, int] | None = None
    from_tag: bool = False
    requires_python: str | None = None
    stated: list[Stated] = field(default_factory=list)

    def joined(self, other: Setup) -> Setup:
        """The two as setuptools joins them: what this one says counts, the other says what is left open."""
        taken = {each.where for each in self.stated}
        silent = self.version is None and self.computed is None
        return Setup(
            self.name or other.name,
            other.version if silent else self.version,
            other.computed if silent else self.computed,
            self.from_tag or other.from_tag,
            self.requires_python or other.requires_python,
            self.stated + [each for each in other.stated if each.where not in taken],
        )


def requirements(stated: Iterable[Stated]) -> tuple[list[tuple[Stated, Pinned]], list[Problem]]:
    """Each as a requirement, and every `requirement-invalid`; a template that is none is left out."""
    found: list[tuple[Stated, Pinned]] = []
    problems: list[Problem] = []
    for each in stated:
        try:
            found.append((each, pinned(each.path, each.where, each.span.value, partial(int, each.span.line))))
        except ValueError as error:  # InvalidRequirement
            if "{" not in each.span.value:
                text = f"{each.where} holds {each.span.value!r}: {str(error).splitlines()[0]}"
                problems.append(refused(each.path, text, each.span.line))
    return found, problems


def lines(path: str, text: str, where: str) -> list[Stated]:
    """The requirements of a file with one a line; options (`-r`, `--hash`) and comments are none."""
    found: list[Stated] = []
    start = 0
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        value = line.partition(" #")[0].strip()
        if value and not value.startswith(("#", "-")):
            begin = start + line.index(value)
            found.append(Stated(where, path, Span(begin, begin + len(value), "", value, number)))
        start += len(line)
    return found
