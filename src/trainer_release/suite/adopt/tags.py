"""Which patterns a repository's tags follow, and which versions they name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from trainer_release.suite.catalog.values import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

STARTS = re.compile(r"(?:^|(?<=[-/_@= .]))v?(?=\d)")
HEAD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/@=+-]*")
BETWEEN = re.compile(r"[-_/@=]+$")


@dataclass(frozen=True, slots=True)
class Tags:
    """The patterns in use (None: none found), the highest version of the suite's tags, and of each package's."""

    suite: str | None = None
    module: str | None = None
    latest: str | None = None
    packages: dict[str, str] = field(default_factory=dict)


def tag_patterns(tags: Iterable[str], packages: Iterable[str]) -> Tags:
    """Read the tags: `v1.2.0`, `1.2.0`, `release-1.2.0` are the suite's, `<package>-v1.2.0` and its like a package's.

    Of several patterns the most frequent one is taken.
    """
    names = {canonicalize_name(package) for package in packages}
    suites: Counter[str] = Counter()
    modules: Counter[str] = Counter()
    versions: dict[str, list[str]] = {}
    for head, sign, version in filter(None, map(split, tags)):
        package = canonicalize_name(BETWEEN.sub("", head))
        if package in names:
            modules[f"{{package}}{head[len(BETWEEN.sub('', head)) :]}{sign}{{version}}"] += 1
            versions.setdefault(package, []).append(version)
        elif not head or HEAD.fullmatch(head):
            pattern = f"{head}{sign}{{version}}"
            suites[pattern] += 1
            versions.setdefault(pattern, []).append(version)
    most = suites.most_common(1)[0][0] if suites else None
    highest = {key: max(found, key=Version) for key, found in versions.items()}
    return Tags(
        suite=most,
        module=modules.most_common(1)[0][0] if modules else None,
        latest=highest[most] if most else None,
        packages={name: version for name, version in highest.items() if name in names},
    )


def split(tag: str) -> tuple[str, str, str] | None:
    """A tag as what stands before the version, its `v` if it has one, and the canonical version; None without one."""
    for start in STARTS.finditer(tag):
        version = canonical(tag[start.end() :])
        if version is not None:
            return tag[: start.start()], start[0], version
    return None
