"""The edits of a setuptools project: pyproject.toml, setup.cfg, setup.py, lists of requirements, the version's file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from trainer_release.errors import fail
from trainer_release.model.edit import FileEdit
from trainer_release.suite.layouts.ini_spans import differing, options
from trainer_release.suite.layouts.project_table import VERSION, edits, repinned, same
from trainer_release.suite.layouts.setup_py import changed_strings
from trainer_release.suite.layouts.stated import Setup, requirements
from trainer_release.suite.layouts.toml_spans import replace

if TYPE_CHECKING:
    from trainer_release.model.project import Project, Wanted
    from trainer_release.suite.layouts.toml_spans import Span

Look = Callable[[Mapping[str, str]], Setup]
Pieces = dict[tuple[int, int], str]
"""What is to stand in the place of these characters."""


def edits_of(project: Project, wanted: Wanted, look: Look) -> tuple[FileEdit, ...]:
    """One edit a file that does not say what is wanted.

    Everything is read again from the edited texts: exactly the intended values differ, or it is an error
    (`version-edit-failed`), and nothing is written.
    """
    texts = dict(project.texts)
    found: tuple[FileEdit, ...] = ()
    if project.pyproject in texts:
        static = project.version is not None and project.version_path is None
        found = edits(project, wanted, *([VERSION] if static else []))
    setup = look(texts)
    pieces: dict[str, Pieces] = {}
    expected = values(setup, texts)
    for index, (each, pinned) in enumerate(requirements(setup.stated)[0]):
        new = repinned(pinned.name, pinned.text, canonicalize_name(project.package), wanted)
        if new != pinned.text:
            expected[index] = new
            pieces.setdefault(each.path, {})[each.span.start, each.span.end] = each.written(new)
    if setup.version is not None:
        path, find = setup.version
        span = find(texts[path])
        if span is not None and not same(span.value, wanted.version):
            expected[-1] = wanted.version
            pieces.setdefault(path, {})[span.start, span.end] = wanted.version
    after = {path: spliced(texts[path], each) for path, each in pieces.items()}
    again = {**texts, **after}
    sound = all(is_sound(path, texts[path], after[path], each) for path, each in pieces.items())
    if values(look(again), again) != expected or not sound:
        raise refused(project, *after)
    return (*found, *(FileEdit(path, texts[path], after[path]) for path in sorted(after)))


def values(setup: Setup, texts: Mapping[str, str]) -> list[str]:
    """Every requirement that is read, and the version."""
    version = setup.version[1](texts[setup.version[0]]) if setup.version else None
    return [pinned.text for _, pinned in requirements(setup.stated)[0]] + [version.value if version else ""]


def spliced(text: str, pieces: Pieces) -> str:
    return replace(text, [(start, end, new) for (start, end), new in pieces.items()])


def is_sound(path: str, before: str, after: str, pieces: Pieces) -> bool:
    """Whether the parser of the file's own kind finds as many values changed as were edited, and nothing else."""
    if path.endswith(".py"):
        return changed_strings(before, after) == len(pieces)
    if path.endswith(".cfg"):
        return differing(before, after) == {key for key, spans in options(before).items() if holds(spans, pieces)}
    return True


def holds(spans: list[Span], pieces: Pieces) -> bool:
    """Whether one of the pieces lies within these lines."""
    return any(span.start <= start and end <= span.end for span in spans for start, end in pieces)


def refused(project: Project, *paths: str) -> Exception:
    message = f"{', '.join(paths)}: writing the versions of {project.package} would change something else as well"
    return fail("version-edit-failed", message, path=paths[0], hint="write them by hand, and run it again")
