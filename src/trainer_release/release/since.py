"""What changed since a suite tag: one look at git for all modules, whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from packaging.version import Version

from trainer_release.errors import ReleaseError
from trainer_release.model.catalog import Catalog
from trainer_release.model.project import Project, Wanted
from trainer_release.model.suite import Module, Suite
from trainer_release.release.change import CHANGELOG, version_tables
from trainer_release.release.names import tagged_version
from trainer_release.suite import layouts
from trainer_release.suite.catalog.reader import examine
from trainer_release.suite.draft import History
from trainer_release.world.git import Git

LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")
"""Files that prepare brings along, wherever they lie; none of them is in a wheel."""


def suite_tags(catalog: Catalog, merged: Iterable[str]) -> dict[Version, str]:
    """The suite tags among full refs, by version, the lowest first."""
    found = {version: ref for ref in merged if (version := tagged_version(catalog, ref)) is not None}
    return dict(sorted(found.items()))


def merged_tags(git: Git) -> tuple[str, ...]:
    """The full refs of the tags that HEAD's history holds; none where there is no commit yet."""
    if git.commit_of("HEAD") is None:
        return ()
    return tuple(git.do("for-each-ref", "--merged=HEAD", "--format=%(refname)", "refs/tags").split())


def paths(git: Git, prefix: str, start: str, end: str | None = "HEAD") -> list[str]:
    """The tracked files below the workspace root (`prefix`) that differ between two commits, relative to it; `end` None
    is the work tree. A renamed file is named twice."""
    ends = [start] if end is None else [start, end]
    options = ["--name-only", "--no-renames", "--no-relative", "--no-ext-diff", "-z"]
    out = git.do("diff", *options, *ends, "--", f":(top,literal){prefix}" if prefix else ":(top)")
    return [path.removeprefix(prefix) for path in out.split("\0") if path]


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


def history(git: Git, prefix: str, suite: Suite, merged: Iterable[str], *, work_tree: bool = False) -> History:
    """What happened to the modules since the newest suite tag of this branch; with `work_tree` up to what is not
    committed yet."""
    tags = suite_tags(suite.catalog, merged)
    if not tags:
        return History()
    version, ref = list(tags.items())[-1]
    changed = by_module(suite, paths(git, prefix, ref, None if work_tree else "HEAD"))
    return History(
        tag=ref.removeprefix("refs/tags/"),
        version=str(version),
        versions=_versions_at(git, prefix, suite.catalog, ref),
        changed=frozenset(changed),
        commits=_commits(git, prefix, suite, ref) if changed else {},
    )


def unpublished_changes(
    git: Git, prefix: str, suite: Suite, merged: Iterable[str], targets: Mapping[str, str], carried: Collection[str]
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
        differing = by_module(suite, paths(git, prefix, ref))
        for name in names:
            files = _beyond_tables(git, prefix, suite, suite.modules[name], targets, ref, differing.get(name, ()))
            if files:
                found[name] = (ref.removeprefix("refs/tags/"), files)
    return found


def _beyond_tables(
    git: Git, prefix: str, suite: Suite, module: Module, targets: Mapping[str, str], ref: str, files: tuple[str, ...]
) -> tuple[str, ...]:
    """The files that differ once both sides say the same versions in their tables."""
    project = module.project
    if project is None or not set(files) & set(project.texts):
        return files
    old = {path: text for path, text in ((p, _text(git, prefix, ref, p)) for p in project.texts) if text is not None}
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


def _text(git: Git, prefix: str, commit: str, path: str) -> str | None:
    return git.texts(commit, [prefix + path]).get(prefix + path)


def _versions_at(git: Git, prefix: str, catalog: Catalog, ref: str) -> dict[str, str]:
    """The modules' versions as the catalog in a tag states them; empty where it has none that can be read."""
    text = _text(git, prefix, ref, catalog.path)
    read = examine(text, catalog.path)[0] if text is not None else None
    if read is None:
        return {}
    row = read.rows.get(read.version)
    said = {name: listed.version or read.version for name, listed in read.modules.items()}
    return said | (dict(row.modules) if row else {})


def _commits(git: Git, prefix: str, suite: Suite, ref: str) -> dict[str, tuple[str, ...]]:
    """The messages since a tag by the modules whose folders they touch, the newest first; merges say nothing."""
    options = ["--no-merges", "--name-only", "--no-renames", "--no-relative", "-z", "--format=%x01%B%x02"]
    out = git.do("log", *options, f"{ref}..HEAD", "--", f":(top,literal){prefix}" if prefix else ":(top)")
    found: dict[str, list[str]] = defaultdict(list)
    for entry in out.split("\x01")[1:]:
        message, _, files = entry.partition("\x02")
        touched = [path.strip("\n").removeprefix(prefix) for path in files.split("\0") if path.strip("\n")]
        for name in by_module(suite, touched):
            found[name].append(message.strip())
    return {name: tuple(messages) for name, messages in found.items()}
