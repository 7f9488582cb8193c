"""Where tests lie: a module's own, and those that bring modules together."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from trainer_release.agent.repository import REPOSITORY, repository_tests
from trainer_release.agent.stage import FOLDERS, configured
from trainer_release.model.agent_settings import ModuleSettings
from trainer_release.model.suite import Module, Suite
from trainer_release.model.testing import TestSource
from trainer_release.world import files

__all__ = ["REPOSITORY", "files_of", "integration_tests", "module_tests"]

_TOGETHER = "integration"
GENERATED = "generated"
"""The folder below the integration tests that `test-agent generate` writes, and the origin of its tests."""
_PLAIN = ModuleSettings()
_PATTERNS = ("test_*.py", "*_test.py")


def module_tests(
    root: Path, module: Module, folder: Path | None = None, said: ModuleSettings = _PLAIN
) -> tuple[TestSource, ...]:
    """The module's own `tests/` (or `test/`), without the integration tests below it; empty where there is none.

    `folder` is where its project lies; None: at its path below the root. `said` may name another folder of tests, and
    what they read beside it.
    """
    if module.path is None:
        return ()
    folder = folder or root / module.path
    found = next(
        (folder / name for name in ((said.tests,) if said.tests else FOLDERS) if (folder / name).is_dir()), None
    )
    if found is None:
        return ()
    ignored = (_TOGETHER,) if (found / _TOGETHER).is_dir() else ()
    config = _configuration(folder, root)
    also = tuple(Path(os.path.relpath(folder.resolve() / name, config)).as_posix() for name in said.stage_also)
    return (TestSource("module", str(found), config, ignored, also),)


def integration_tests(
    root: Path,
    suite: Suite | None,
    umbrella_path: str | None,
    *,
    here: Path | None = None,
    repository: str | None = None,
) -> tuple[TestSource, ...]:
    """`tests/integration` of workspace root, umbrella and current folder, and the repository's `tests/`.

    `umbrella_path` is relative to `root`, or absolute; None: the suite's own. `repository` is `path` or `path@ref`;
    None: what the environment variable INTEGRATION_TESTS_REPO says. Test files whose bytes an earlier source has are
    left out. A repository without `tests/` is ReleaseError `integration-tests-missing`.
    """
    umbrella = umbrella_path or (suite.umbrella.path if suite and suite.umbrella else None)
    bases = [root, *([root / umbrella] if umbrella else []), here or Path.cwd()]
    sources = [source for base in dict.fromkeys(base.resolve() for base in bases) for source in _below(base, root)]
    named = os.environ.get(REPOSITORY) if repository is None else repository
    further = [repository_tests(named)] if named else []
    return _without_duplicates([*sources, *further])


def _below(base: Path, root: Path) -> tuple[TestSource, ...]:
    """The integration tests that lie below a folder: those that people wrote, and those that were generated."""
    found = next((base / name / _TOGETHER for name in FOLDERS if (base / name / _TOGETHER).is_dir()), None)
    if found is None:
        return ()
    shown = found.relative_to(root.resolve()) if found.is_relative_to(root.resolve()) else found
    own, made = TestSource(shown.as_posix(), str(found), _configuration(base, root)), found / GENERATED
    if not made.is_dir():
        return (own,)
    own, generated = replace(own, ignore=(GENERATED,)), replace(own, origin=GENERATED, path=str(made))
    return (own, generated) if files_of(own) else (generated,)


def _configuration(folder: Path, root: Path) -> str:
    """The folder whose pytest configuration counts: the project's own, else the workspace root's."""
    inside = folder.resolve().is_relative_to(root.resolve())
    outer = inside and not configured(folder) and configured(root)
    return str(root.resolve() if outer else folder.resolve())


def files_of(source: TestSource) -> tuple[Path, ...]:
    """The files of a source that pytest would collect by default, sorted."""
    path = Path(source.path)
    found = {file for pattern in _PATTERNS for file in path.rglob(pattern) if "__pycache__" not in file.parts}
    ignored = [path / name for name in source.ignore]
    return tuple(sorted(file for file in found if not any(file.is_relative_to(place) for place in ignored)))


def _without_duplicates(sources: Iterable[TestSource]) -> tuple[TestSource, ...]:
    seen: set[str] = set()
    kept = []
    for source in sources:
        hashes = {file: files.sha256(file) for file in files_of(source)}
        again = tuple(file.relative_to(source.path).as_posix() for file, digest in hashes.items() if digest in seen)
        seen |= set(hashes.values())
        if len(again) < len(hashes) or not hashes:
            kept.append(replace(source, ignore=(*source.ignore, *again)))
    return tuple(kept)
