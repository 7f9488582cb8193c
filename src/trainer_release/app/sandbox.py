"""A throw-away copy of all that a release touches: the repositories, their remotes, the state folder and an index."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trainer_release.app import elsewhere
from trainer_release.app.session import Session, open_session
from trainer_release.model.catalog import Catalog
from trainer_release.model.record import Record
from trainer_release.release.names import RECORDS, branch_ref
from trainer_release.suite.mounts import Mount, mounts
from trainer_release.world import clones, git_config, moves, refs, throwaway, worktree
from trainer_release.world.git import Git

_TREE = "tree"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A copy below `folder`. Commands are started in `start`; `repositories` are all that git has there, by path."""

    folder: Path
    start: Path
    session: Session
    suite: str

    @property
    def catalog(self) -> Path:
        return self.start / self.session.catalog

    @property
    def index(self) -> Path:
        """The folder of the throw-away index's files."""
        return self.session.data(self.suite) / "index" / "files"

    def gits(self) -> dict[str, Git]:
        """The repositories, by their path below `folder`."""
        bare = sorted(path.parent for path in self.folder.glob("remotes/*/HEAD"))
        bare += sorted(path.parent for path in self.session.data(self.suite).glob("repositories/*/HEAD"))
        named = {path.relative_to(self.folder).as_posix(): Git(path, path) for path in bare}
        return {f"{_TREE}/.git": self.session.git} | named

    def copy(self, folder: Path) -> Sandbox:
        """The same in another folder, which is made."""
        throwaway.copied(self.folder, folder, self.gits())
        start = folder / self.start.relative_to(self.folder)
        return Sandbox(folder, start, open_session(start, Path(self.session.catalog)), self.suite)

    def closed(self) -> None:
        """Refuse (`rehearsal-leaves`) unless every remote of every repository lies in here."""
        for git in self.gits().values():
            throwaway.refuse_outside(git, self.folder)


def made(session: Session, version: str, folder: Path, *, published: bool = True) -> Sandbox:
    """The copy of what `session` works in, as it is now: an edit that is not committed joins a release there, too. Of a
    version that is prepared already its files are taken along. What a remote has is asked for, and nothing else.

    Without `published` nothing ever was: its index is empty, and no record of a release is there."""
    git, listed = session.git, session.listed()
    chosen = refs.remote_name(git.settings(), worktree.branch(git))
    places = dict.fromkeys(git.settings().remotes, folder / "remotes" / "nowhere.git")
    if chosen is not None:
        places[chosen] = folder / "remotes" / "origin.git"
        throwaway.remote(git, chosen, places[chosen])
    copy = throwaway.work_tree(git, folder / _TREE, places)
    start = folder / _TREE / session.prefix
    there = Sandbox(folder, start, Session(start, session.catalog, copy, session.prefix), listed.suite)
    _elsewhere(session, there, listed)
    for kind in ("artifacts", "journal"):
        throwaway.copy(session.cache(listed.suite) / kind / version, there.session.cache(listed.suite) / kind / version)
    throwaway.copy(session.data(listed.suite) / moves.LOG, there.session.data(listed.suite) / moves.LOG)
    if published:
        throwaway.linked(session.data(listed.suite) / "index" / "files", there.index)
    else:
        for git in there.gits().values():
            refs.update(git, [refs.RefChange(ref, oid, None) for ref, oid in git.refs(RECORDS).items()])
    there.closed()
    return there


def cloned(there: Sandbox) -> Sandbox:
    """A fresh clone of the throw-away remote, beside the copy and in its stead: all that another machine has."""
    git = there.session.git
    remote = refs.remote_name(git.settings(), worktree.branch(git)) or ""
    made = throwaway.fresh(git, remote, there.folder / "fresh")
    start = made.root / there.session.prefix
    return Sandbox(there.folder, start, Session(start, there.session.catalog, made, there.session.prefix), there.suite)


def _elsewhere(session: Session, there: Sandbox, listed: Catalog) -> None:
    """The suite's other repositories: what is cloned is cloned there, and their remotes lead to throw-away ones."""
    home, copy = session.home(listed.suite), there.session.home(listed.suite)
    for mount in mounts(listed):
        known, url = clones.opened(home.clone(mount.name)), elsewhere.address(copy, mount.url)
        place = there.folder / "remotes" / f"{mount.name}@.git"
        _remote(home, mount, known, there.folder / "reading" / f"{mount.name}.git", place)
        throwaway.instead(copy.git, {url: place})
        if known is not None:
            throwaway.clone(known, copy.clone(mount.name))
            clones.made(copy.clone(mount.name), url, copy.git)


def _remote(home: elsewhere.Home, mount: Mount, known: Git | None, reading: Path, place: Path) -> None:
    """What another repository's remote has; it is asked through a clone of our own, which then forgets the address."""
    url = elsewhere.address(home, mount.url)
    reader = clones.made(reading, url, home.git)
    if known is not None:
        throwaway.borrow(reading, known)
    throwaway.remote(reader, clones.REMOTE, place, clones.remote_refs(reader, url))
    git_config.include(reader, ())


def seed(there: Sandbox, record: Record, simple: str) -> None:
    """Put what an index has of a release already, carried modules above all, into the throw-away one."""
    from trainer_release.world import index

    listed = index.listings(simple, [module.package for module in record.modules.values()])
    for module in record.modules.values():
        for file in listed[module.package].get(module.version, ()):
            index.download(file, there.index)


def merged(there: Sandbox, record: Record) -> None:
    """Do what people do with a proposal: bring the release commits onto the branches, as they stand."""
    git, home = there.session.git, there.session.home(there.suite)
    remote, branch = refs.remote_name(git.settings(), worktree.branch(git)), branch_ref(record.build.get("branch"))
    if remote is not None:
        refs.push(git, remote, [f"{record.commit}:{branch}"])
    else:
        refs.update(git, [refs.RefChange(branch, git.commit_of(branch), record.commit)])
    for name, repository in record.elsewhere.items():
        if repository.tagged and repository.branch:
            own = Git(home.clone(name), home.clone(name))
            refs.push(own, clones.REMOTE, [f"{repository.commit}:{branch_ref(repository.branch)}"])
