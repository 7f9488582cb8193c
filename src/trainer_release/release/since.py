"""What changed since a suite tag: one look at git for all modules, whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from packaging.version import Version

from trainer_release.errors import ReleaseError
from trainer_release.model.catalog import Catalog
from trainer_release.model.project import Project, Wanted
from trainer_release.model.suite import Module, Suite
from trainer_release.release import record
from trainer_release.release.change import CHANGELOG, version_tables
from trainer_release.release.names import home, tagged_version
from trainer_release.suite import layouts
from trainer_release.suite.catalog.reader import examine
from trainer_release.suite.draft import History
from trainer_release.suite.mounts import split
from trainer_release.world.git import Git

LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")
"""Files that prepare brings along, wherever they lie; none of them is in a wheel."""


def suite_tags(catalog: Catalog, merged: Iterable[str]) -> dict[Version, str]:
    """The suite tags among full refs, by version, the lowest first."""
    found = {version: ref for ref in merged if (version := tagged_version(catalog, ref)) is not None}
    return dict(sorted(found.items()))


def merged_tags(git: Git) -> tuple[str, ...]:
    """The full refs of the tags that HEAD's history holds; none where there is no commit yet."""
    words = ("for-each-ref", "--merged=HEAD", "--format=%(refname)", "refs/tags")
    answer = git.ask(*words)
    if answer.code != 0 and git.commit_of("HEAD") is None:
        return ()
    return tuple((answer.text if answer.code == 0 else git.do(*words)).split())


Elsewhere = Mapping[str, tuple[Git, str]]
"""Clone and commit of other repositories, by the folder under which their files stand."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What lies between two commits of a repository; `end` None is the work tree. `prefix` is the workspace's folder in
    it (empty or ending in a slash), `lead` stands before the paths of another repository."""

    git: Git
    start: str
    end: str | None = "HEAD"
    prefix: str = ""
    lead: str = ""

    def paths(self) -> list[str]:
        """The tracked files that differ, relative to the workspace root. A renamed file is named twice."""
        ends = [self.start] if self.end is None else [self.start, self.end]
        options = ["--name-only", "--no-renames", "--no-relative", "--no-ext-diff", "-z"]
        out = self.git.do("diff", *options, *ends, "--", self._below)
        return [self._shown(path) for path in out.split("\0") if path]

    def messages(self) -> Iterator[tuple[str, list[str]]]:
        """The commits' messages with the paths that they touch, the newest first; merges say nothing."""
        options = ["--no-merges", "--name-only", "--no-renames", "--no-relative", "-z", "--format=%x01%B%x02"]
        out = self.git.do("log", *options, f"{self.start}..{self.end or 'HEAD'}", "--", self._below)
        for entry in out.split("\x01")[1:]:
            message, _, files = entry.partition("\x02")
            names = (path.strip("\n") for path in files.split("\0"))
            yield message.strip(), [self._shown(name) for name in names if name]

    def texts(self, paths: Iterable[str]) -> dict[str, str]:
        """Files as they were at the start."""
        full = (self.prefix + path.removeprefix(self.lead) for path in paths)
        return {self._shown(path): text for path, text in self.git.texts(self.start, full).items()}

    def _shown(self, path: str) -> str:
        return self.lead + path.removeprefix(self.prefix)

    @property
    def _below(self) -> str:
        return f":(top,literal){self.prefix}" if self.prefix else ":(top)"


def stretches(here: Stretch, elsewhere: Elsewhere) -> dict[str, Stretch]:
    """From a suite tag until now in every repository, the catalog's own under the empty name; in the others from what
    the tag's record says of them. One that it does not know is left out: nothing of it was released."""
    found = {"": here}
    text = here.git.message_of(here.git.refs(here.start).get(here.start, "")) if elsewhere else None
    known = record.parse(text, here.start) if text else None
    for folder, (clone, end) in elsewhere.items():
        name = split(f"{folder}/")[0]
        there = known.elsewhere.get(name) if known else None
        if there and clone.commit_of(there.commit):
            found[name] = Stretch(clone, there.commit, end, lead=f"{folder}/")
    return found


def by_module(suite: Suite, found: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The paths in each module's folder, those that prepare itself writes left out; the deepest folder has them."""
    homes = {PurePosixPath(module.path): name for name, module in suite.modules.items() if module.path}
    own = {suite.catalog.path, CHANGELOG}
    sorted_out: dict[str, list[str]] = defaultdict(list)
    for path in found:
        home = next((homes[parent] for parent in PurePosixPath(path).parents if parent in homes), None)
        if home is not None and path not in own and PurePosixPath(path).name not in LOCKS:
            sorted_out[home].append(path)
    return {name: tuple(those) for name, those in sorted_out.items()}


def history(
    git: Git, prefix: str, suite: Suite, merged: Iterable[str], elsewhere: Elsewhere, *, work_tree: bool = False
) -> History:
    """What happened to the modules since the newest suite tag of this branch; with `work_tree` up to what is not
    committed yet, which has no messages: then none are read."""
    tags = suite_tags(suite.catalog, merged)
    if not tags:
        return History()
    version, ref = list(tags.items())[-1]
    here = Stretch(git, ref, None if work_tree else "HEAD", prefix)
    known = stretches(here, elsewhere).values()
    changed = by_module(suite, [path for stretch in known for path in stretch.paths()])
    return History(
        tag=ref.removeprefix("refs/tags/"),
        version=str(version),
        versions=_versions_at(here, suite.catalog),
        changed=frozenset(changed),
        commits=_commits(suite, known) if changed and not work_tree else {},
    )


def unpublished_changes(
    git: Git,
    prefix: str,
    suite: Suite,
    merged: Iterable[str],
    targets: Mapping[str, str],
    carried: Collection[str],
    elsewhere: Elsewhere,
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Carried modules whose folders differ from the suite tag that published their version: that tag's name and the
    files. What prepare writes into a carried module (its tables of versions) is no difference."""
    tags, refs = suite_tags(suite.catalog, merged), defaultdict(list)
    for name in carried:
        rows = (row for row in suite.catalog.rows.values() if row.modules.get(name) == targets[name])
        known = [Version(row.version) for row in rows if Version(row.version) in tags]
        if known:
            refs[tags[min(known)]].append(name)
    found = {}
    for ref, names in refs.items():
        places = stretches(Stretch(git, ref, prefix=prefix), elsewhere)
        differing = by_module(suite, [path for stretch in places.values() for path in stretch.paths()])
        for place, stretch in places.items():
            changed = [suite.modules[name] for name in names if home(suite, name) == place and name in differing]
            texts = stretch.texts(
                path for module in changed for path in (module.project.texts if module.project else ())
            )
            for module in changed:
                files = _beyond_tables(texts, suite, module, targets, differing[module.name])
                if files:
                    found[module.name] = (ref.removeprefix("refs/tags/"), files)
    return found


def _beyond_tables(
    texts: Mapping[str, str], suite: Suite, module: Module, targets: Mapping[str, str], files: tuple[str, ...]
) -> tuple[str, ...]:
    """The files that differ once both sides say the same versions in their tables; `texts` are those of then."""
    project = module.project
    if project is None or not set(files) & set(project.texts):
        return files
    old = {path: texts[path] for path in project.texts if path in texts}
    wanted = Wanted(targets[module.name], {}, version_tables(suite, targets))
    try:
        read = layouts.read_project(project.path, old.get)
        also = tuple(path for path in project.also if path in old)
        before = _edited(replace(read, also=also, texts={**{path: old[path] for path in also}, **read.texts}), wanted)
    except ReleaseError:
        return files
    after = _edited(project, wanted)
    return tuple(path for path in files if path not in after or before.get(path) != after[path])


def _edited(project: Project, wanted: Wanted) -> dict[str, str]:
    return dict(project.texts) | {edit.path: edit.after for edit in layouts.edit_project(project, wanted)}


def _versions_at(stretch: Stretch, catalog: Catalog) -> dict[str, str]:
    """The modules' versions as the catalog in a tag states them; empty where it has none that can be read."""
    text = stretch.texts([catalog.path]).get(catalog.path)
    read = examine(text, catalog.path)[0] if text is not None else None
    if read is None:
        return {}
    row = read.rows.get(read.version)
    said = {name: listed.version or read.version for name, listed in read.modules.items()}
    return said | (dict(row.modules) if row else {})


def _commits(suite: Suite, known: Iterable[Stretch]) -> dict[str, tuple[str, ...]]:
    """The messages by the modules whose folders they touch."""
    found: dict[str, list[str]] = defaultdict(list)
    for message, touched in (each for stretch in known for each in stretch.messages()):
        for name in by_module(suite, touched):
            found[name].append(message)
    return {name: tuple(messages) for name, messages in found.items()}
