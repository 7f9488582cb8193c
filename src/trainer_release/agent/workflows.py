"""GitHub workflows that test each module alone when it changes, and all of them together every night. Pure.

The same catalog gives the same bytes. Actions are named by commit, as a release's own workflow names them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Template

from packaging.specifiers import InvalidSpecifier, SpecifierSet

MARK = "# Written by `test-agent ci write` from what versions.yaml says; `test-agent ci check` tells when it is behind."
FOLDER = ".github/workflows"
TOOLS = ".github/release-tools.txt"
PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
"""The versions of Python that a matrix may have."""


@dataclass(frozen=True, slots=True)
class Tested:
    """A module as its workflow knows it: the paths whose changes concern it (none: all do), and its Pythons."""

    __test__ = False
    name: str
    paths: tuple[str, ...]
    pythons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What the workflows of one repository share. `tools` is whether it lists what they install; `together`: whether
    modules are tested together there."""

    branches: tuple[str, ...] = ("main",)
    tools: bool = False
    together: bool = True


def pythons(requires: Iterable[str | None], chosen: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The versions that every `requires-python` admits; those that are chosen, where they are."""
    if chosen:
        return chosen
    admitted = [_specifiers(each) for each in requires if each]
    # A bound may lie inside a version's series: `>=3.11.4` admits 3.11, by its latest.
    found = tuple(each for each in PYTHONS if all(_admits(said, each) for said in admitted))
    return found or PYTHONS[-2:-1]


def _admits(said: SpecifierSet, version: str) -> bool:
    return said.contains(f"{version}.99") or said.contains(version)


def _specifiers(text: str) -> SpecifierSet:
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return SpecifierSet()


def render(modules: Iterable[Tested], place: Place) -> Mapping[str, str]:
    """Every workflow by its path: one a module, and one for all of them together."""
    tested = tuple(modules)
    found = {f"{FOLDER}/test-{module.name}.yml": _alone(module, place) for module in tested}
    if place.together:
        kept = [version for version in PYTHONS if all(version in module.pythons for module in tested)]
        found[f"{FOLDER}/integration.yml"] = _together(tuple(kept) or PYTHONS[-2:-1], place)
    return found


def _alone(module: Tested, place: Place) -> str:
    own = f"{FOLDER}/test-{module.name}.yml"
    paths = (*module.paths, *((TOOLS,) if place.tools else ()), own) if module.paths else ()
    limited = "".join(f"      - {json.dumps(path)}\n" for path in paths)
    head = _ALONE.substitute(
        name=module.name,
        branches=_list(place.branches),
        push=f"    paths:\n{limited}" if limited else "",
        request=f"\n    paths:\n{limited}" if limited else "\n",
    )
    line = f"test-agent run --module {module.name} --mode isolated"
    return head + _job("isolated", f"{module.name} alone", line, f"report-{module.name}", module.pythons, place)


def _together(versions: tuple[str, ...], place: Place) -> str:
    line = "test-agent run --mode integration"
    return _TOGETHER + _job("integration", "All modules together", line, "report-integration", versions, place)


def _job(kind: str, title: str, line: str, report: str, versions: tuple[str, ...], place: Place) -> str:
    install = f"--requirement {TOOLS}" if place.tools else "trainer-release"
    said = {"kind": kind, "title": title, "line": line, "report": report, "install": install}
    return _JOB.substitute(said, pythons=_list(versions))


def _list(words: Iterable[str]) -> str:
    return f"[{', '.join(map(json.dumps, words))}]"


class _Text(Template):
    """`$` is GitHub's."""

    delimiter = "@@"


_ALONE = _Text(f"""\
{MARK}
name: Test @@name

on:
  push:
    branches: @@branches
@@push  pull_request:@@request
permissions: {{}}

concurrency:
  group: test-@@name-${{{{ github.ref }}}}
  cancel-in-progress: ${{{{ github.event_name == 'pull_request' }}}}

""")
_TOGETHER = f"""\
{MARK}
name: Integration

on:
  schedule:
    - cron: "23 2 * * *"  # nightly: the modules must still work together when nothing was changed here
  workflow_dispatch:

permissions: {{}}

concurrency:
  group: integration-${{{{ github.ref }}}}
  cancel-in-progress: false

"""
_JOB = _Text("""\
jobs:
  @@kind:
    name: @@title, Python ${{ matrix.python }}
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      contents: read  # to check out the repository
    strategy:
      fail-fast: false
      matrix:
        python: @@pythons
    steps:
      - name: Check out
        uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
        with:
          persist-credentials: false
          fetch-depth: 0
      - name: Set up the Python to test with
        id: tested
        uses: actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405 # v6.2.0
        with:
          python-version: ${{ matrix.python }}
      - name: Set up the Python of the tools
        uses: actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405 # v6.2.0
        with:
          python-version: "3.13"
      - name: Keep what is downloaded
        uses: actions/cache@cdf6c1fa76f9f475f3d7449005a359c84ca0f306 # v5.0.3
        with:
          path: ~/.cache/uv
          key: uv-${{ runner.os }}-${{ matrix.python }}-${{ hashFiles('**/pyproject.toml') }}
          restore-keys: uv-${{ runner.os }}-${{ matrix.python }}-
      - name: Install the tools
        run: python -m pip install @@install
      - name: Test
        env:
          PYTHON: ${{ steps.tested.outputs.python-path }}
        run: @@line --python "$PYTHON" --report report
      - name: Keep the report
        if: always()
        uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1
        with:
          name: @@report-${{ matrix.python }}
          path: report/
""")
