"""The build of one module from the release commit: what it is told, and the doing of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from packaging.version import Version

from trainer_release.model.plan import Action
from trainer_release.model.record import Record
from trainer_release.model.suite import Module, Suite
from trainer_release.release.names import home, module_tags, tag_name
from trainer_release.release.step import World
from trainer_release.suite.layouts import scm
from trainer_release.suite.mounts import split
from trainer_release.world import worktree


@dataclass(frozen=True, slots=True)
class Build(Action):
    """`path` is the project's folder in the workspace; `epoch` the SOURCE_DATE_EPOCH; `wheel_from` sdist or tree; `env`
    tells the version to a project that takes it from the tag, which does not exist yet, and `tags` are shown to one
    that listens to nothing else."""

    path: str = "."
    epoch: int = 0
    wheel_from: str = "sdist"
    env: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()


def constraints(record: Record) -> tuple[str, ...]:
    """What binds a build to the recorded conditions: each build requirement at its version; at most the highest, where
    packages were built with several."""
    found: dict[str, list[str]] = {}
    for line in record.build.get("requires", ()):
        name, _, version = line.partition("==")
        found.setdefault(name, []).append(version)
    signs = {name: "==" if len(versions) == 1 else "<=" for name, versions in found.items()}
    return tuple(f"{name}{signs[name]}{max(versions, key=Version)}" for name, versions in found.items())


def of(suite: Suite, name: str, epoch: int) -> Build:
    """The build of one module at its version in this suite."""
    module = suite.modules[name]
    action = Build(name, path=module.path or ".", epoch=epoch, wheel_from=module.build)
    if module.project is None:
        return action
    tags = version_tags(suite, module) if scm.needs_tag(module.project) else ()
    return replace(action, env=scm.pretend(module.project, module.version), tags=tags)


def version_tags(suite: Suite, module: Module) -> tuple[str, ...]:
    """The names that say this module's version: as the catalog tags a module, and, counting as newer, a suite."""
    of_module = (ref.removeprefix("refs/tags/") for ref in module_tags(suite, [module.name], home(suite, module.name)))
    return tuple(dict.fromkeys((*of_module, tag_name(suite.catalog, module.version))))


def make(action: Build, world: World, out: Path) -> tuple[Path, ...]:
    """Build sdist and wheel in the linked work tree, into `out`."""
    env = action.env
    if action.tags:
        view, name = world.scratch / "tagged" / action.subject, split(action.path)[0]
        env = {**env, **worktree.tagged(world.git_of(name), world.tree_of(name), view, action.tags, action.epoch)}
    source = world.place(action.path)
    return world.builder.build(source, out, epoch=action.epoch, wheel_from=action.wheel_from, env=env)
