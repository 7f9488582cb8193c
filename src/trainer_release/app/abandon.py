"""abandon VERSION: undo a prepared release of which nothing was published, in every repository that it touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trainer_release.app import elsewhere, leases, page, workbench
from trainer_release.app.session import Session, look, open_session
from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.model.catalog import Catalog
from trainer_release.model.record import Record, RecordedRepository
from trainer_release.release import survey
from trainer_release.release.names import branch_ref, record_ref, recorded_tags, release_branch, tag_name, tag_ref
from trainer_release.suite.versions import check_argument
from trainer_release.world import clones, moves, refs, worktree
from trainer_release.world.files import remove_tree, text_or_none
from trainer_release.world.git import Git
from trainer_release.world.lease import Lease


def abandon(
    start: Path, version: str, catalog: Path | None = None, index: str | None = None, *, take_over: bool = False
) -> tuple[str, ...]:
    """Undo a release of which nothing was published; what was undone, in words. A run of `prepare` that was cut off
    between two repositories is undone, too."""
    check_argument(version)
    session = open_session(start, catalog)
    listed = session.listed()
    words, left = f"trainer-release abandon {version}", list[Problem]()
    with (
        session.locked(listed.suite, words),
        leases.lease(session, listed, words, take_over=take_over, warn=left.append) as lease,
    ):
        cut_off = _cut_off(session, listed, version)
        record, _, _ = survey.find_record(session.git, listed.suite, version, tag_ref(listed, version))
        if record is None and not cut_off:
            hint = f"run `trainer-release prepare {version}` first"
            raise fail("nothing-prepared", f"there is no record of {version} here", hint=hint)
        said = cut_off if record is None else _whole(session, listed, record, index, lease)
        elsewhere.settled(session.home(listed.suite))
        for folder in ("artifacts", "journal"):
            remove_tree(session.cache(listed.suite) / folder / version)
    return (*said, *(problem.message for problem in left))


def _cut_off(session: Session, listed: Catalog, version: str) -> list[str]:
    """Put back what a cut-off run moved; where all but its last word was done, finish it, to be undone as a whole."""
    home = session.home(listed.suite)
    pending, log = elsewhere.pending(home), home.data / moves.LOG
    if pending is None or pending.release != version:
        return []
    gits = elsewhere.cloned(home, pending.changes)
    if record_ref(listed.suite, version) in session.git.refs(record_ref(listed.suite, version)):
        moves.go_on(pending, gits)
        return []
    undone = moves.undo(log, pending, gits)
    return [f"took back {ref}" for ref in undone] or [f"nothing of {version} was moved yet"]


def _whole(session: Session, listed: Catalog, record: Record, index: str | None, lease: Lease) -> list[str]:
    lease.hold("abandon")
    _nothing_published(session, record, index)
    others = {name: there for name, there in record.elsewhere.items() if there.tagged}
    gits = elsewhere.made(session.home(listed.suite), record, others)
    back = _back(session, listed, record)
    remote = refs.remote_name(session.git.settings(), worktree.branch(session.git))
    said = page.without_drafts(session.git, listed, remote, tag_name(listed, record.version))
    for name, there in others.items():
        names = _names(listed, record, there.branch)
        pushes = listed.release.push != "none"
        said += [f"{name}: {word}" for word in _elsewhere(gits[name], names, there, pushes=pushes)]
    said += _withdraw_remote(session, listed, record)
    return [*said, *_withdraw_local(session, listed, record, back)]


def _nothing_published(session: Session, record: Record, index: str | None) -> None:
    with look(session, session.load().suite, index) as known:
        names = {file.name for package in known.values() for files in package.values() for file in files}
    live = sorted(name for name in record.files() if name in names)
    if live:
        whole = set(live) == set(record.files())
        back = f"`trainer-release withdraw {record.version}` takes it back as far as that can be"
        hint = back if whole else f"`trainer-release execute {record.version}` finishes it, {back}"
        raise ReleaseError(Problem("published-already", f"the index has {', '.join(live)}", hint=hint))


def _names(listed: Catalog, record: Record, branch: str | None) -> list[str]:
    """Every ref that the release may have in a repository, the branch it was prepared on aside."""
    proposal = [branch_ref(release_branch(record.version))] if listed.release.push == "pull-request" and branch else []
    return [tag_ref(listed, record.version), *recorded_tags(listed, record), *proposal]


def _ours(names: list[str], here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """What of a remote's refs is this release's: another object under the name of a tag or record is somebody else's. A
    branch with a proposal is ours, whatever was added to it."""
    return [
        ref
        for ref in names
        if ref in there and (ref.startswith("refs/heads/") or here.get(ref, there[ref]) == there[ref])
    ]


def _elsewhere(git: Git, names: list[str], recorded: RecordedRepository, *, pushes: bool) -> list[str]:
    """Undo it in another repository: on its remote, then in the clone."""
    there, here = refs.remote_refs(git, clones.REMOTE) if pushes else {}, git.refs(*names)
    gone, branch = _ours(names, here, there), branch_ref(recorded.branch)
    if gone:
        refs.push(git, clones.REMOTE, [f":{ref}" for ref in gone])
    changes = [refs.RefChange(ref, oid, None) for ref, oid in here.items()]
    own = git.refs(branch).get(branch) if branch else None
    kept = own == recorded.commit != recorded.base and refs.holds(git, branch, there.get(branch), recorded.commit)
    if own == recorded.commit != recorded.base and not kept:
        changes.append(refs.RefChange(branch, recorded.commit, recorded.base))
    if changes:
        refs.update(git, changes)
    stays = [f"the release commit {recorded.commit[:12]} stays on {branch}"] if kept else []
    return [*(f"removed {ref} from {clones.REMOTE}" for ref in gone), *(f"took back {c.ref}" for c in changes), *stays]


def _withdraw_remote(session: Session, listed: Catalog, record: Record) -> list[str]:
    remote = refs.remote_name(session.git.settings(), worktree.branch(session.git))
    if remote is None or listed.release.push == "none":
        return []
    names = [record_ref(listed.suite, record.version), *_names(listed, record, "here")]
    gone = _ours(names, session.git.refs(*names), refs.remote_refs(session.git, remote))
    if gone:
        refs.push(session.git, remote, [f":{ref}" for ref in gone])
    return [f"removed {ref} from {remote}" for ref in gone]


@dataclass(frozen=True, slots=True)
class _Back:
    """How branch and files go back: to what `commit` has, and to the person's own edit of the catalog."""

    commit: str = "HEAD"
    files: Mapping[str, str | None] = field(default_factory=dict)
    now: Mapping[str, str] = field(default_factory=dict)
    moves: tuple[refs.RefChange, ...] = ()
    said: str = ""


def _back(session: Session, listed: Catalog, record: Record) -> _Back:
    """What there is to take back here; a file that the person has changed since refuses it (`file-changed`)."""
    git, joined = session.git, workbench.joined(session, record)
    if listed.release.push == "pull-request":
        head = git.texts("HEAD", joined)
        same = all(text_or_none(git.root / path) == head.get(path) for path in joined)
        return _Back(files=joined if same else {}, now=head)
    branch = branch_ref(record.build.get("branch"))
    parent = git.commit_of(f"{record.commit}^")
    ours = git.do("show", "-s", "--format=%s", record.commit) == f"Release {record.suite} {record.version}"
    tip = git.refs(branch).get(branch) if branch else None
    checked_out = git.commit_of("HEAD") == record.commit and branch == branch_ref(worktree.branch(git))
    if not (ours and parent and tip == record.commit and checked_out) or _pushed(session, record, branch):
        return _Back(said=f"the release commit {record.commit[:12]} stays on {branch}" if ours and tip else "")
    changed = git.do("diff-tree", "-r", "-z", "--name-only", "--no-commit-id", record.commit).split("\0")
    paths = [path for path in changed if path]
    before, now = {**dict.fromkeys(paths), **git.texts(parent, paths), **joined}, git.texts(record.commit, paths)
    worktree.refuse_changed(git, record.commit, before, now)
    changes = (refs.RefChange(branch, record.commit, parent),)
    return _Back(parent, before, now, changes, f"{branch} is back at {parent[:12]}")


def _withdraw_local(session: Session, listed: Catalog, record: Record, back: _Back) -> list[str]:
    known = session.git.refs(record_ref(listed.suite, record.version), *_names(listed, record, "here"))
    refs.update(session.git, [*(refs.RefChange(ref, oid, None) for ref, oid in known.items()), *back.moves])
    worktree.bring_forward(session.git, back.commit, back.files, back.now)
    return [*(f"removed {ref}" for ref in known), *([back.said] if back.said else [])]


def _pushed(session: Session, record: Record, branch: str) -> bool:
    remote = refs.remote_name(session.git.settings(), worktree.branch(session.git))
    there = refs.remote_refs(session.git, remote).get(branch) if remote else None
    return refs.holds(session.git, branch, there, record.commit)
