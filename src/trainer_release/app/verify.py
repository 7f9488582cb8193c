"""verify: does a Python environment hold exactly this suite version? Offline."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from trainer_release import compatibility
from trainer_release.app.load import locate, read_catalog
from trainer_release.app.session import open_session
from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.suite.members import wanted_names
from trainer_release.world import process
from trainer_release.world.files import text_or_none

EMPTY, INVALID = 6, 3


@dataclass(frozen=True, slots=True)
class Verified:
    """What was compared with what, and every difference. `withdrawn`: why nobody is to use this suite version any more,
    by its manifest's revision or the catalog that is at hand."""

    against: str
    python: str
    suite_version: str
    checked: int
    packages: tuple[str, ...]
    mismatches: tuple[Mapping[str, Any], ...]
    withdrawn: str | None = None

    @property
    def ok(self) -> bool:
        return not self.mismatches


def verify(start: Path, what: str | None, python: Path | None, catalog: Path | None = None) -> Verified:
    """Compare an environment with a manifest, a SUITE==VERSION, what the installed umbrella embeds, or the newest
    manifest. `python` is the environment's interpreter: by default that of VIRTUAL_ENV, else this one."""
    chosen = str(python or _active())
    if what is None:
        embedded = _ask(chosen)
        if embedded is not None:
            return replace(embedded, withdrawn=_in_catalog(start, catalog, embedded))
    manifest = _manifest(start, what, catalog)
    found = _against(chosen, manifest)
    return replace(found, withdrawn=_beside(manifest) or _in_catalog(start, catalog, found))


def _beside(manifest: Path) -> str | None:
    """What a manifest, or its revision beside it, says of its withdrawal."""
    for place in (manifest, manifest.with_suffix(".withdrawn.json")):
        text = text_or_none(place)
        said = json.loads(text).get("withdrawn") if text else None
        if said:
            return str(said)
    return None


def _in_catalog(start: Path, catalog: Path | None, found: Verified) -> str | None:
    """What the catalog at hand says of this version, where it is the catalog of this suite."""
    try:
        listed = read_catalog(locate(start.resolve(), catalog))
    except ReleaseError:
        return None
    row = listed.rows.get(found.suite_version)
    ours = {package for name in listed.modules for package in wanted_names(listed, name)}
    return row.withdrawn if row and ours & {canonicalize_name(package) for package in found.packages} else None


def _active() -> Path:
    active = os.environ.get("VIRTUAL_ENV")
    return Path(active) / "bin" / "python" if active else Path(sys.executable)


def _manifest(start: Path, what: str | None, catalog: Path | None) -> Path:
    if what is not None and "==" not in what:
        return start / what
    try:
        session = open_session(start, catalog)
        suite = session.load().suite
    except ReleaseError:
        raise _nothing() from None
    folder = session.data(suite.name) / "manifests"
    named, _, version = what.partition("==") if what else (suite.name, "", "*")
    if named not in (suite.name, suite.umbrella.package if suite.umbrella else None):
        raise _nothing()
    found = sorted(folder.glob(f"*-{version}-manifest.json"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise _nothing()
    return found[-1]


def _nothing() -> ReleaseError:
    return fail(
        "nothing-to-verify",
        "no manifest was given or found, and no installed package embeds a suite file",
        hint="trainer-release verify PATH-OF-MANIFEST --python PATH-OF-PYTHON",
    )


def _ask(python: str, *words: str) -> Verified | None:
    done = process.run([python, "-I", compatibility.__file__, *words, "--json"], timeout=120)
    if done.code == EMPTY:
        return None
    if done.code == INVALID:
        raise fail("manifest-invalid", done.err.strip(), hint="give the manifest that the release wrote")
    try:
        answer = json.loads(done.out)
    except ValueError:
        hint = "give --python the path of an environment's interpreter"
        raise fail("nothing-to-verify", f"{python} gave no answer", context=done.tail, hint=hint) from None
    return Verified(
        against=words[0] if words else "the suite file that is installed",
        python=python,
        suite_version=answer["suite_version"],
        checked=len(answer["checked"]),
        packages=tuple(answer["checked"]),
        mismatches=tuple(answer["mismatches"]),
    )


def _against(python: str, manifest: Path) -> Verified:
    if not manifest.is_file():
        raise ReleaseError(Problem("nothing-to-verify", f"there is no manifest at {manifest.name}", path=str(manifest)))
    answer = _ask(python, str(manifest))
    if answer is None:
        raise _nothing()
    return answer
