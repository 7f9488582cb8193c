"""Look once: everything that preflight and planner need to know, read from the world into facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from trainer_release.errors import ReleaseError
from trainer_release.model.facts import ExecuteFacts, GitFacts, PrepareFacts, RemoteFacts
from trainer_release.model.index import Listing
from trainer_release.model.record import Record
from trainer_release.model.suite import Suite
from trainer_release.release import change, record
from trainer_release.release.names import RECORDS, record_ref, tag_ref
from trainer_release.release.since import merged_tags
from trainer_release.suite.assemble import Texts, assemble
from trainer_release.suite.proposal import Proposal
from trainer_release.world import lock_copies, refs, worktree
from trainer_release.world.clones import Committed, Mounted
from trainer_release.world.files import text_or_none
from trainer_release.world.git import Git


def repository(git: Git, prefix: str, catalog: str, *, remote: bool = True) -> GitFacts:
    """The state of the repository and, if asked, of its remote; a fixed number of git commands."""
    now, settings = worktree.state(git), git.settings()
    changed, untracked, place = now.changed, now.untracked, prefix + catalog
    if place in untracked:  # a catalog that was never committed joins the release commit, too
        changed, untracked = (*changed, place), tuple(path for path in untracked if path != place)
    name = refs.remote_name(settings, now.branch) if remote else None
    there = _remote(git, name) if name else None
    tip = there.refs.get(f"refs/heads/{now.branch}") if there else None
    return GitFacts(
        prefix=prefix,
        head=now.head,
        branch=now.branch,
        changed=changed,
        untracked=untracked,
        refs=git.refs("refs/tags", "refs/heads", RECORDS),
        operation=worktree.operation(git),
        sparse=settings.flag("core.sparseCheckout"),
        identity=git.ask("var", "GIT_COMMITTER_IDENT").code == 0,
        catalog_at_head=git.texts(now.head, [place]).get(place) if now.head and place in changed else None,
        remote=there,
        merged_tags=merged_tags(git) if now.head else (),
        behind=tip is not None and now.head is not None and not refs.contains(git, now.head, tip),
    )


def _remote(git: Git, name: str) -> RemoteFacts:
    try:
        return RemoteFacts(name, refs.remote_refs(git, name))
    except ReleaseError as error:
        return RemoteFacts(name, problem=error.problems[0])


def to_prepare(
    suite: Suite,
    texts: Mapping[str, str],
    version: str,
    git: GitFacts,
    listings: Mapping[str, Listing],
    epoch: int,
    python: str,
    tools: Mapping[str, str],
    proposed: Proposal | None = None,
) -> PrepareFacts:
    """The facts for `prepare`, the change that it means among them."""
    meant = change.compute(suite, version, listings, texts, epoch, proposed)
    return PrepareFacts(suite, version, git, listings, epoch, meant, python, tools)


def suite_at(
    git: Git, commit: str, prefix: str, catalog: str, elsewhere: Mapping[str, tuple[Git, str]] = MappingProxyType({})
) -> Suite:
    """The suite as a commit has it; `elsewhere`: clone and commit of other repositories, by the folder under which
    their files stand."""
    own, mounted = Committed(git, commit, prefix), Mounted(elsewhere)
    texts = Texts(lambda path: (mounted if mounted.holds(path) else own).text(path))
    return assemble(catalog, [*own.paths, *mounted.paths], texts)[0]


def lock_files(
    git: Git, commit: str, prefix: str, root: Path, elsewhere: Mapping[str, tuple[Git, str]]
) -> dict[str, tuple[str, str | None]]:
    """Every lock file of the release commits: its text there, and in the person's workspace (`root`)."""
    here = lock_copies.texts_at(git, commit, prefix)
    found: dict[str, tuple[str, str | None]] = {path: (text, text_or_none(root / path)) for path, text in here.items()}
    for folder, there in elsewhere.items():
        found |= {f"{folder}/{path}": (text, None) for path, text in lock_copies.texts_at(*there).items()}
    return found


def find_record(git: Git, suite: str, version: str, tag: str) -> tuple[Record | None, str | None, str | None]:
    """The record of a version with the objects that name it: the record ref's and the suite tag's."""
    ref = record_ref(suite, version)
    found = git.refs(ref, tag)
    texts = git.messages_of(found.values())
    for name in (tag, ref):
        text = texts.get(found.get(name, ""))
        read = record.parse(text, name) if text else None
        if read is not None:
            return read, found.get(ref), found.get(tag)
    return None, found.get(ref), found.get(tag)


def bound_files(git: Git, facts: GitFacts, suite: str, but: str) -> dict[tuple[str, str], str]:
    """Which suite version's record holds the files of a package and version; the records of all versions but one."""
    named = {ref: oid for ref, oid in facts.refs.items() if ref.startswith(f"{RECORDS}/{suite}/")}
    found: dict[tuple[str, str], str] = {}
    texts = git.messages_of(named.values())
    for ref, oid in named.items():
        read = record.parse(texts.get(oid, ""), ref)
        if read is not None and read.version != but:
            found |= {(m.package, m.version): read.version for m in read.modules.values() if m.files}
    return found


def to_execute(
    suite: Suite, facts: GitFacts, bound: Record, listings: Mapping[str, Listing], **rest: Any
) -> ExecuteFacts:
    """The facts for `execute`: the record against the repository, the index and the files at hand. `suite` is that of
    the release commits. Without a proposal prepare gives the suite tag and the record's ref one object: a clone of a
    remote that was killed between the two knows the tag by it."""
    of_record, tag = facts.refs.get(record_ref(bound.suite, bound.version)), tag_ref(suite.catalog, bound.version)
    if of_record and suite.catalog.release.push == "direct":
        facts = replace(facts, refs={tag: of_record, **facts.refs})
    return ExecuteFacts(
        suite=suite,
        version=bound.version,
        git=facts,
        record=bound,
        record_object=of_record,
        tag_object=facts.refs.get(tag),
        listings=listings,
        **rest,
    )
