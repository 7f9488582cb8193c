"""Environments: made from wheels, asked what they hold, compared with what they were made from."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from trainer_release.errors import fail
from trainer_release.model.testing import Cell, WheelRef
from trainer_release.world import artifacts, files, process
from trainer_release.world.venvs import Venvs

_PROBE = Path(__file__).parent / "inject" / "probe.py"
# fmt: off
_KEPT = {
    "CI", "COMSPEC", "HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "PATHEXT", "SHELL",
    "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TERM", "TMP", "TMPDIR", "TZ", "USER", "USERNAME", "USERPROFILE",
    "WINDIR",
    "CURL_CA_BUNDLE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE",
}
# fmt: on
"""What a test process inherits: where things are on this machine, its certificates; no secret, no setting of ours."""
_INSTALL_LIMIT = 900.0
_ASK_LIMIT = 120.0


def foreign() -> tuple[str, ...]:
    """The names of this process's environment variables that no child sees: all but an allow-list."""
    return tuple(name for name in os.environ if name.upper() not in _KEPT and not name.startswith("LC_"))


def allowed() -> dict[str, str]:
    """What of the environment of this process a child sees."""
    return {name: value for name, value in os.environ.items() if name not in foreign()}


def make(cell: Cell, venvs: Venvs, folder: Path) -> Path:
    """A fresh environment with the cell's wheels, what they declare and the test requirements; its interpreter.

    A sibling that something declares comes from its file, never from an index: it is a constraint by URL and hash.
    ReleaseError `environment-broken` where the installer refuses, `environment-differs` where a wheel has changed.
    """
    _unchanged((*cell.wheels, *cell.siblings))
    own = Venvs(cell.python, venvs.uv)
    python = own.create(folder / "env")
    extras = {canonicalize_name(package): names for package, names in cell.extras.items()}
    wheels = [_direct(wheel, extras.get(canonicalize_name(wheel.package), ())) for wheel in cell.wheels]
    siblings = [_direct(wheel) for wheel in cell.siblings]
    done = own.install(python, [*wheels, *cell.requires], constraints=siblings, timeout=_INSTALL_LIMIT)
    if not done.ok:
        message = f"{cell.name}: the wheels under test and what they declare cannot be installed together"
        hint = "read the installer's lines: a dependency that no index has, or pins that exclude each other"
        raise fail("environment-broken", message, hint=hint, context=done.tail)
    return python


def _unchanged(wheels: Iterable[WheelRef]) -> None:
    changed = [wheel.path for wheel in wheels if files.sha256(Path(wheel.path)) != wheel.sha256]
    if changed:
        message = f"{', '.join(changed)}: other bytes than those that were to be tested"
        raise fail("environment-differs", message, hint="build the wheels again")


def _direct(wheel: WheelRef, extras: Iterable[str] = ()) -> str:
    wanted = ",".join(extras)
    name = f"{wheel.package}[{wanted}]" if wanted else wheel.package
    return f"{name} @ {Path(wheel.path).as_uri()}#sha256={wheel.sha256}"


def ask(python: str | Path, question: str, *names: str) -> Any:
    """What the probe answers inside an environment; None where it died before it could answer.

    A path that is no interpreter is ReleaseError `interpreter-missing`.
    """
    with files.scratch("ask") as folder:
        words = (str(python), str(_PROBE), question, *names)
        try:
            done = process.run(words, cwd=folder, drop=foreign(), timeout=_ASK_LIMIT)
        except OSError as error:
            done = process.Finished(words, 127, "", str(error))
    lines = done.out.splitlines()
    if question == "facts" and not done.ok:
        message = f"{python} does not run as a Python"
        raise fail("interpreter-missing", message, hint="give --python a Python's path", context=done.tail)
    return json.loads(lines[-1]) if done.ok and lines else None


def differences(cell: Cell, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """How the installed distributions differ from the wheels under test; empty where the tested bytes are theirs."""
    packages = facts["packages"]
    wrong = []
    for wheel in (*cell.wheels, *cell.siblings):
        found = packages.get(wheel.package)
        if found is not None:
            wrong += _differs(wheel, found)
        elif wheel in cell.wheels:
            wrong.append(f"{wheel.package} is not installed")
    return tuple(wrong)


def _differs(wheel: WheelRef, found: Mapping[str, Any]) -> list[str]:
    if not same(found["version"], wheel.version):
        return [f"{wheel.package} {found['version']} is installed, {wheel.version} was to be tested"]
    recorded = artifacts.record_of(Path(wheel.path))
    installed = found["files"]
    # What a wheel keeps under .data is put elsewhere on installation, and RECORD has no hash of itself.
    plain = {path: digest for path, digest in recorded.items() if digest and ".data/" not in path}
    changed = [path for path, digest in plain.items() if installed.get(path) != digest]
    return [f"{wheel.package}: {path} is not the wheel's" for path in changed]


def same(one: str, other: str) -> bool:
    """Whether two spellings name one version (PEP 440); spellings that are no versions are compared as they stand."""
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other
