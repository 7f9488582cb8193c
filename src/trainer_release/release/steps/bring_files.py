"""Bring the files that are not at hand: from the draft release, or, last, built again; the recorded bytes or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.facts import ExecuteFacts
from trainer_release.model.forge import Forge
from trainer_release.model.index import Dist
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release.building import Build, make, of
from trainer_release.release.names import home, tag_name
from trainer_release.release.step import World
from trainer_release.world import worktree
from trainer_release.world.files import copy_file, sha256

NAME = "bring_files"
Files = Mapping[str, tuple[Dist, ...]]


@dataclass(frozen=True, slots=True)
class Bring(Action):
    """`files` by module are neither on the index nor at hand. `builds` make them again, from `commits` by repository
    (the empty name is the catalog's own); `python` is what they were prepared with. `live`: the index has some file of
    the release already."""

    files: Files = field(default_factory=dict)
    builds: tuple[Build, ...] = ()
    commits: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    tag: str = ""
    python: str = ""
    forge: Forge | None = None
    live: bool = False


def plan(facts: ExecuteFacts) -> tuple[Bring, ...]:
    """One action for all, where anything is missing that a record of `prepare` binds."""
    record, suite = facts.record, facts.suite
    files = {name: missing for name in record.modules if (missing := _missing(facts, name))}
    if not files or record.build.get("bytes") == "run":
        return ()
    places = {home(suite, name) for name in files}
    return (
        Bring(
            files=files,
            builds=tuple(of(suite, name, record.epoch) for name in files),
            commits={name: facts.elsewhere[name].head if name else record.commit for name in places},
            version=record.version,
            tag=tag_name(suite.catalog, record.version),
            python=str(record.build.get("python", "")),
            forge=facts.forge,
            live=any(
                dist.name in facts.listed(m.package, m.version) for m in record.modules.values() for dist in m.files
            ),
        ),
    )


def _missing(facts: ExecuteFacts, name: str) -> tuple[Dist, ...]:
    module = facts.record.modules[name]
    listed = facts.listed(module.package, module.version) if module.published else {}
    files = module.files if module.published else ()
    return tuple(dist for dist in files if dist.name not in listed and dist.name not in facts.local)


def said(action: Bring) -> str:
    """What the plan says of it."""
    names = ", ".join(dist.name for files in action.files.values() for dist in files)
    first = f"taken from the draft release of {action.tag}, else " if action.forge else ""
    return (
        f"neither on the index nor at hand: {names}; {first}built again from {action.tag}, the recorded bytes or none"
    )


def seen(action: Bring, world: World) -> bool | None:
    """Whether they have come to hand since."""
    return not any(_lacking(action, world).values())


def run(action: Bring, world: World, so_far: SoFar) -> Outcome:
    """Take from the draft release what it has; build what is left, every problem at once."""
    del so_far
    wanted = _lacking(action, world)
    trouble = _from_page(action, world, wanted) if action.forge else ""
    left = {name: files for name, files in _lacking(action, world).items() if files}
    problems = tuple(_built(action, world, left, trouble)) if left else ()
    if problems:
        raise ReleaseError(*problems)
    built = sum(map(len, left.values()))
    parts = {"from the draft release": sum(map(len, wanted.values())) - built, f"built again from {action.tag}": built}
    return Outcome(note=", ".join(f"{number} {source}" for source, number in parts.items() if number))


def _place(world: World, module: str, dist: Dist) -> Path:
    return world.artifacts / module / dist.name


def _lacking(action: Bring, world: World) -> Files:
    def lacks(module: str, dist: Dist) -> bool:
        place = _place(world, module, dist)
        return not place.is_file() or sha256(place) != dist.sha256

    return {name: tuple(dist for dist in files if lacks(name, dist)) for name, files in action.files.items()}


def _from_page(action: Bring, world: World, wanted: Files) -> str:
    """Take what the release on GitHub has of these very bytes; why that did not go, if it did not."""
    from trainer_release.world import github

    if action.forge is None:
        raise AssertionError(action)
    try:
        hub = github.opened(action.forge, sleep=world.clock.sleep, now=world.clock.now)
        page = hub.whole(hub.pages(), action.tag)
        for name, files in wanted.items():
            for dist in files:
                asset = page.assets.get(github.stored(dist.name)) if page else None
                if asset is not None and asset.whole:
                    hub.fetch(asset, dist.sha256, _place(world, name, dist))
    except ReleaseError as error:
        return error.problems[0].message
    return ""


def _built(action: Bring, world: World, left: Files, trouble: str) -> Iterator[Problem]:
    """Build these modules again in the commits of the release; complain of every file that is not the recorded one."""
    for repository, commit in action.commits.items():
        worktree.add(world.git_of(repository), commit, world.tree_of(repository))
    builds = [build for build in action.builds if build.subject in left]
    world.builder.expect(world.place(build.path) for build in builds)
    with ThreadPoolExecutor(world.jobs) as pool:
        futures = {
            build.subject: pool.submit(make, build, world, world.scratch / "again" / build.subject) for build in builds
        }
    for name, future in futures.items():
        error = future.exception()
        if error is not None and not isinstance(error, ReleaseError):
            raise error
        made = {path.name: path for path in (() if error else future.result())}
        for dist in left[name]:
            path = made.get(dist.name)
            if path is not None and sha256(path) == dist.sha256:
                copy_file(path, _place(world, name, dist))
            else:
                why = error.problems[0].message if error else _other(dist, made)
                yield _problem(action, dist, why, trouble, failed=error)


def _other(dist: Dist, made: Mapping[str, Path]) -> str:
    if dist.name not in made:
        return f"built again there is {', '.join(made)} instead"
    return f"built again it has sha256 {sha256(made[dist.name])}, the record says {dist.sha256}"


def _problem(action: Bring, dist: Dist, why: str, trouble: str, *, failed: ReleaseError | None) -> Problem:
    import platform

    other = (
        "release the next version"
        if action.live
        else f"`trainer-release abandon {action.version}`, then prepare it again"
    )
    here = platform.python_version()
    notes = (
        [f"prepared with Python {action.python}, this is {here}: the same one may build the same"]
        if action.python not in ("", here)
        else []
    )
    notes += [f"the draft release was not asked: {trouble}"] if trouble else []
    return Problem(
        "file-missing" if failed else "rebuilt-differs",
        f"{dist.name} is neither on the index nor at hand; {why}",
        context=(*notes, *(failed.problems[0].context if failed else ())),
        hint=f"give the folder that holds the prepared files with --artifacts DIR; without them: {other}",
    )
