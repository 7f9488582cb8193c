"""build: what prepare would build, as prepare would, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from trainer_release.app import elsewhere, workbench
from trainer_release.app.session import Session, look, open_session
from trainer_release.errors import Problem, ReleaseError, Severity, fail
from trainer_release.model.catalog import IndexAddress
from trainer_release.model.index import Listing
from trainer_release.model.suite import Module, Suite
from trainer_release.release import building, survey
from trainer_release.release.names import home, tag_ref
from trainer_release.release.step import World
from trainer_release.release.steps import check_metadata
from trainer_release.world import index, worktree
from trainer_release.world.files import copy_file
from trainer_release.world.wheels import best_wheel


@dataclass(frozen=True, slots=True)
class Built:
    """The files that were made, those that came from the index because their version is there, and warnings."""

    made: tuple[Path, ...]
    fetched: tuple[Path, ...]
    warnings: tuple[Problem, ...]


def build(
    start: Path,
    out: Path,
    *,
    catalog: Path | None = None,
    modules: tuple[str, ...] = (),
    index_name: str | None = None,
    isolated_builds: bool = False,
) -> Built:
    """Build sdist and wheel of every module (or of those named) from HEAD into `out`; versions that the index has are
    fetched from there, so that `out` holds the whole suite for its tests."""
    session = open_session(start, catalog)
    head = session.git.commit_of("HEAD")
    if head is None:
        raise fail("not-a-repository", "the repository has no commit yet", hint="commit the work first")
    found = _elsewhere(session, head)
    suite = survey.suite_at(session.git, head, session.prefix, session.catalog, elsewhere.places(found))
    chosen = _chosen(suite, modules)
    epoch = int(session.git.do("show", "-s", "--format=%ct", head))
    with session.locked(suite.name, "trainer-release build"), look(session, suite, index_name) as listed:
        there = {m.name: listed.get(m.package, {}).get(m.version, ()) for m in chosen}
        gits = elsewhere.gits(found)
        bench = workbench.world(
            session, suite.name, "", "build", IndexAddress("none"), elsewhere=gits, isolated_builds=isolated_builds
        )
        with bench as world:
            lacking = [m.name for m in chosen if not there[m.name] and m.project]
            worktree.add(session.git, head, world.tree)
            for place in sorted({home(suite, name) for name in lacking} - {""}):
                worktree.add(world.git_of(place), found[place].tip.commit, world.tree_of(place))
            made = _all(world, suite, lacking, out, epoch)
        fetched = _fetched([m for m in chosen if there[m.name]], listed, out)
    changed = worktree.state(session.git).changed
    message = f"{len(changed)} uncommitted changes are not in what was built"
    warning = Problem("dirty-tree", message, hint="commit them", severity=Severity.WARNING)
    return Built(made, fetched, (warning,) if changed else ())


def _elsewhere(session: Session, head: str) -> elsewhere.Found:
    """The other repositories, as the release at HEAD recorded them; where there is none, as they are now."""
    listed = session.listed_at(head)
    tag = tag_ref(listed, listed.version)
    record, _, _ = survey.find_record(session.git, listed.suite, listed.version, tag)
    released = record is not None and session.git.tree_of(head) == record.tree
    place = session.home(listed.suite)
    return elsewhere.recorded(place, record, tag) if record and released else elsewhere.followed(place, listed)


def _chosen(suite: Suite, names: tuple[str, ...]) -> list[Module]:
    unknown = [name for name in names if name not in suite.modules]
    if unknown:
        known = ", ".join(suite.graph.order)
        raise ReleaseError(*(Problem("module-unknown", f"there is no module {name!r}", hint=known) for name in unknown))
    return [suite.modules[name] for name in suite.graph.order if not names or name in names]


def _all(world: World, suite: Suite, names: list[str], out: Path, epoch: int) -> tuple[Path, ...]:
    def one(check: check_metadata.Check) -> tuple[Path, ...]:
        made = building.make(building.of(suite, check.subject, epoch), world, world.scratch / check.subject)
        check_metadata.refuse(check, made)
        for path in made:
            copy_file(path, out / path.name)
        return tuple(out / path.name for path in made)

    world.builder.expect(world.place(suite.modules[name].path or ".") for name in names)
    with ThreadPoolExecutor(world.jobs) as pool:
        futures = [pool.submit(one, check) for check in check_metadata.of(suite, names)]
    problems = [p for future in futures if isinstance(e := future.exception(), ReleaseError) for p in e.problems]
    if problems:
        raise ReleaseError(*dict.fromkeys(problems))  # many packages may want what no index has
    return tuple(path for future in futures for path in future.result())


def _fetched(modules: list[Module], listed: Mapping[str, Listing], out: Path) -> tuple[Path, ...]:
    wheels = [best_wheel(listed[module.package][module.version]) for module in modules]
    return tuple(index.download(wheel, out) for wheel in wheels if wheel is not None)
