"""Generated integration tests: one readable pytest file for every pair of a consumer and a provider.

The same sources and factories give the same bytes. A file tells what it was made from and the hash of its own text, so
that a hand that changed it is noticed before it is written over.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer_release.agent.contracts import promises
from trainer_release.agent.contracts.interfaces import called_with
from trainer_release.agent.contracts.matching import Pair, members, pairs
from trainer_release.agent.contracts.reading import Reading
from trainer_release.agent.contracts.values import Maker
from trainer_release.agent.contracts.writing import Gap, Writer

CHECKS = "conftest.py"
_MARK = "# test-agent: text "
_CHECKS = Path(__file__).parents[1] / "inject" / "ta_contracts.py"


@dataclass(frozen=True, slots=True)
class Generated:
    """The files to have, by name, and what they leave out, by file."""

    files: Mapping[str, str]
    gaps: Mapping[str, tuple[Gap, ...]]


def generate(
    sources: Mapping[str, Mapping[str, bytes]], factories: Mapping[str, str], chosen: Collection[str] | None = None
) -> Generated:
    """The tests for modules whose sources are given by module name, as they are in site-packages. `factories` says
    which function makes an object: `package:Class` to `module:function`. With `chosen`, of these modules alone.
    SyntaxError for sources that cannot be parsed."""
    from griffe import logger

    files: dict[str, str] = {}
    gaps: dict[str, tuple[Gap, ...]] = {}
    with warnings.catch_warnings(), logger.disable():
        warnings.simplefilter("ignore")
        reading = Reading()
        for name, found in sorted(sources.items()):
            reading.add(name, found)
        for pair in pairs(reading):
            if chosen is not None and not {pair.consumer, pair.provider} <= {*chosen}:
                continue
            name = f"test_{_identifier(pair.consumer)}_{_identifier(pair.provider)}.py"
            files[name], gaps[name] = _file(pair, reading, factories)
    if files:
        files[CHECKS] = sealed(_CHECKS.read_text(encoding="utf-8").rstrip() + "\n")
    return Generated(files, gaps)


def _identifier(name: str) -> str:
    return name.replace("-", "_").replace(".", "_")


def _file(pair: Pair, reading: Reading, factories: Mapping[str, str]) -> tuple[str, tuple[Gap, ...]]:
    writer = Writer(pair, reading, Maker(reading, factories))
    body = writer.body()
    gaps = tuple(dict.fromkeys(writer.gaps))
    head = [
        f'"""What {pair.consumer} relies on in {pair.provider}, held against the real thing."""',
        "",
        f"# consumer: {pair.consumer} sha256:{_digest(_consumer(pair))}",
        f"# provider: {pair.provider} sha256:{_digest(_provider(pair, reading))}",
    ]
    left = ["", "# Not covered:", *(f"# - {gap.what}: {gap.reason}" for gap in gaps)] if gaps else []
    return sealed("\n".join([*head, *left, "", *writer.maker.imports.lines("\n".join(body)), *body]) + "\n"), gaps


def _consumer(pair: Pair) -> list[str]:
    """What the tests were made from, of the consumer's side."""

    def taken(it: Any) -> str:
        return ", ".join(f"{each.name}: {each.annotation}" for each in called_with(it))

    return [f"{use.owner.path}({taken(use.owner)}) {use.parameter}" for use in pair.uses]


def _provider(pair: Pair, reading: Reading) -> list[str]:
    """The same of the provider's."""
    lines = []
    for match in pair.matches:
        for cls in (match.interface, match.cls):
            lines += [
                f"{cls.path}.{promises.line(member)}" for member in members(cls, reading).values() if _told(member)
            ]
    return list(dict.fromkeys(lines))


def _told(member: Any) -> bool:
    return bool(member.is_function or member.is_attribute)


def _digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def sealed(text: str) -> str:
    """A generated file with the words that say so, and the hash of its text, before it."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"# Written by `test-agent generate`; do not edit: run that again.\n{_MARK}sha256:{digest}\n{text}"


def origin(text: str) -> str:
    """Whose a file is: `generated`, `edited` for one that was generated and changed by hand, `other`."""
    first, _, rest = text.partition("\n")
    mark, _, body = rest.partition("\n")
    if not (first.startswith("# Written by `test-agent generate`") and mark.startswith(_MARK)):
        return "other"
    return "generated" if mark == f"{_MARK}sha256:{hashlib.sha256(body.encode()).hexdigest()}" else "edited"
