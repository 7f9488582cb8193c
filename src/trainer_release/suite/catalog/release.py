"""The sections about releasing: `release` and `indexes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainer_release.model.catalog import IndexAddress, Pin, Release
from trainer_release.suite.catalog import keys
from trainer_release.suite.catalog.places import address, path, ref, tag
from trainer_release.suite.catalog.values import choice, count, mapping, name, texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trainer_release.suite.catalog.source import Source
    from trainer_release.suite.catalog.yaml_nodes import Node


def release(source: Source, node: Node | None, indexes: Iterable[str]) -> Release:
    """How releases are made, with the defaults where nothing is said."""
    got = mapping(source, node, "`release`", keys.RELEASE) or {} if node else {}
    plain = Release()

    def word(key: str, words: tuple[str, ...], default: str) -> str:
        return (choice(source, got[key], f"release.{key}", words) if key in got else None) or default

    branches = texts(source, got["branches"], "release.branches") if "branches" in got else ()
    patterns = tuple(b for _, item in branches if (b := ref(source, item, "release.branches", glob=True)))
    module_tag = got.get("module-tag")
    if module_tag is not None and module_tag.style is None and module_tag.value in ("null", "~", "Null", "NULL"):
        module_tag = None
    return Release(
        versioning=word("versioning", keys.VERSIONINGS, plain.versioning),
        pin=Pin(word("pin", keys.PINS, plain.pin)),
        branches=patterns or plain.branches,
        push=word("push", keys.PUSHES, plain.push),
        build=word("build", keys.BINDINGS, plain.build),
        tag=(tag(source, got["tag"], "release.tag", ("version",)) if "tag" in got else None) or plain.tag,
        module_tag=tag(source, module_tag, "release.module-tag", ("package", "version")) if module_tag else None,
        embed=path(source, got["embed"], "release.embed") if "embed" in got else None,
        index=word("index", (*keys.INDEXES, *indexes), plain.index),
        github=word("github", keys.FORGES, plain.github),
    )


def indexes(source: Source, node: Node) -> dict[str, IndexAddress]:
    """The user's own indexes; their names must not shadow `local`, `pypi` and `testpypi`."""
    found: dict[str, IndexAddress] = {}
    for key, value in node.pairs if mapping(source, node, "`indexes`") is not None else ():
        called = name(source, key, "an index") if key.kind == "scalar" else None
        got = mapping(source, value, f"index `{called}`", keys.INDEX, keys.NEEDED_OF_INDEX) if called else None
        if called is None or got is None:
            continue
        if called in keys.INDEXES:
            message = f"an index cannot be called `{called}`: that name is taken"
            source.complain("name-reserved", key.start, message, f'call it "{called}-2", for example')
        read = {word: (word, at, f"index `{called}`, {word}") for word, at in got.items()}
        places = {word: address(source, at, what) for word, at, what in read.values() if word not in keys.LIMITS}
        limits = {word: count(source, at, what) for word, at, what in read.values() if word in keys.LIMITS}
        upload, simple, json = map(places.get, keys.PLACES)
        found[called] = IndexAddress(called, upload, simple, json, *map(limits.get, keys.LIMITS))
    return found
