"""tag, push and abandon: the refs of a prepared release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trainer_release.app import workbench
from trainer_release.app.session import Session, look, open_session
from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.model.record import Record
from trainer_release.model.suite import Suite
from trainer_release.release import record as records
from trainer_release.release import survey
from trainer_release.release.names import branch_ref, module_tags, record_ref, release_branch, tag_name, tag_ref
from trainer_release.suite.versions import check_argument
from trainer_release.world import commits, lock, refs, worktree
from trainer_release.world.files import remove_tree, text_or_none
from trainer_release.world.git import Git


@dataclass(frozen=True, slots=True)
class Tagged:
    """The commit that carries the suite tag, and whether it was set now."""

    name: str
    commit: str
    new: bool


def tag(start: Path, version: str, catalog: Path | None = None) -> Tagged:
    """Tag the commit on the branch whose tree is the prepared tree, merged or squashed alike (`tree-differs` where
    there is none)."""
    session, suite, record = _open(start, version, catalog)
    with lock.held(session.cache(suite.name), f"trainer-release tag {version}"):
        name, ref = tag_name(suite.catalog, version), tag_ref(suite.catalog, version)
        known = session.git.commit_of(ref)
        if known is not None:
            return Tagged(name, known, new=False)
        commit = _merged(session.git, record)
        made = survey.suite_at(session.git, commit, session.prefix, session.catalog)
        published = [module for module, recorded in record.modules.items() if recorded.published]
        text = records.annotation(record)
        changes = [refs.RefChange(ref, None, commits.write_tag(session.git, name, commit, text, record.epoch))]
        for other in module_tags(made, published):
            own = other.removeprefix("refs/tags/")
            made_object = commits.write_tag(session.git, own, commit, f"{own}\n", record.epoch)
            changes.append(refs.RefChange(other, None, made_object))
        refs.update(session.git, changes)
        return Tagged(name, commit, new=True)


def _open(start: Path, version: str, catalog: Path | None) -> tuple[Session, Suite, Record]:
    check_argument(version)
    session = open_session(start, catalog)
    suite = session.load().suite
    record, _, _ = survey.find_record(session.git, suite.name, version, tag_ref(suite.catalog, version))
    if record is None:
        hint = f"run `trainer-release prepare {version}` first"
        raise fail("nothing-prepared", f"there is no record of {version} here", hint=hint)
    return session, suite, record


def _merged(git: Git, record: Record) -> str:
    branch = str(record.build.get("branch") or "main")
    tips = [branch_ref(branch)]
    remote = refs.remote_name(git, branch)
    if remote is not None:
        there = f"refs/remotes/{remote}/{branch}"
        refs.fetch(git, remote, [f"+refs/heads/{branch}:{there}"])
        tips.append(there)
    present = [tip for tip in tips if git.commit_of(tip)]
    lines = git.do("log", "--format=%H %T", "--max-count=2000", *present, "--").splitlines() if present else []
    commit = next((line.split()[0] for line in lines if line.split()[1] == record.tree), None)
    if commit is None:
        raise fail(
            "tree-differs",
            f"no commit on {branch} has the tree that was prepared for {record.version}",
            hint=f"merge {release_branch(record.version)} as it stands; if {branch} has moved on, run "
            f"`trainer-release abandon {record.version}` and prepare again",
        )
    return commit


def push(start: Path, version: str, catalog: Path | None = None) -> tuple[str, ...]:
    """Push branch and record first, then the suite tag alone; the refs that the remote lacked."""
    session, suite, record = _open(start, version, catalog)
    with lock.held(session.cache(suite.name), f"trainer-release push {version}"):
        git, release = session.git, suite.catalog.release
        remote = refs.remote_name(git, worktree.branch(git))
        if remote is None or release.push == "none":
            raise fail("nothing-to-push", "there is no remote to push to", hint="git remote add origin URL")
        there = refs.remote_refs(git, remote)
        done: list[str] = []
        for batch in _batches(session, suite, record):
            missing = [(oid, ref) for oid, ref in batch if not refs.holds(git, ref, there.get(ref), oid)]
            if missing:
                refs.push(git, remote, [f"{oid}:{ref}" for oid, ref in missing])
                done += [ref for _, ref in missing]
        return tuple(done)


def _batches(session: Session, suite: Suite, record: Record) -> list[list[tuple[str, str]]]:
    record_name, tag_full = record_ref(suite.name, record.version), tag_ref(suite.catalog, record.version)
    known = session.git.refs(record_name, tag_full)
    proposed = suite.catalog.release.push == "pull-request"
    branch = branch_ref(release_branch(record.version) if proposed else record.build.get("branch"))
    first = [(record.commit, branch)] if branch and not (proposed and tag_full in known) else []
    first += [(known[record_name], record_name)] if record_name in known else []
    return [first, [(known[tag_full], tag_full)] if tag_full in known else []]


def abandon(start: Path, version: str, catalog: Path | None = None, index: str | None = None) -> tuple[str, ...]:
    """Undo a release of which nothing was published; what was undone, in words."""
    session, suite, record = _open(start, version, catalog)
    with lock.held(session.cache(suite.name), f"trainer-release abandon {version}"):
        with look(session, suite, index) as listed:
            names = {file.name for package in listed.values() for files in package.values() for file in files}
        live = sorted(name for name in record.files() if name in names)
        if live:
            whole = set(live) == set(record.files())
            hint = "release a repaired version instead" if whole else f"trainer-release execute {version} finishes it"
            raise ReleaseError(Problem("published-already", f"the index has {', '.join(live)}", hint=hint))
        back = _back(session, suite, record)
        said = [*_withdraw_remote(session, suite, record), *_withdraw_local(session, suite, record, back)]
        for folder in ("artifacts", "journal"):
            remove_tree(session.cache(suite.name) / folder / version)
        return tuple(said)


def _names(suite: Suite, record: Record) -> list[str]:
    published = [name for name, module in record.modules.items() if module.published and name in suite.modules]
    branch = [branch_ref(release_branch(record.version))] if suite.catalog.release.push == "pull-request" else []
    main = [record_ref(suite.name, record.version), tag_ref(suite.catalog, record.version)]
    return [*main, *module_tags(suite, published), *branch]


def _withdraw_remote(session: Session, suite: Suite, record: Record) -> list[str]:
    remote = refs.remote_name(session.git, worktree.branch(session.git))
    if remote is None or suite.catalog.release.push == "none":
        return []
    there = refs.remote_refs(session.git, remote)
    gone = [ref for ref in _names(suite, record) if ref in there]
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


def _back(session: Session, suite: Suite, record: Record) -> _Back:
    """What there is to take back here; a file that the person has changed since refuses it (`file-changed`)."""
    git, joined = session.git, workbench.joined(session, record)
    if suite.catalog.release.push == "pull-request":
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
    moves = (refs.RefChange(branch, record.commit, parent),)
    return _Back(parent, before, now, moves, f"{branch} is back at {parent[:12]}")


def _withdraw_local(session: Session, suite: Suite, record: Record, back: _Back) -> list[str]:
    known = session.git.refs(*_names(suite, record))
    refs.update(session.git, [*(refs.RefChange(ref, oid, None) for ref, oid in known.items()), *back.moves])
    worktree.bring_forward(session.git, back.commit, back.files, back.now)
    return [*(f"removed {ref}" for ref in known), *([back.said] if back.said else [])]


def _pushed(session: Session, record: Record, branch: str) -> bool:
    remote = refs.remote_name(session.git, worktree.branch(session.git))
    there = refs.remote_refs(session.git, remote).get(branch) if remote else None
    return refs.holds(session.git, branch, there, record.commit)
