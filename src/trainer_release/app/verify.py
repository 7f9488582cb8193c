"""verify: does a Python environment hold exactly this suite version? Offline."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer_release import compatibility
from trainer_release.app.session import open_session
from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.world import process

EMPTY, INVALID = 6, 3


@dataclass(frozen=True, slots=True)
class Verified:
    """What was compared with what, and every difference."""

    against: str
    python: str
    suite_version: str
    checked: int
    mismatches: tuple[Mapping[str, Any], ...]

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
            return embedded
    return _against(chosen, _manifest(start, what, catalog))


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
        checked=answer["checked"] if isinstance(answer["checked"], int) else len(answer["checked"]),
        mismatches=tuple(answer["mismatches"]),
    )


def _against(python: str, manifest: Path) -> Verified:
    if not manifest.is_file():
        raise ReleaseError(Problem("nothing-to-verify", f"there is no manifest at {manifest.name}", path=str(manifest)))
    answer = _ask(python, str(manifest))
    if answer is None:
        raise _nothing()
    return answer
