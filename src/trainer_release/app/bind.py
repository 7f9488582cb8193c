"""Which bytes a release has: those that prepare recorded, or those that a workflow run built, tested and hands over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from trainer_release.agent import verdict as verdicts
from trainer_release.app import elsewhere
from trainer_release.app.session import Session
from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.model.index import Dist, Listing
from trainer_release.model.plan import identity
from trainer_release.model.record import Record, Recorded
from trainer_release.model.suite import Suite
from trainer_release.release import survey
from trainer_release.release.change import sync_edits, targets
from trainer_release.world import artifacts
from trainer_release.world.files import copy_file, sha256, text_or_none
from trainer_release.world.simple_page import package_and_version


@dataclass(frozen=True, slots=True)
class Given:
    """Files at hand (name to sha256), and the verdict that a run that binds its own bytes came with."""

    local: Mapping[str, str] = field(default_factory=dict)
    verdict: Mapping[str, Any] | None = None


def gather(record: Record, home: Path, folder: Path | None, verdict: Path | None) -> Given:
    """Put handed-over files where prepare would have put them, and say which prepared files are at hand."""
    for name, module in record.modules.items():
        for dist in module.files if folder else ():
            found = sorted((folder or home).rglob(dist.name))
            source = next((file for file in found if sha256(file) == dist.sha256), next(iter(found), None))
            place = home / name / dist.name
            if source is not None and not (place.is_file() and sha256(place) == dist.sha256):
                copy_file(source, place)
    local = {
        dist.name: sha256(home / name / dist.name)
        for name, module in record.modules.items()
        for dist in module.files
        if (home / name / dist.name).is_file()
    }
    return Given(local, read_verdict(verdict) if verdict else ({} if record.build.get("bytes") == "run" else None))


def read_verdict(path: Path) -> Mapping[str, Any]:
    """A verdict file, or every verdict (report.json) below a folder, joined."""
    files = sorted(path.rglob("report.json")) if path.is_dir() else [path]
    texts = [text for text in (text_or_none(file) for file in files) if text is not None]
    if not texts:
        raise fail("verdict-invalid", f"there is no verdict at {path.name}", hint="give the report.json of test-agent")
    return verdicts.join([verdicts.read(text) for text in texts])


def bound(session: Session, record: Record | None, version: str, tag: str, folder: Path | None) -> Record:
    """A record for a release whose bytes this run binds: `build: ci`, or a suite tag made by hand.

    The files of the tag must say the catalog's versions already (`drift`, exit 4).
    """
    commit = session.git.commit_of(tag) or (record.commit if record else None)
    if commit is None:
        raise fail("nothing-prepared", f"{tag} names no commit", hint=f"trainer-release prepare {version}")
    home = session.home(session.listed_at(commit).suite)
    if record is not None:
        found = elsewhere.recorded(home, record, tag)
    else:
        found = elsewhere.followed(home, session.listed_at(commit))
    suite = survey.suite_at(session.git, commit, session.prefix, session.catalog, elsewhere.places(found))
    _in_step(suite, version, [name for name, m in record.modules.items() if not m.published] if record else [])
    epoch = int(session.git.do("show", "-s", "--format=%ct", commit))
    released = (tuple(name for name in wave if suite.modules[name].publish) for wave in suite.graph.waves)
    waves = tuple(wave for wave in released if wave)
    made = record or Record(
        plan=identity(["bound", suite.name, version, session.git.tree_of(commit)]),
        suite=suite.name,
        version=version,
        epoch=epoch,
        commit=commit,
        tree=session.git.tree_of(commit),
        umbrella=suite.umbrella.package if suite.umbrella else None,
        modules={name: _module(suite, name) for wave in waves for name in wave},
        waves=waves,
        elsewhere={name: there.recorded() for name, there in found.items()},
    )
    dists = (
        [artifacts.dist(path) for path in sorted(folder.rglob("*")) if path.suffix in (".whl", ".gz")] if folder else []
    )
    modules = {name: replace(m, files=_files(m, dists)) for name, m in made.modules.items()}
    return replace(made, modules=modules, build={**made.build, "bytes": "run"})


def carried(record: Record, listed: Mapping[str, Listing]) -> Record:
    """Where this run binds the bytes: a module without files whose version the index has is carried over."""
    if record.build.get("bytes") != "run":
        return record
    there = {name for name, m in record.modules.items() if not m.files and listed.get(m.package, {}).get(m.version)}
    modules = {name: replace(m, published=m.published and name not in there) for name, m in record.modules.items()}
    return replace(record, modules=modules)


def _in_step(suite: Suite, version: str, kept: list[str]) -> None:
    edits = sync_edits(suite, targets(suite, version), kept)
    if edits:
        raise ReleaseError(
            *(
                Problem(
                    "drift", f"{edit.path} does not say what {version} is to say", path=edit.path, hint="prepare again"
                )
                for edit in edits
            )
        )


def _module(suite: Suite, name: str) -> Recorded:
    module = suite.modules[name]
    return Recorded(
        package=module.package,
        version=module.version,
        before=None,
        published=module.project is not None,
        depends=suite.graph.depends[name],
        requires_python=module.project.requires_python if module.project else None,
    )


def _files(module: Recorded, dists: list[Dist]) -> tuple[Dist, ...]:
    wanted = (canonicalize_name(module.package), Version(module.version))
    return tuple(dist for dist in dists if package_and_version(dist.name) == wanted)
