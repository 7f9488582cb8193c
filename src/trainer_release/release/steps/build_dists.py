"""Build sdist and wheel of a module from the release commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from trainer_release.model.facts import PrepareFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release.step import World
from trainer_release.suite.layouts import scm
from trainer_release.world import artifacts
from trainer_release.world.files import remove_tree

NAME = "build_dists"


@dataclass(frozen=True, slots=True)
class Build(Action):
    """`path` is the project's folder in the workspace; `epoch` the SOURCE_DATE_EPOCH; `wheel_from` sdist or tree; `env`
    tells the version to a project that takes it from the tag, which does not exist yet."""

    path: str = "."
    epoch: int = 0
    wheel_from: str = "sdist"
    env: Mapping[str, str] = field(default_factory=dict)


def plan(facts: PrepareFacts) -> tuple[Build, ...]:
    """One build a module whose version the index lacks."""
    modules = (facts.change.suite.modules[name] for name in facts.change.built)
    return tuple(
        Build(
            m.name,
            path=m.path or ".",
            epoch=facts.epoch,
            wheel_from=m.build,
            env=scm.pretend(m.project, m.version) if m.project else {},
        )
        for m in modules
    )


def seen(action: Build, world: World) -> bool | None:
    """A run of prepare builds what it tests; earlier files are not taken."""
    del action, world
    return False


def run(action: Build, world: World, so_far: SoFar) -> Outcome:
    """Build in the linked work tree; the files' names, hashes and sizes are the evidence."""
    del so_far
    out = world.artifacts / action.subject
    remove_tree(out)
    made = world.builder.build(
        world.workspace / action.path, out, epoch=action.epoch, wheel_from=action.wheel_from, env=action.env
    )
    files = [asdict(artifacts.dist(path)) for path in made]
    return Outcome(evidence={"files": files}, note=", ".join(path.name for path in made))
