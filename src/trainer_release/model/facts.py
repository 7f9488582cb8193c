"""Facts: everything that a survey saw, frozen. Preflight and planner know the world through these alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trainer_release.model.catalog import IndexAddress
from trainer_release.model.index import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trainer_release.errors import Problem
    from trainer_release.model.contracts import Contract
    from trainer_release.model.edit import FileEdit
    from trainer_release.model.forge import Forge
    from trainer_release.model.index import IndexFile, Listing
    from trainer_release.model.record import Record
    from trainer_release.model.suite import Suite


NOWHERE = IndexAddress("")
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RemoteFacts:
    """The remote and its refs; `problem` where it did not answer."""

    name: str
    refs: Mapping[str, str] = field(default_factory=dict)
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class GitFacts:
    """The repository. `prefix` is the workspace root inside it (empty or ending in a slash); paths in `changed` and
    `untracked` are relative to the repository's root. `merged_tags` are the tags that HEAD's history holds.
    `behind`: the remote's branch has commits that HEAD lacks."""

    prefix: str
    head: str | None
    branch: str | None
    changed: tuple[str, ...]
    untracked: tuple[str, ...]
    refs: Mapping[str, str]
    operation: str | None
    sparse: bool
    identity: bool
    catalog_at_head: str | None
    remote: RemoteFacts | None
    merged_tags: tuple[str, ...] = ()
    behind: bool = False


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """A repository beside the catalog's own, as its clone and its remote have it. `branch` is the branch that a release
    moves, None where the catalog names a tag or a commit; `head` is where the release begins, or its commit where it is
    prepared already. `moved`: what the remote has now is no longer what was prepared on."""

    url: str
    branch: str | None
    head: str
    refs: Mapping[str, str]
    remote: RemoteFacts
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What preparing a version means for the suite, computed from facts alone.

    `targets` gives every module's version (umbrella included); `suite` is the suite as it will be read from the release
    commit. `built` are modules whose files are made now, `carried` those whose published files are used, `taken` those
    that live on the index alone. `notes` say why modules move. `tools` are the versions of the tools that made lock
    files.
    """

    targets: Mapping[str, str]
    edits: tuple[FileEdit, ...]
    suite: Suite
    built: tuple[str, ...]
    carried: tuple[str, ...]
    taken: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)

    @property
    def published(self) -> tuple[str, ...]:
        """The modules that the release uploads."""
        return tuple(name for name in self.built if self.suite.modules[name].publish)


@dataclass(frozen=True, slots=True)
class PrepareFacts:
    """For `prepare`. `epoch` is the release's one timestamp; `listings` by package name. `unmoved` are carried modules
    that changed since the suite tag that published their version: that tag, and the files. `bound`: which other suite
    version's record holds the files of a package and version. `contracts`: what became of the public APIs of modules
    that changed."""

    suite: Suite
    version: str
    git: GitFacts
    listings: Mapping[str, Listing]
    epoch: int
    change: Change
    python: str
    tools: Mapping[str, str]
    unmoved: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    bound: Mapping[tuple[str, str], str] = field(default_factory=dict)
    contracts: Mapping[str, Contract] = field(default_factory=dict)
    elsewhere: Mapping[str, RepositoryFacts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExecuteFacts:
    """For `execute`. The suite is that of the release commit. `tag` is the suite tag object, None where it is absent;
    `record_ref` the object of the record ref. `local` are built files at hand: name to sha256.
    `credentials`: there is something to upload with. `verdict` covers
    files of a run that binds its own bytes. `locks` are the lock files of the release commits: what each says there,
    and in the person's work tree (None: nothing, or it lies in another repository). `address` holds the index's limits;
    `spread`: what exceeds its new projects of a day is left for the next. `forge` is where the release gets
    its page; None where it gets none, and `pageless` may say why. `changelog` is that of the release commit."""

    suite: Suite
    version: str
    git: GitFacts
    record: Record
    record_object: str | None
    tag_object: str | None
    listings: Mapping[str, Listing]
    local: Mapping[str, str]
    index: str
    embedded: bool
    credentials: bool
    verdict: Mapping[str, Any] | None = None
    elsewhere: Mapping[str, RepositoryFacts] = field(default_factory=dict)
    locks: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    forge: Forge | None = None
    pageless: str = ""
    changelog: str = ""
    address: IndexAddress = NOWHERE
    now: datetime = NEVER
    spread: bool = False

    def page(self, package: str) -> Page:
        """What the index says of a project; an embedded index that was never used knows none."""
        found = self.listings.get(package, {})
        return found if isinstance(found, Page) else Page(found, known=bool(found))

    def listed(self, package: str, version: str) -> Mapping[str, IndexFile]:
        """What the index lists of one version, by file name."""
        return {file.name: file for file in self.listings.get(package, {}).get(version, ())}
