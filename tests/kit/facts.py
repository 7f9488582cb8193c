"""Facts without a world: a suite from texts, a repository in order, a record with built files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kit.repo import suite as suite_files
from trainer_release.model.catalog import IndexAddress
from trainer_release.model.facts import ExecuteFacts, GitFacts, PrepareFacts, RemoteFacts
from trainer_release.model.index import Dist, IndexFile, Listing
from trainer_release.model.record import Record, Recorded
from trainer_release.model.suite import Suite
from trainer_release.release import survey
from trainer_release.release.step import World
from trainer_release.suite.assemble import assemble

EPOCH = 1_700_000_000  # 2023-11-14
HEAD, TREE, RECORD, TAG = "a" * 40, "b" * 40, "c" * 40, "d" * 40


def suite_of(files: Mapping[str, str]) -> Suite:
    """The suite that these texts are."""
    return assemble("versions.yaml", files, files.get)[0]


def git_facts(**changes: Any) -> GitFacts:
    """A clean repository on main, with a remote that has nothing but it."""
    remote = RemoteFacts("origin", {"refs/heads/main": HEAD})
    whole = GitFacts(
        prefix="",
        head=HEAD,
        branch="main",
        changed=(),
        untracked=(),
        refs={"refs/heads/main": HEAD},
        operation=None,
        sparse=False,
        identity=True,
        catalog_at_head=None,
        remote=remote,
    )
    return replace(whole, **changes)


def listed(*names: str, digest: str | None = None) -> tuple[IndexFile, ...]:
    """Files as an index lists them; every one has its own hash unless `digest` is given."""
    return tuple(IndexFile(name, f"http://index.example/{name}", digest or sha(name), 10) for name in names)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def on_index(*pairs: str) -> dict[str, Listing]:
    """Listings of `package version` pairs, each with a wheel and an sdist."""
    found: dict[str, dict[str, tuple[IndexFile, ...]]] = {}
    for pair in pairs:
        package, version = pair.split()
        found.setdefault(package, {})[version] = listed(*names(package, version))
    return dict(found)


def names(package: str, version: str) -> tuple[str, str]:
    """The names of a package's built files."""
    stem = f"{package.replace('-', '_')}-{version}"
    return f"{stem}-py3-none-any.whl", f"{stem}.tar.gz"


def prepare_facts(
    version: str = "1.1.0",
    files: Mapping[str, str] | None = None,
    listings: Mapping[str, Listing] | None = None,
    epoch: int = EPOCH,
    **git: Any,
) -> PrepareFacts:
    """The facts of preparing a version of the suite `demo`."""
    texts = suite_files() if files is None else files
    about = git_facts(**git)
    tools = {"python": "3.11.7", "tool": "trainer-release 0.1.0"}
    return survey.to_prepare(suite_of(texts), texts, version, about, listings or {}, epoch, "/usr/bin/python3", tools)


def record(version: str = "1.1.0", *, carried: Iterable[str] = (), files: bool = True, **changes: Any) -> Record:
    """A prepared release of words, speech and core; `carried` are those that the index had."""
    needs = {"words": (), "speech": ("words",), "core": ("speech", "words")}
    kept = set(carried)
    modules = {
        name: Recorded(
            package=f"demo-{name}",
            version="1.0.0" if name in kept else version,
            before="1.0.0",
            published=name not in kept,
            depends=depends,
            requires_python=">=3.9",
            files=tuple(Dist(n, sha(n), 10) for n in names(f"demo-{name}", version))
            if files and name not in kept
            else (),
        )
        for name, depends in needs.items()
    }
    whole = Record(
        plan="0123456789abcdef",
        suite="demo",
        version=version,
        epoch=EPOCH,
        commit=HEAD,
        tree=TREE,
        umbrella="demo-core",
        modules=modules,
        waves=(("words",), ("speech",), ("core",)),
        verdict=verdict(),
        build={"branch": "main", "bytes": "here", "python": "3.11.7"},
    )
    return replace(whole, **changes)


def verdict(**changes: Any) -> dict[str, Any]:
    """A green verdict of one cell that tested no file, unless `files` says which."""
    files = changes.pop("files", {})
    cell = {
        "name": "together",
        "mode": "integration",
        "modules": ["words", "speech", "core"],
        "python": "3.11.7",
        "platform": "linux-x86_64",
        "status": "passed",
        "passed": 3,
        "failed": 0,
        "skipped": 1,
        "seconds": 1.5,
        "code": None,
        "files": files,
    }
    return {"schema": "trainer-release/verdict/v1", "ok": True, "cells": [cell], "files": files} | changes


def execute_facts(
    made: Record | None = None,
    *,
    files: Mapping[str, str] | None = None,
    listings: Mapping[str, Listing] | None = None,
    local: Mapping[str, str] | None = None,
    given: Mapping[str, Any] | None = None,
    tag: str | None = TAG,
    credentials: bool = True,
    **git: Any,
) -> ExecuteFacts:
    """The facts of executing a prepared release whose files are all at hand."""
    made = record() if made is None else made
    ours = {"refs/tags/v1.1.0": tag, "refs/trainer-release/demo/1.1.0": RECORD, "refs/heads/main": HEAD}
    return ExecuteFacts(
        suite=suite_of(suite_files("1.1.0") if files is None else files),
        version=made.version,
        git=git_facts(**{"refs": {name: oid for name, oid in ours.items() if oid}} | git),
        record=made,
        record_object=RECORD,
        tag_object=tag,
        listings=listings or {},
        local={dist.name: dist.sha256 for dist in made.files().values()} if local is None else local,
        index="local",
        embedded=True,
        credentials=credentials,
        verdict=given,
    )


def world(folder: Path, **changes: Any) -> World:
    """A world for steps that need no builder: folders below `folder`, an index that nobody asks."""
    hands: dict[str, Any] = {"git": None, "builder": None, "venvs": None}
    whole = World(
        plan="p",
        root=folder,
        prefix="",
        index=IndexAddress("local", "http://127.0.0.1:1/", "http://127.0.0.1:1/simple/"),
        embedded=True,
        tree=folder / "tree",
        artifacts=folder / "artifacts",
        data=folder / "data",
        scratch=folder / "scratch",
        **hands,
    )
    return replace(whole, **changes)
