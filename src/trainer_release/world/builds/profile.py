"""What is known of a backend in an environment: whether it may be imported ahead, and what its builds import."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from trainer_release.world.files import replace_text, scratch, text_or_none
from trainer_release.world.process import run

_SCRIPTS = Path(__file__).parent / "inject"
_EXAMINE = _SCRIPTS / "examine.py"
_TIME = 60.0


def guarded(python: str, script: str, *words: str) -> list[str]:
    """The command line for one of the scripts that run in build environments."""
    return [python, str(_SCRIPTS / "guard.py"), str(_SCRIPTS / script), *words]


def imports_ahead(python: str, backend: str, kept: Path, env: Mapping[str, str]) -> tuple[str, ...] | None:
    """The modules that a worker imports before it forks, the backend's first; None where it must not import it.

    The answer is found by trying, once for an environment: it is kept in the folder `kept`.
    """
    from filelock import FileLock

    name = hashlib.sha256(backend.encode() + _EXAMINE.read_bytes()).hexdigest()[:16]
    place = kept / f"backend-{name}.json"
    known = _read(text_or_none(place) or "")
    if known is None:
        with FileLock(kept / "lock"):
            known = _read(text_or_none(place) or "") or _examine(python, backend, env)
            replace_text(place, json.dumps(known))
    if known["objections"]:
        return None
    return (backend.partition(":")[0], *known["modules"])


def _examine(python: str, backend: str, env: Mapping[str, str]) -> dict[str, list[str]]:
    with scratch("examine") as folder:
        argv = guarded(python, "examine.py", backend)
        alone = dict(env) | {"TMPDIR": str(folder)}
        done = run(argv, cwd=folder, env=alone, drop=tuple(os.environ), timeout=_TIME)
    known = _read(done.out.rpartition("\n{")[2] and "{" + done.out.rpartition("\n{")[2]) if done.ok else None
    return known or {"objections": [f"ended with {done.code}"], "modules": []}


def _read(text: str) -> dict[str, list[str]] | None:
    try:
        known = json.loads(text)
        return {part: [str(item) for item in known[part]] for part in ("objections", "modules")}
    except (ValueError, KeyError, TypeError):
        return None
