"""tag and push: the refs of a prepared release, in every repository that it touches."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trainer_release.app import elsewhere, leases
from trainer_release.app.session import Session, open_session
from trainer_release.errors import Problem, fail
from trainer_release.model.catalog import Catalog
from trainer_release.model.record import Record
from trainer_release.model.suite import Suite
from trainer_release.release import record as records
from trainer_release.release import survey
from trainer_release.release.names import branch_ref, module_tags, record_ref, release_branch, tag_name, tag_ref
from trainer_release.suite.versions import check_argument
from trainer_release.world import clones, commits, moves, refs, worktree
from trainer_release.world.git import Git


@dataclass(frozen=True, slots=True)
class Tagged:
    """The commit that carries the suite tag, and whether it was set now."""

    name: str
    commit: str
    new: bool


def tag(start: Path, version: str, catalog: Path | None = None) -> Tagged:
    """Tag the commit on the branch whose tree is the prepared tree, merged or squashed alike (`tree-differs` where
    there is none); in every repository that the release touches, or in none."""
    opened = open_record(start, version, catalog)
    session, listed, record = opened.session, opened.catalog, opened.record
    with session.locked(listed.suite, f"trainer-release tag {version}"):
        elsewhere.finish(opened.home, version)
        name, ref = tag_name(listed, version), tag_ref(listed, version)
        known = session.git.commit_of(ref)
        if known is not None:
            return Tagged(name, known, new=False)
        found = elsewhere.recorded(opened.home, record, ref)
        others = {n: there for n, there in record.elsewhere.items() if there.tagged}
        merged = {
            **{n: _merged(found[n].git, record, there.tree, there.branch) for n, there in others.items()},
            "": _merged(session.git, record, record.tree, record.build.get("branch")),
        }
        places = {each.mount.folder: (each.git, merged.get(n, each.tip.commit)) for n, each in found.items()}
        made = survey.suite_at(session.git, merged[""], session.prefix, session.catalog, places)
        gits = {"": session.git, **elsewhere.gits(found)}
        changes = {n: _tags(gits[n], made, record, n, commit) for n, commit in merged.items()}
        moves.carry_out(session.data(listed.suite) / moves.LOG, moves.Moves(version, changes), gits)
        elsewhere.settled(opened.home)
        return Tagged(name, merged[""], new=True)


def _tags(git: Git, suite: Suite, record: Record, repository: str, commit: str) -> tuple[refs.RefChange, ...]:
    """The suite tag, which holds the record in the catalog's own repository, and the tags of the modules there."""
    published = [module for module, recorded in record.modules.items() if recorded.published]
    main = tag_name(suite.catalog, record.version)
    names = [main, *(ref.removeprefix("refs/tags/") for ref in module_tags(suite, published, repository))]
    texts = {name: records.note(record, name) for name in names}
    if not repository:
        texts[main] = records.annotation(record)
    oids = commits.write_tags(git, commit, texts, record.epoch)
    return tuple(refs.RefChange(f"refs/tags/{name}", None, oid) for name, oid in oids.items())


@dataclass(frozen=True, slots=True)
class Opened:
    """A prepared release with where it lies."""

    session: Session
    catalog: Catalog
    record: Record

    @property
    def home(self) -> elsewhere.Home:
        return self.session.home(self.catalog.suite)


def open_record(start: Path, version: str, catalog: Path | None) -> Opened:
    """The record of a version; `nothing-prepared` where there is none."""
    check_argument(version)
    session = open_session(start, catalog)
    listed = session.listed()
    record, _, _ = survey.find_record(session.git, listed.suite, version, tag_ref(listed, version))
    if record is None:
        hint = f"run `trainer-release prepare {version}` first"
        raise fail("nothing-prepared", f"there is no record of {version} here", hint=hint)
    return Opened(session, listed, record)


def _merged(git: Git, record: Record, tree: str, on: str | None) -> str:
    branch = str(on or "main")
    tips = [branch_ref(branch)]
    remote = refs.remote_name(git.settings(), branch)
    if remote is not None:
        there = f"refs/remotes/{remote}/{branch}"
        refs.fetch(git, remote, [f"+refs/heads/{branch}:{there}"])
        tips.append(there)
    present = [tip for tip in tips if git.commit_of(tip)]
    lines = git.do("log", "--format=%H %T", "--max-count=2000", *present, "--").splitlines() if present else []
    commit = next((line.split()[0] for line in lines if line.split()[1] == tree), None)
    if commit is None:
        raise fail(
            "tree-differs",
            f"no commit on {branch} has the tree that was prepared for {record.version}",
            hint=f"merge {release_branch(record.version)} as it stands; if {branch} has moved on, run "
            f"`trainer-release abandon {record.version}` and prepare again",
        )
    return commit


def push(start: Path, version: str, catalog: Path | None = None, *, take_over: bool = False) -> tuple[str, ...]:
    """Push branches and record first, then the suite tags, the catalog's own alone and last; the refs that the remotes
    lacked, those of another repository with its name."""
    opened = open_record(start, version, catalog)
    session, release = opened.session, opened.catalog.release
    words, left = f"trainer-release push {version}", list[Problem]()
    with (
        session.locked(opened.catalog.suite, words),
        leases.lease(session, opened.catalog, words, take_over=take_over, warn=left.append) as lease,
    ):
        remote = refs.remote_name(session.git.settings(), worktree.branch(session.git))
        if (remote is None and not opened.record.elsewhere) or release.push == "none":
            raise fail("nothing-to-push", "there is no remote to push to", hint="git remote add origin URL")
        found = elsewhere.recorded(opened.home, opened.record, tag_ref(opened.catalog, version))
        touched = [name for name, there in opened.record.elsewhere.items() if there.tagged]
        _unmoved(found, opened)
        places = [(name, found[name].git, clones.REMOTE) for name in touched]
        places += [("", session.git, remote)] if remote else []
        batches = {name: _batches(opened, git, name) for name, git, _ in places}
        done: list[str] = []
        for turn in range(2):
            for name, git, where in places:
                there = refs.remote_refs(git, where)
                missing = [
                    (oid, ref) for oid, ref in batches[name][turn] if not refs.holds(git, ref, there.get(ref), oid)
                ]
                if missing:
                    lease.hold(f"push {turn}")
                    refs.push(git, where, [f"{oid}:{ref}" for oid, ref in missing])
                    done += [f"{name}: {ref}" if name else ref for _, ref in missing]
    return (*done, *(problem.message for problem in left))


def _unmoved(found: elsewhere.Found, opened: Opened) -> None:
    """Refuse, before the first push, what another repository would refuse in the middle."""
    record, proposed = opened.record, opened.catalog.release.push == "pull-request"
    known = record.elsewhere.items()
    moved = [name for name, there in known if elsewhere.has_moved(found[name], there, proposed=proposed)]
    if moved:
        raise fail(
            "repository-moved",
            f"{', '.join(moved)}: moved since {record.version} was prepared",
            hint=f"run `trainer-release abandon {record.version}`, then prepare it again",
        )


def _batches(opened: Opened, git: Git, repository: str) -> list[list[tuple[str, str]]]:
    """What is pushed of one repository: branch (or proposal) and record, then the suite tag."""
    record, listed = opened.record, opened.catalog
    record_name, tag_full = record_ref(listed.suite, record.version), tag_ref(listed, record.version)
    known = git.refs(record_name, tag_full)
    proposed = listed.release.push == "pull-request"
    there = record.elsewhere.get(repository)
    commit, moved = (there.commit, there.branch) if there else (record.commit, record.build.get("branch"))
    branch = branch_ref(release_branch(record.version) if proposed and moved else moved)
    first = [(commit, branch)] if branch and not (proposed and tag_full in known) else []
    first += [(known[record_name], record_name)] if record_name in known and not repository else []
    return [first, [(known[tag_full], tag_full)] if tag_full in known else []]
