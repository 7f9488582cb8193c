"""The wheels to test: built from the work tree, or taken from a folder of built files."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from trainer_release.agent.workers import each
from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.suite import Module
from trainer_release.model.testing import WheelRef
from trainer_release.world import artifacts, files, sources_digest
from trainer_release.world.builds import Builder
from trainer_release.world.cache import DAY, Shelf, key_of

_CACHES = (
    "__pycache__",
    ".*_cache",
    "*.egg-info",
    ".git",
    ".hg",
    ".tox",
    ".nox",
    ".venv",
    "venv",
    "node_modules",
)
_OUTPUTS = ("build", "dist")
_EPOCH = 1_577_836_800
"""2020-01-01: the time of every file in a wheel that is built for a test, so that equal sources give equal wheels."""
_FORMAT, _UNUSED = "1", 14
_BUILDS_SAY = ("pyproject.toml", "setup.py", "setup.cfg", "hatch_build.py", "build.py", "MANIFEST.in")


def build(
    builder: Builder,
    root: Path,
    modules: Iterable[Module],
    folder: Path,
    jobs: int,
    tags: Mapping[str, Sequence[str]] | None = None,
    *,
    cache: Path | None = None,
) -> tuple[WheelRef, ...]:
    """Build the wheels of modules that the work tree holds, each from a copy of its project, in `folder`. `tags` say a
    module's version, by its name, to a build that listens to nothing else. Below `cache` a wheel is kept for a day, by
    all that it is built from.

    ReleaseError with the complaints about every module that cannot be built.
    """

    def attempt(module: Module) -> WheelRef | ReleaseError:
        try:
            return _kept(builder, root, module, folder, (tags or {}).get(module.name, ()), cache)
        except ReleaseError as error:
            return error

    answers = each(attempt, modules, jobs)
    problems = [problem for answer in answers if isinstance(answer, ReleaseError) for problem in answer.problems]
    if problems:
        raise ReleaseError(*problems)
    return tuple(answer for answer in answers if isinstance(answer, WheelRef))


def _kept(
    builder: Builder, root: Path, module: Module, folder: Path, tags: Sequence[str], cache: Path | None
) -> WheelRef:
    """The wheel that was built from the same within a day, its bytes unchanged; else a new one."""
    facts = _facts(builder, root, module) if cache else None
    if cache is None or facts is None:
        return _build(builder, root, module, folder, folder / "dist" / module.name, tags)

    def sound(place: Path, said: Mapping[str, Any]) -> WheelRef | None:
        found = WheelRef(**said["wheel"])
        inside = Path(found.path).parents[1] == place and 0 <= time.time() - said["made"] < DAY
        return found if inside and files.sha256(Path(found.path)) == found.sha256 else None

    def made(place: Path) -> tuple[WheelRef, Mapping[str, Any]]:
        found = _build(builder, root, module, folder, place / f"dist-{uuid4().hex[:8]}", tags)
        return found, {"wheel": asdict(found), "made": time.time()}

    return Shelf(cache / "test-agent" / "wheels", _UNUSED).having(key_of(facts), sound, made)


def _facts(builder: Builder, root: Path, module: Module) -> list[Any] | None:
    """All that a wheel is built from; None where it cannot be told: a tag gives the version, or the build looks at
    other folders."""
    if module.project is None or module.project.from_tag:
        return None
    place = root / (module.path or ".")
    if any(".." in (files.text_or_none(place / name) or "") for name in _BUILDS_SAY):
        return None
    around = [folder for folder in (place, *place.parents) if folder.is_relative_to(root)][1:]
    texts = {str(folder): sources_digest.files_of(folder) for folder in around}
    tree = sources_digest.tree(place, _CACHES, _OUTPUTS)
    return [_FORMAT, _EPOCH, builder.conditions, module.package, module.path, module.build, tree, texts]


def _build(builder: Builder, root: Path, module: Module, folder: Path, out: Path, tags: Sequence[str]) -> WheelRef:
    place = folder / "source" / module.name
    source = files.copy_inside(root, module.path or ".", place, _CACHES, _OUTPUTS)
    env = _told(root, module, place, _EPOCH, tags)
    built = builder.build(source, out, epoch=_EPOCH, wheel_from=module.build, env=env)
    return reference(next(path for path in built if path.suffix == ".whl"))


def _told(root: Path, module: Module, place: Path, epoch: int, tags: Sequence[str]) -> Mapping[str, str]:
    """The variables that tell the build a version that no file states. A copy has no history: where a tag must say it,
    the copy gets one, and without a catalog that is the last that the project has."""
    if module.project is None or not module.project.from_tag:
        return {}
    from trainer_release.suite.layouts import scm
    from trainer_release.world import worktree

    if not module.version:
        last = worktree.last_tag(root)
        worktree.picture(place, (last,) if last else (), epoch)
        return {}
    if scm.needs_tag(module.project):
        worktree.picture(place, tags, epoch)
    return scm.pretend(module.project, module.version)


def reference(wheel: Path) -> WheelRef:
    """A wheel file as a value: what its metadata says, and the hash of its bytes."""
    said = artifacts.read_metadata(wheel)
    return WheelRef(said.name, said.version, str(wheel.resolve()), files.sha256(wheel))


def collect(folder: Path, modules: Sequence[Module]) -> tuple[WheelRef, ...]:
    """The wheels of modules in a folder of built files, in the modules' versions.

    ReleaseError with every module that has none (`artifact-missing`) or several (`artifact-ambiguous`).
    """
    found: dict[tuple[str, Version], list[Path]] = {}
    for path in sorted(folder.glob("*.whl")):
        try:
            name, version, _, _ = parse_wheel_filename(path.name)
        except InvalidWheelFilename:
            continue
        found.setdefault((name, version), []).append(path)
    matches = {module.name: found.get(_key(module), []) for module in modules}
    problems = [_problem(folder, module, matches[module.name]) for module in modules if len(matches[module.name]) != 1]
    if problems:
        raise ReleaseError(*problems)
    return tuple(reference(matches[module.name][0]) for module in modules)


def _key(module: Module) -> tuple[str, Version]:
    return canonicalize_name(module.package), Version(module.version)


def _problem(folder: Path, module: Module, paths: Sequence[Path]) -> Problem:
    what = f"{module.package} {module.version}"
    if paths:
        names = ", ".join(path.name for path in paths)
        hint = "keep the one that is to be published"
        return Problem("artifact-ambiguous", f"{folder} holds several wheels of {what}: {names}", hint=hint)
    hint = f"build it there: trainer-release build --module {module.name} --out {folder}"
    return Problem("artifact-missing", f"{folder} holds no wheel of {what}", hint=hint)
