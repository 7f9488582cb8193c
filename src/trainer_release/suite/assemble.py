"""From texts to a Suite: catalog, projects and graph, read and joined. The texts may be a work tree's or a commit's."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from trainer_release.errors import Problem, ReleaseError, Severity, fail
from trainer_release.model.suite import Suite
from trainer_release.suite import mounts, workspace
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
    name: str, paths: Iterable[str], text_of: Callable[[str], str | None], *, drift: bool = True
) -> tuple[Suite, tuple[Problem, ...]]:
    """The suite whose catalog is `name`; `paths` are the files below the workspace root, all posix and relative to it.

    Files of other repositories stand under their mounts (`suite/mounts.py`). The second value holds drift, if
    that is asked for, and warnings; what is structurally wrong raises ReleaseError with every complaint.
    """
    text = text_of(name)
    if text is None:
        raise fail("catalog-missing", f"there is no {name} here", hint="run `trainer-release init` to write one")
    read, said = examine(text, name)
    if read is None:
        raise ReleaseError(*said)
    mounted = mounts.mounts(read)
    names, known = {mount.name for mount in mounted}, list(paths)
    home = [path for path in known if mounts.split(path)[0] not in names]
    places = [read.umbrella_path, *(m.path for m in read.modules.values() if m.repository is None)]
    try:
        projects = workspace.find(home, text_of, read.exclude, named=[place for place in places if place])
        for mount in mounted:
            projects += tuple(mounts.projects_in(mount, read, known, text_of))
    except ReleaseError as error:
        raise ReleaseError(*said, *error.problems) from error
    there = {mounts.split(path)[0] for path in known} & names
    said = (*said, *mounts.complaints(read, there))
    if any(problem.severity is Severity.ERROR for problem in said):
        raise ReleaseError(*said, *workspace.missing_paths(read, projects, there))
    suite, problems = workspace.join(read, projects, there, drift=drift)
    if not read.umbrella_also and not any(module.also for module in read.modules.values()):
        return suite, (*said, *problems)
    from trainer_release.suite import further

    suite, further_problems = further.with_places(suite, text_of)
    return suite, (*said, *problems, *further_problems)
