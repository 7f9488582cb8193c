"""The suite's other repositories: cloned below the state folder, followed before a release, read as they are else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from trainer_release.errors import ReleaseError, fail
from trainer_release.model.catalog import Catalog
from trainer_release.model.facts import RemoteFacts, RepositoryFacts
from trainer_release.model.record import Record, RecordedRepository
from trainer_release.suite.mounts import Mount, mounts
from trainer_release.world import clones, moves, refs
from trainer_release.world.clones import Tip
from trainer_release.world.git import Git

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Home:
    """The catalog's own repository, the workspace root in it, and the suite's data folder."""

    git: Git
    root: Path
    data: Path

    def clone(self, name: str) -> Path:
        """Where a clone lies. It holds commits that are prepared and not pushed: data, not cache."""
        return self.data / "repositories" / f"{name}.git"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A repository beside the catalog's own: its clone, and where that stands."""

    mount: Mount
    git: Git
    tip: Tip

    def facts(self, *, moved: bool = False) -> RepositoryFacts:
        """As preflight and planner know it."""
        known = self.git.refs("refs/tags", "refs/heads")
        remote = RemoteFacts(clones.REMOTE, self.tip.remote or {})
        return RepositoryFacts(
            self.mount.url, self.tip.branch, self.tip.commit, known, remote, moved or self.tip.behind
        )

    def recorded(self) -> RecordedRepository:
        """As the record of a release has it whose bytes a run binds: nothing is moved or tagged here."""
        commit = self.tip.commit
        return RecordedRepository(
            self.mount.url, self.tip.branch, commit, commit, self.git.tree_of(commit), tagged=False
        )


Found = Mapping[str, Elsewhere]
"""The repositories by name."""


def at_hand(home: Home, catalog: Catalog) -> Found:
    """What is cloned already, as it is; nobody is asked."""
    found = {}
    for mount in mounts(catalog):
        clone = clones.opened(home.clone(mount.name))
        tip = clones.at_hand(clone, mount.ref) if clone else None
        if clone and tip:
            found[mount.name] = Elsewhere(mount, clone, tip)
    return found


def followed(home: Home, catalog: Catalog, instead: Path | None = None) -> Found:
    """Every repository, cloned where it is not yet, and brought up with its remote; all problems at once.

    `instead`: a folder for throw-away clones; what is cloned already is read there, and stays as it is.
    """

    def one(mount: Mount) -> Elsewhere:
        url = address(home, mount.url)
        clone = _clone(home, mount.name, url, instead)
        return Elsewhere(mount, clone, clones.followed(clone, url, mount.ref))

    return {each.mount.name: each for each in _together(one, mounts(catalog))}


def recorded(home: Home, record: Record, tag: str, instead: Path | None = None) -> Found:
    """The repositories of a prepared release, each at the commit that its suite tag (`tag`, a full ref) names, which a
    squash may have made, else at the recorded one; fetched where a clone lacks it. `instead` as above."""

    def one(pair: tuple[str, RecordedRepository]) -> Elsewhere:
        name, there = pair
        url = address(home, there.url)
        clone = _clone(home, name, url, instead)
        refs_there = clones.seen(clone, url, there.branch, tag)
        tagged = clone.commit_of(tag) if there.tagged else None
        commit = tagged if tagged and clone.tree_of(tagged) == there.tree else there.commit
        if not clones.bring(clone, url, commit):
            raise fail(
                "repository-incomplete",
                f"{name}: neither its remote nor this machine has commit {commit[:12]}, which {record.version} "
                "was prepared with",
                hint=f"run `trainer-release push {record.version}` where it was prepared",
            )
        return Elsewhere(Mount(name, there.url, there.branch, ()), clone, Tip(there.branch, commit, refs_there))

    return {each.mount.name: each for each in _together(one, list(record.elsewhere.items()))}


def _clone(home: Home, name: str, url: str, instead: Path | None) -> Git:
    place = home.clone(name)
    clone = clones.made(instead / place.name if instead else place, url, home.git)
    if instead and clones.opened(place):
        clones.copied(clone, place)
    return clone


def made(home: Home, record: Record, names: Iterable[str]) -> dict[str, Git]:
    """The clones of a prepared release's repositories, whether they have its commits or not."""
    return {name: _clone(home, name, address(home, record.elsewhere[name].url), None) for name in names}


def has_moved(found: Elsewhere, there: RecordedRepository, *, proposed: bool) -> bool:
    """Whether the remote's branch is neither on the way to the release's commit nor has it."""
    ref = f"refs/heads/{there.branch}"
    now = (found.tip.remote or {}).get(ref)
    commit = found.tip.commit
    # A commit cannot move, a moved tag leaves behind what was tested, and a proposal is for `tag` to judge.
    settled = there.branch is None or (proposed and commit == there.commit)
    fits = now is not None and refs.contains(found.git, commit, now)
    return not settled and not fits and not refs.holds(found.git, ref, now, commit)


def address(home: Home, url: str) -> str:
    """A repository's address; a path is relative to the workspace."""
    plain = "://" not in url and ":" not in url.split("/", maxsplit=1)[0]
    return str((home.root / url).resolve()) if plain else url


def places(found: Found) -> dict[str, tuple[Git, str]]:
    """Clone and commit by the folder under which its files stand."""
    return {each.mount.folder: (each.git, each.tip.commit) for each in found.values()}


def gits(found: Found) -> dict[str, Git]:
    """The clones by name."""
    return {name: each.git for name, each in found.items()}


def cloned(home: Home, names: Iterable[str]) -> dict[str, Git]:
    """Repositories by name as they are cloned; the empty name is the catalog's own."""
    return {name: Git(home.clone(name), home.clone(name)) if name else home.git for name in names}


def pending(home: Home) -> moves.Moves | None:
    """What a run of `prepare` that was cut off has left to move."""
    return moves.pending(home.data / moves.LOG)


def finish(home: Home, version: str) -> None:
    """Finish a run that was cut off while it moved refs; `release-pending` where it was another version's. Where
    nothing was moved yet, it is forgotten. The caller brings the person's files forward and is then `settled`."""
    left = pending(home)
    if left is None:
        return
    gits = cloned(home, left.changes)
    if not moves.begun(left, gits):
        settled(home)
        return
    if left.release != version:
        raise fail(
            "release-pending",
            f"a run for {left.release} was cut off while it moved branch, record and tags",
            hint=f"`trainer-release prepare {left.release}` finishes it, `trainer-release abandon {left.release}` "
            "undoes it",
        )
    moves.go_on(left, gits)


def settled(home: Home) -> None:
    """Nothing is left to do of a run that was cut off."""
    moves.done(home.data / moves.LOG)


def _together(one: Callable[[T], Elsewhere], things: Sequence[T]) -> list[Elsewhere]:
    """Do the same for all at once; every problem is told."""
    if not things:
        return []
    from concurrent.futures import ThreadPoolExecutor

    from trainer_release.agent.workers import stopped

    with ThreadPoolExecutor(min(8, len(things))) as pool:
        futures = [pool.submit(one, thing) for thing in things]
        with stopped(pool, futures):
            errors = [future.exception() for future in futures]
    problems = [problem for error in errors if isinstance(error, ReleaseError) for problem in error.problems]
    if problems:
        raise ReleaseError(*problems)
    return [future.result() for future in futures]
