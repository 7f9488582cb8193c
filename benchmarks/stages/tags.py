"""Annotated tags, one a module: all at once as `prepare` makes them, against a `git tag -a` for each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from bench import Bench
from generated import committed, git
from measure import Case, Group, Limit, WrongError

OURS = "tags as prepare makes them"
LOOP = "git tag -a, a process each"
MESSAGE = "One of the packages of mill 1.5.0"


def groups(bench: Bench) -> Iterator[Group]:
    """Each size by itself; each run in a repository of its own."""
    empty = bench.folder / "untagged"
    empty.mkdir()
    (empty / "README.md").write_text("# Nothing\n", encoding="utf-8")
    committed(empty, "Nothing")
    for size in bench.sizes:
        cases = [
            tagging(bench, name, script, empty, size) for name, script in ((LOOP, "tag_loop.py"), (OURS, "tag_ours.py"))
        ]
        limits = [Limit(f"{size:,} annotated tags", OURS, LOOP, 0.5)] if size == max(bench.sizes) else ()
        yield Group(f"tags, {size:,} modules", cases, bench.rounds, size, (LOOP,), limits)


def tagging(bench: Bench, name: str, script: str, empty: Path, size: int) -> Case:
    place = bench.folder / f"{Path(script).stem}-{size}"

    def before() -> None:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(empty, place)

    def after(_: str) -> None:
        kinds = git(place, "for-each-ref", "--format=%(objecttype)", "refs/tags").split()
        if kinds != ["tag"] * size:
            raise WrongError(f"{name}: {len(kinds)} tags of {size}")

    words: list[str | Path] = [bench.tools.python, Path(__file__).with_name(script), str(size), MESSAGE]
    return Case(name, words, place, before=before, after=after, line="tags" if name == OURS else "")
