"""The one place that builds a real World for the steps."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from trainer_release.app.elsewhere import pending, settled
from trainer_release.app.session import EMBEDDED, Session
from trainer_release.model.catalog import IndexAddress
from trainer_release.model.record import Record
from trainer_release.release.names import record_ref, tag_ref
from trainer_release.release.step import World
from trainer_release.release.steps import write_commit
from trainer_release.version import __version__
from trainer_release.world import refs, worktree
from trainer_release.world.files import scratch, text_or_none
from trainer_release.world.git import Git


def tools() -> dict[str, str]:
    """The conditions that a record names: Python's version and ours; no path of this machine."""
    return {
        "python": platform.python_version(),
        "tool": f"trainer-release {__version__}",
    }


def jobs() -> int:
    """How many actions run at once: the cores that this process may use, two at least."""
    return max(2, min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2))


@contextmanager
def world(
    session: Session,
    suite: str,
    plan: str,
    release: str,
    where: IndexAddress,
    manifest: Path | None = None,
    elsewhere: Mapping[str, Git] = MappingProxyType({}),
    *,
    isolated_builds: bool = False,
    constraints: Sequence[str] = (),
    **hands: Any,
) -> Iterator[World]:
    """A World for one run; its work tree and scratch folder are gone at the end, whatever happens. `constraints` bound
    what builds are made with.

    `hands` are further fields of it."""
    from trainer_release.world.builds import Builder, find_uv
    from trainer_release.world.venvs import Venvs, interpreter

    cache = session.cache(suite)
    tree = _tree(session, suite, release)
    python, uv = interpreter(), find_uv()
    with scratch("run") as folder, Builder(python, uv, isolated=isolated_builds, constraints=constraints) as builder:
        made = World(
            plan=plan,
            root=session.root,
            prefix=session.prefix,
            git=session.git,
            builder=builder,
            venvs=Venvs(python, uv),
            index=where,
            embedded=where.name == EMBEDDED,
            tree=tree,
            artifacts=cache / "artifacts" / release,
            data=session.data(suite),
            scratch=folder,
            manifest=manifest,
            jobs=jobs(),
            elsewhere=elsewhere,
            **hands,
        )
        try:
            yield made
        finally:
            for name in ("", *elsewhere):
                if made.tree_of(name).exists():
                    worktree.discard(made.git_of(name), made.tree_of(name))


def repair(session: Session, record: Record) -> None:
    """Finish a `prepare` that was cut off when the release existed and the person's files were not there yet: they are
    brought to the release commit, or for a pull request back to the branch, whose edit of the catalog it took."""
    git, home = session.git, session.home(record.suite)
    head, before = git.commit_of("HEAD"), joined(session, record)
    if head == record.commit:
        worktree.repair(git, record.commit, before)
    elif before and pending(home) and head and head == git.commit_of(f"{record.commit}^"):
        here = {path: text_or_none(git.root / path) for path in before}
        back = {path: text for path, text in git.texts(head, before).items() if here[path] in (before[path], text)}
        worktree.bring_forward(git, head, back, before)
    if head == record.commit or pending(home):
        worktree.discard(git, _tree(session, record.suite, record.version))
        settled(home)


def tag(session: Session, record: Record) -> None:
    """Give the suite tag its ref where the record's alone is here, as in a clone of a remote that was cut off between
    the two pushes; they name one object, unless the release is proposed first."""
    release = session.listed_at(record.commit)
    missing, known = tag_ref(release, record.version), record_ref(record.suite, record.version)
    found = session.git.refs(missing, known)
    if release.release.push == "direct" and known in found and missing not in found:
        refs.update(session.git, [refs.RefChange(missing, None, found[known])])


def joined(session: Session, record: Record) -> Mapping[str, str]:
    """The texts of the uncommitted edits that joined the release commit, by path, where the log of a run that was cut
    off or the journal still tells."""
    from trainer_release.release.engine.journal import Journal

    left = pending(session.home(record.suite))
    if left and left.release == record.version:
        return left.joined
    path = session.cache(record.suite) / "journal" / record.version / "prepare.jsonl"
    done = Journal(path, record.plan, resume=True).done(write_commit.NAME, "")
    return done.evidence.get("joined", {}) if done else {}


def _tree(session: Session, suite: str, release: str) -> Path:
    """Where a run checks the release commit out."""
    return session.cache(suite) / "trees" / re.sub(r"[^0-9A-Za-z.]", "_", release)
