"""The mark `tested` of a row: when its versions were last tested together, and what came of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from trainer_release.model.catalog import Tested
from trainer_release.suite.catalog import keys
from trainer_release.suite.catalog.values import choice, day, mapping, text

if TYPE_CHECKING:
    from trainer_release.suite.catalog.source import Source
    from trainer_release.suite.catalog.yaml_nodes import Node


def tested(source: Source, node: Node, what: str) -> Tested | None:
    """What the mark says; None where that was complained about."""
    got = mapping(source, node, what, keys.TESTED, keys.NEEDED_OF_TESTED)
    if got is None or not got.keys() >= {*keys.NEEDED_OF_TESTED}:
        return None
    on = day(source, got["date"], f"{what}, date")
    result = choice(source, got["result"], f"{what}, result", keys.RESULTS)
    rest = {key: text(source, got[key], f"{what}, {key}") for key in ("python", "platform", "by") if key in got}
    return Tested(on, result, **rest) if on and result else None


def written(said: Tested) -> str:
    """The mark's value, on one line; a word of its own needs no quotes, a version might."""
    plain = {key: value for key, value in asdict(said).items() if value is not None}
    bare = {"result", "platform"}
    entries = (
        f"{key}: {value if key in bare else json.dumps(value, ensure_ascii=False)}" for key, value in plain.items()
    )
    return "{" + ", ".join(entries) + "}"
