"""From texts to a Suite: catalog, projects and graph, read and joined. The texts may be a work tree's or a commit's."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from trainer_release.errors import Problem, ReleaseError, Severity, fail
from trainer_release.model.suite import Suite
from trainer_release.suite import workspace
from trainer_release.suite.catalog.reader import examine


class Texts:
    """A reader that keeps what it read, so that later looks read nothing: `found` by path."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        self._read = read
        self._known: dict[str, str | None] = {}

    def __call__(self, path: str) -> str | None:
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    @property
    def found(self) -> dict[str, str]:
        """Every file that was asked for and was there."""
        return {path: text for path, text in self._known.items() if text is not None}


def assemble(
    name: str, paths: Iterable[str], text_of: Callable[[str], str | None]
) -> tuple[Suite, tuple[Problem, ...]]:
    """The suite whose catalog is `name`; `paths` are the files below the workspace root, all posix and relative to it.

    The second value holds drift and warnings; what is structurally wrong raises ReleaseError with every complaint.
    """
    text = text_of(name)
    if text is None:
        raise fail("catalog-missing", f"there is no {name} here", hint="run `trainer-release init` to write one")
    read, said = examine(text, name)
    if read is None:
        raise ReleaseError(*said)
    named = [place for place in (read.umbrella_path, *(m.path for m in read.modules.values())) if place]
    try:
        projects = workspace.find(paths, text_of, read.exclude, named=named)
    except ReleaseError as error:
        raise ReleaseError(*said, *error.problems) from error
    if any(problem.severity is Severity.ERROR for problem in said):
        raise ReleaseError(*said, *workspace.missing_paths(read, projects))
    suite, problems = workspace.join(read, projects)
    return suite, (*said, *problems)
