"""Environments: asked what they are, compared with what they were made from."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from trainer_release.errors import fail
from trainer_release.model.testing import WheelRef
from trainer_release.world import artifacts, files, process, site_packages

_PROBE = Path(__file__).parents[1] / "inject" / "probe.py"
# fmt: off
_KEPT = {
    "CI", "COMSPEC", "HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "PATHEXT", "SHELL",
    "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TERM", "TMP", "TMPDIR", "TZ", "USER", "USERNAME", "USERPROFILE",
    "WINDIR",
    "CURL_CA_BUNDLE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE",
}
# fmt: on
"""What a test process inherits: where things are on this machine, its certificates; no secret, no setting of ours."""
_ASK_LIMIT = 120.0


def foreign() -> tuple[str, ...]:
    """The names of this process's environment variables that no child sees: all but an allow-list."""
    return tuple(name for name in os.environ if name.upper() not in _KEPT and not name.startswith("LC_"))


def allowed() -> dict[str, str]:
    """What of the environment of this process a child sees."""
    return {name: value for name, value in os.environ.items() if name not in foreign()}


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
    if question != "import" and not done.ok:
        message = f"{python} does not run as a Python"
        raise fail("interpreter-missing", message, hint="give --python a Python's path", context=done.tail)
    return json.loads(lines[-1]) if done.ok and lines else None


def unchanged(wheels: Iterable[WheelRef]) -> None:
    """ReleaseError `environment-differs` with the wheels that are not the files that were to be tested."""
    changed = [wheel.path for wheel in wheels if files.sha256(Path(wheel.path)) != wheel.sha256]
    if changed:
        message = f"{', '.join(changed)}: other bytes than those that were to be tested"
        raise fail("environment-differs", message, hint="build the wheels again")


def differences(wheels: Iterable[WheelRef], siblings: Iterable[WheelRef], site: site_packages.Site) -> tuple[str, ...]:
    """How what a folder of packages holds differs from the wheels under test, and from the siblings that are there;
    empty where the tested bytes are theirs."""
    held = {each.name: each for each in site.held}
    wrong = []
    for wheel in wheels:
        found = held.get(canonicalize_name(wheel.package))
        wrong += _differs(wheel, found, site.folder) if found else [f"{wheel.package} is not installed"]
    for wheel in siblings:
        found = held.get(canonicalize_name(wheel.package))
        wrong += _differs(wheel, found, site.folder) if found else []
    return tuple(wrong)


def _differs(wheel: WheelRef, found: site_packages.Installed, site: Path) -> list[str]:
    if not same(found.version, wheel.version):
        return [f"{wheel.package} {found.version} is installed, {wheel.version} was to be tested"]
    recorded = artifacts.record_of(Path(wheel.path))
    # What a wheel keeps under .data is put elsewhere on installation, and RECORD has no hash of itself.
    plain = {path: digest for path, digest in recorded.items() if digest and ".data/" not in path}
    changed = [path for path, digest in plain.items() if site_packages.digest(site / path) != digest]
    return [f"{wheel.package}: {path} is not the wheel's" for path in changed]


def same(one: str, other: str) -> bool:
    """Whether two spellings name one version (PEP 440); spellings that are no versions are compared as they stand."""
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other
