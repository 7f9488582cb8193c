"""`test-agent ci`: the workflows that the catalog asks for, written or compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from trainer_release.agent import cells, workflows
from trainer_release.app.subject import Subject, of_catalog, of_own_repository
from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.suite import Module
from trainer_release.world import files


def write(start: Path, catalog: Path | None) -> tuple[str, ...]:
    """Make the repository's workflows what the catalog asks for; the paths that were written or removed.

    One that this command wrote for a module that is no more is removed; every other file is left alone. ReleaseError
    `workflow-differs` where a file of the same name is somebody's own.
    """
    root, wanted, there = _looked(start, catalog)
    foreign = [path for path in wanted if path in there and not there[path].startswith(workflows.MARK)]
    if foreign:
        hint = "give it another name, or delete it; then run this again"
        said = "was not written by this command, and stands where it would write"
        raise ReleaseError(*(Problem("workflow-differs", f"{path} {said}", path, hint=hint) for path in foreign))
    changed = [path for path, text in wanted.items() if there.get(path) != text]
    for path in changed:
        files.replace_text(root / path, wanted[path])
    left = [path for path, text in there.items() if path not in wanted and text.startswith(workflows.MARK)]
    for path in left:
        (root / path).unlink()
    return (*changed, *left)


def check(start: Path, catalog: Path | None) -> tuple[Problem, ...]:
    """What `write` would change, each file a problem `workflow-differs`."""
    _, wanted, there = _looked(start, catalog)
    return tuple(_problems(wanted, there))


def _problems(wanted: Mapping[str, str], there: Mapping[str, str]) -> Iterator[Problem]:
    hint = "test-agent ci write"
    for path, text in wanted.items():
        if path not in there:
            yield Problem("workflow-differs", f"{path} is missing", path=path, hint=hint)
        elif there[path] != text:
            pairs = zip(text.splitlines(), [*there[path].splitlines(), *[""] * text.count("\n")], strict=False)
            line = next((n for n, (new, old) in enumerate(pairs, 1) if new != old), text.count("\n") + 1)
            yield Problem("workflow-differs", f"{path} is not what the catalog asks for", path, line, hint=hint)
    for path, text in there.items():
        if path not in wanted and text.startswith(workflows.MARK):
            yield Problem("workflow-differs", f"{path} tests what is no module any more", path=path, hint=hint)


def _looked(start: Path, catalog: Path | None) -> tuple[Path, Mapping[str, str], Mapping[str, str]]:
    subject = of_catalog(start, catalog, ()) or of_own_repository(start, ())
    folder = subject.root / workflows.FOLDER
    found = sorted(folder.glob("*.yml")) if folder.is_dir() else []
    there = {f"{workflows.FOLDER}/{path.name}": files.text_or_none(path) or "" for path in found}
    return subject.root, _wanted(subject), there


def _wanted(subject: Subject) -> Mapping[str, str]:
    own = [module for module in subject.modules if module.project is not None]
    place = workflows.Place(
        branches=subject.suite.catalog.release.branches if subject.suite else ("main",),
        tools=(subject.root / workflows.TOOLS).is_file(),
        together=subject.suite is not None and bool(own),
    )
    return workflows.render((_tested(subject, module) for module in own), place)


def _tested(subject: Subject, module: Module) -> workflows.Tested:
    """A module, its siblings as far as its environment may ask for them, and the catalog: what its tests depend on."""
    siblings = cells.needed(subject.suite, module) if subject.suite else ()
    around = [each.path for each in (module, *siblings) if each.path is not None]
    limited = subject.suite is not None and "." not in around
    catalog = [subject.suite.catalog.path] if subject.suite else []
    requires = [each.project.requires_python for each in (module, *siblings) if each.project]
    return workflows.Tested(
        module.name,
        (*(f"{path}/**" for path in around), *catalog) if limited else (),
        workflows.pythons(requires, subject.settings.of(module.name).python),
    )
