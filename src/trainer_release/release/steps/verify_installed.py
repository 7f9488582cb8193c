"""Install the whole suite from the index into a clean environment and check that it is what was prepared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from trainer_release.errors import fail
from trainer_release.model.facts import ExecuteFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release.step import World
from trainer_release.world.files import replace_text

NAME = "verify_installed"


@dataclass(frozen=True, slots=True)
class Verify(Action):
    """`versions` by package name: the whole suite."""

    suite: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)


def plan(facts: ExecuteFacts) -> tuple[Verify, ...]:
    """One environment for all."""
    return (
        Verify(
            suite=facts.version, versions={module.package: module.version for module in facts.record.modules.values()}
        ),
    )


def seen(action: Verify, world: World) -> bool | None:
    """An installation leaves no trace in the world; the journal knows."""
    del action, world
    return None


def run(action: Verify, world: World, so_far: SoFar) -> Outcome:
    """Install from the index alone, then ask the environment."""
    from trainer_release import compatibility
    from trainer_release.world import index, process

    del so_far
    folder = world.scratch / "installed"
    python = world.venvs.create(folder)
    pins = [f"{package}=={version}" for package, version in action.versions.items()]
    simple = world.index.simple or index.default_simple(world.index.name)
    said = world.venvs.install(python, pins, index_url=simple, refresh=tuple(action.versions))
    if not said.ok:
        raise fail(
            "not-installable",
            "the published suite does not install from the index",
            context=said.tail,
            hint="every file is published; if the index is slow, run the same command again, else release a "
            "repaired version",
        )
    expected = folder / "expected.json"
    replace_text(expected, json.dumps({"suite_version": action.suite, "modules": _modules(action)}))
    answer = process.run([python, "-I", compatibility.__file__, expected])
    if not answer.ok:
        raise fail("not-installable", "the installed suite is not what was published", context=answer.tail)
    return Outcome(note=f"{len(pins)} packages")


def _modules(action: Verify) -> dict[str, dict[str, str]]:
    return {package: {"version": version} for package, version in action.versions.items()}
