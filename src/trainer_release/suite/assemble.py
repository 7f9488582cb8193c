"""From texts to a Suite: catalog, projects and graph, read and joined. The texts may be a work tree's or a commit's."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from trainer_release.errors import Problem, fail
from trainer_release.model.suite import Suite
from trainer_release.suite import catalog, workspace


def assemble(name: str, paths: Iterable[str], text_of: Callable[[str], str | None]) -> tuple[Suite, tuple[Problem, ...]]:
    """The suite whose catalog is `name`; `paths` are the files below the workspace root, all posix and relative to it.

    The second value holds drift and warnings; what is structurally wrong raises ReleaseError with every complaint.
    """
    text = text_of(name)
    if text is None:
        raise fail("catalog-missing", f"there is no {name} here", hint="run `trainer-release init` to write one")
    read, warnings = catalog.read(text, name)
    projects = workspace.find([p for p in paths if p.rsplit("/", 1)[-1] == "pyproject.toml"], text_of, read.exclude)
    suite, problems = workspace.join(read, projects)
    return suite, (*warnings, *problems)
