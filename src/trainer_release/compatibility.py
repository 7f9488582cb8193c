"""Does this Python environment hold exactly one suite version?

Standard library alone, Python 3.9 and later, importing nothing of ours: the file is also run by its path inside a
user's environment (`python -I compatibility.py FILE --json`).
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Union

if TYPE_CHECKING:
    from importlib.metadata import Distribution

SUITE = "trainer-release/suite/v1"
DONE, INVALID, DIFFERS, NOTHING = 0, 3, 4, 6
Source = Union[str, "os.PathLike[str]", Mapping[str, Any]]  # no `|`: this is a value, in 3.9 too
_WORDS = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc", "rev": "post", "r": "post"}


class Mismatch(NamedTuple):
    """A package that is not as the suite says; `found` is None where it is not installed."""

    package: str
    expected: str
    found: str | None
    reason: str


class VersionMismatchError(Exception):
    """What is installed is not what the suite says. `mismatches` lists (package, expected, found or None), all of
    them; `reasons` says for each package what is wrong in words."""

    def __init__(self, suite_version: str, wrong: Iterable[Mismatch]) -> None:
        found = tuple(wrong)
        self.suite_version = suite_version
        self.mismatches = [(each.package, each.expected, each.found) for each in found]
        self.reasons = {each.package: each.reason for each in found}
        lines = "".join(f"\n  {each.package}: {each.reason}" for each in found)
        super().__init__(f"this environment does not hold suite version {suite_version}:{lines}")


def check_version_compatibility(manifest_or_suite_file: Source) -> None:
    """Raise VersionMismatchError unless exactly the listed versions are installed, none of them as an editable.

    Takes the path of a manifest (`modules: {package: {"version": …}}`) or of the suite file that the umbrella embeds
    (`modules: {package: version}`), or its content as a mapping. Anything else is a ValueError; OSError passes through.
    """
    suite_version, versions = read(manifest_or_suite_file)
    if wrong := compare(versions):
        raise VersionMismatchError(suite_version, wrong)


def read(source: Source) -> tuple[str, dict[str, str]]:
    """The suite's version and every package's version. ValueError where the source is neither form."""
    if isinstance(source, Mapping):
        return _versions(source, "the mapping")
    name = os.fspath(source)
    with open(name, encoding="utf-8") as file:  # noqa: PTH123 (as plain as it gets)
        text = file.read()
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{name} is not JSON: {error}") from None
    return _versions(data, name)


def _versions(data: Any, where: str) -> tuple[str, dict[str, str]]:
    modules = data.get("modules") if isinstance(data, Mapping) else None
    if not isinstance(modules, Mapping) or not modules:
        raise ValueError(f"{where} lists no modules: neither a manifest nor a suite file")
    found = {}
    for package, entry in modules.items():
        version = entry.get("version") if isinstance(entry, Mapping) else entry
        if not isinstance(version, str):
            raise ValueError(f"{where} gives no version for {package}")  # noqa: TRY004 (one kind for a bad file)
        found[str(package)] = version
    return str(data.get("suite_version") or data.get("version") or "unknown"), found


def compare(versions: Mapping[str, str]) -> list[Mismatch]:
    """Everything that differs from these versions, in their order."""
    from importlib.metadata import distributions

    installed: dict[str, Distribution] = {}
    for found in distributions():  # the first on sys.path is the one that is imported
        installed.setdefault(_name(found.metadata["Name"] or ""), found)
    judged = (_judge(package, wanted, installed.get(_name(package))) for package, wanted in versions.items())
    return [each for each in judged if each is not None]


def _judge(package: str, expected: str, found: Distribution | None) -> Mismatch | None:
    if found is None:
        return Mismatch(package, expected, None, f"{expected} expected, not installed")
    if canonical(found.version) != canonical(expected):
        return Mismatch(package, expected, found.version, f"{expected} expected, {found.version} found")
    direct = json.loads(found.read_text("direct_url.json") or "{}")
    if direct.get("dir_info", {}).get("editable"):
        reason = f"{expected} expected, an editable install of {direct.get('url')} found"
        return Mismatch(package, expected, found.version, reason)
    return None


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def canonical(version: str) -> tuple[str, str, str]:
    """A version as parts that are equal where PEP 440 calls two spellings equal: release, rest, local."""
    public, _, local = version.strip().lower().lstrip("v").partition("+")
    match = re.match(r"((?:\d+!)?\d+(?:\.\d+)*)(.*)", public)
    release, rest = match.groups() if match else ("", public)
    rest = re.sub(r"[a-z]+", lambda word: _WORDS.get(word[0], word[0]), re.sub(r"[-_.]", "", rest))
    return re.sub(r"(\.0+)+$", "", release), rest, re.sub(r"[-_]", ".", local)


def embedded(basename: str = "suite.json") -> list[str]:
    """The paths of the suite files that installed distributions carry."""
    from importlib.metadata import distributions

    found = set()
    for distribution in distributions():
        for file in distribution.files or ():
            path = str(distribution.locate_file(file))
            if file.name == basename and _is_suite_file(path):
                found.add(os.path.realpath(path))
    return sorted(found)


def _is_suite_file(path: str) -> bool:
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123
            data = json.load(file)
    except (OSError, ValueError):
        return False  # some other package's file of that name
    return isinstance(data, dict) and data.get("schema") == SUITE


def main(argv: list[str] | None = None) -> int:
    """The command line: 0 as listed, 3 the file is bad, 4 something differs, 6 nothing to check against."""
    import argparse

    parser = argparse.ArgumentParser(description="Does this environment hold exactly one suite version?")
    parser.add_argument("file", nargs="?", help="a manifest or a suite file; default: what the umbrella embeds")
    parser.add_argument("--name", default="suite.json", help="the embedded suite file's name")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(argv)
    files = [chosen.file] if chosen.file else embedded(chosen.name)
    if len(files) != 1:
        several = "several suite files are installed, name one: " + ", ".join(files)
        return _refuse(several if files else "no installed distribution embeds a suite file", NOTHING)
    try:
        suite_version, versions = read(files[0])
    except (OSError, UnicodeDecodeError) as error:
        return _refuse(f"{files[0]} cannot be read: {error}", NOTHING)
    except ValueError as error:
        return _refuse(str(error), INVALID)
    return _tell(suite_version, versions, compare(versions), as_json=chosen.json)


def _tell(suite_version: str, versions: Mapping[str, str], wrong: list[Mismatch], *, as_json: bool) -> int:
    if as_json:
        entries = [each._asdict() for each in wrong]
        answer = {
            "ok": not wrong,
            "suite_version": suite_version,
            "checked": sorted(versions),
            "mismatches": entries,
        }
        lines = [json.dumps(answer, indent=2)]
    elif wrong:
        lines = [
            f"differs from suite version {suite_version}",
            *(f"  {each.package}: {each.reason}" for each in wrong),
        ]
    else:
        lines = [f"suite version {suite_version}: {len(versions)} packages as listed"]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return DIFFERS if wrong else DONE


def _refuse(text: str, code: int) -> int:
    sys.stderr.write(f"{text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
