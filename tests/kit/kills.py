"""Start states, one disturbed run of `prepare` or `execute`, and what must be true after the run that follows."""

from __future__ import annotations

import errno
import hashlib
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from kit import calls
from kit.suite import Workspace, environment, tiny

DRIVER = Path(__file__).with_name("frozen.py")
VERSION = "1.0.0"
ERRORS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO}
THEN = {"prepare": ("", "", "", "cache gone"), "execute": ("", "", "", "cache gone", "fresh clone")}
CRASHES = ("kill", "kill", "kill", "main", "main", "one")


@dataclass(frozen=True)
class Start:
    """A state that a command starts from, what the undisturbed command leaves, and the places where it can be struck:
    each with the numbers of its calls."""

    command: str
    folder: Path
    wanted: Mapping[str, Any]
    places: Mapping[str, tuple[int, ...]]
    loaded: Path
    home: Path


@dataclass
class Result:
    """One disturbed run and what came of it."""

    number: int
    command: str
    mode: str
    then: str
    place: str = "not struck"
    code: int = 0
    again: int = 0
    wrong: list[str] = field(default_factory=list)
    twice: int = 0
    lost: int = 0
    seconds: float = 0.0


def work(folder: Path, home: Path) -> Workspace:
    return Workspace(folder / "suite", home)


def chain(count: int) -> dict[str, tuple[str, ...]]:
    names = [f"m{number}" for number in range(count)]
    return {name: tuple(names[max(0, at - 2) : at]) for at, name in enumerate(names)}


def begin(folder: Path, home: Path, count: int) -> None:
    """A suite whose row of the release is not committed, and its remote."""
    made = tiny(
        folder / "suite",
        home,
        chain(count),
        umbrella=False,
        version="0.9.0",
        release='{index: local, module-tag: "{package}-v{version}"}',
    )
    made.git("init", "--quiet", "--bare", "--initial-branch=main", str(folder / "remote.git"))
    made.git("remote", "add", "origin", "../remote.git")
    made.git("push", "--quiet", "--set-upstream", "origin", "main")
    made.row(VERSION, "{" + ", ".join(f'{name}: "{VERSION}"' for name in chain(count)) + "}")


def driven(command: str, *more: str) -> list[str]:
    return [sys.executable, str(DRIVER), command, VERSION, *more]


def run(start: Start | None, folder: Path, home: Path, command: str) -> subprocess.CompletedProcess[str]:
    """The command undisturbed."""
    env = environment(home) | {"TMPDIR": str(scratch(folder))}
    return subprocess.run(
        driven(command), cwd=folder / "suite", env=env, capture_output=True, text=True, timeout=300, check=False
    )


def scratch(folder: Path) -> Path:
    place = folder / "tmp"
    place.mkdir(exist_ok=True)
    return place


def starts(folder: Path, count: int) -> dict[str, Start]:
    """Both start states, made once."""
    home = folder / "home"
    home.mkdir(parents=True)
    loaded = calls.library(folder)
    first = folder / "to-prepare"
    first.mkdir()
    begin(first, home, count)
    made: dict[str, Start] = {}
    for command, after in (("prepare", "to-execute"), ("execute", "done")):
        shutil.copytree(first, folder / after, symlinks=True)
        done = run(None, folder / after, home, command)
        assert done.returncode == 0, done.stderr
        tried = folder / "tried"
        shutil.copytree(first, tried, symlinks=True)
        struck, listed, _ = calls.run(
            driven(command),
            cwd=tried / "suite",
            env=environment(home) | {"TMPDIR": str(scratch(tried))},
            under=tried,
            notes=folder / "notes",
            loaded=loaded,
        )
        assert struck.code == 0, struck.err
        wanted = state(folder / after, home)
        assert (differ := different(wanted, state(tried, home))) == [], differ
        shutil.rmtree(tried)
        places: dict[str, list[int]] = {}
        for call in listed:
            places.setdefault(call.place, []).append(call.number)
        kept = {place: tuple(numbers) for place, numbers in places.items()}
        made[command] = Start(command, first, wanted, kept, loaded, home)
        shutil.rmtree(folder / after / "tmp")
        first = folder / after
    return made


def state(folder: Path, home: Path) -> dict[str, Any]:
    """What counts in the end: files, refs here and there, git's index, what the index has, artifacts and manifest; and
    what must not be left."""
    at = work(folder, home)
    git, own = at.root / ".git", at.root / ".git" / "trainer-release"
    tree = (p for p in at.root.rglob("*") if p.is_file() and ".git" not in p.relative_to(at.root).parts)
    manifests = {p.name: without_moment(p) for p in (at.data / "manifests").glob("*")}
    left = list(own.rglob(".trainer-release-*")) + [p for p in git.rglob("*.lock") if own not in p.parents]
    left += [*own.rglob("holder.json"), *(at.cache / "trees").glob("*"), *(git / "worktrees").glob("*")]
    return {
        "tree": {p.relative_to(at.root).as_posix(): digest(p) for p in tree},
        "refs": refs(at, at.root),
        "remote": refs(at, folder / "remote.git"),
        "status": at.git("status", "--porcelain=v2") + at.git("symbolic-ref", "HEAD"),
        "staged": at.git("ls-files", "--stage"),
        "index": {p.name: digest(p) for p in (at.data / "index" / "files").glob("[!.]*")},
        "artifacts": {p.name: digest(p) for p in (at.cache / "artifacts" / VERSION).glob("*/*")},
        "manifests": manifests,
        "left": sorted(p.relative_to(at.root).as_posix() for p in left),
    }


def digest(path: Path) -> str:
    return f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def without_moment(path: Path) -> str:
    return re.sub(r'"released_at": ".*?"', "", path.read_text())


def refs(at: Workspace, folder: Path) -> dict[str, str]:
    """Every ref with what it names; a tag by its text, in which the seconds that tests took do not count. What git
    remembers of the remote's branches (refs/remotes) is no part: a push that is killed after the remote has taken it
    does not remember, the next fetch does."""
    lines = at.git("for-each-ref", "--format=%(objectname) %(objecttype) %(refname)", cwd=folder).splitlines()
    found = {}
    for oid, kind, name in (line.split() for line in lines if " refs/remotes/" not in line):
        text = at.git("cat-file", kind, oid, cwd=folder) if kind == "tag" else oid
        found[name] = re.sub(r'"seconds": [\d.]+', "", text)
    return found


def different(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    said = []
    for key, want in wanted.items():
        have = found[key]
        if isinstance(want, dict):
            said += [f"{key}: {n}" for n in sorted({*want, *have}) if want.get(n) != have.get(n)]
        elif want != have:
            said.append(f"{key}: {have!r}, not {want!r}")
    return said


def disturbed(start: Start, folder: Path, number: int, random: Random, errors: str = "", place: str = "") -> Result:
    """One run: the command struck at a place, then once more. `errors` names what calls fail with, else it is killed."""
    began = time.monotonic()
    place = place or random.choice(sorted(start.places))
    at = random.choice(start.places[place])
    mode = random.choice(("fail", "full") if errors else CRASHES)
    if " remote.git/" in place:
        mode = "main"  # a remote is another machine
    then = "" if errors else random.choice(THEN[start.command])
    result = Result(number, start.command, f"{mode} {errors}".strip(), then)
    shutil.copytree(start.folder, folder, symlinks=True)
    struck, _, pids = calls.run(
        driven(start.command),
        cwd=folder / "suite",
        env=environment(start.home) | {"TMPDIR": str(scratch(folder))},
        under=folder,
        notes=folder / "notes",
        loaded=start.loaded,
        at=at,
        mode=mode,
        errno=ERRORS.get(errors, 0),
    )
    if struck.call:
        result.place = struck.call.place
    result.code = struck.code
    if mode != "main" or random.random() < 0.5:
        wait_for(pids)
    judge_middle(result, start, folder, struck)
    if then == "cache gone":
        shutil.rmtree(work(folder, start.home).cache, ignore_errors=True)
    judge_end(result, start, folder)
    result.seconds = time.monotonic() - began
    return result


def wait_for(pids: set[int], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while calls.living(pids) and time.monotonic() < end:
        time.sleep(0.005)


def judge_middle(result: Result, start: Start, folder: Path, struck: calls.Struck) -> None:
    """What must be true at once: a program that lived said clearly what was wrong, and every file is an old or a new
    one, never a torn one."""
    if struck.code == 1 or "Traceback" in struck.err:
        result.wrong.append(f"unclear: {struck.err.strip()[-600:]}")
    if struck.code not in (0, -signal.SIGKILL) and not re.search(
        r"^error|hint", struck.err, re.MULTILINE | re.IGNORECASE
    ):
        result.wrong.append(f"no error told: {struck.code} {struck.err[-300:]}")
    before = start.folder / "suite"
    for path in (p for p in (folder / "suite").rglob("*") if p.is_file()):
        inside = path.relative_to(folder / "suite")
        if inside.parts[0] == ".git" or path.name.startswith(".trainer-release-"):
            continue
        known = {digest(before / inside) if (before / inside).exists() else "", start.wanted["tree"].get(str(inside))}
        if digest(path) not in known:
            result.wrong.append(f"torn: {inside}")
    for path in work(folder, start.home).data.glob("manifests/*.json"):
        if not path.name.startswith("."):
            json.loads(path.read_text())


def judge_end(result: Result, start: Start, folder: Path) -> None:
    """The same command once more ends in the undisturbed state, and nothing was uploaded twice or lost. In a fresh clone
    of the remote it is `execute`, with the index as the killed run left it; where that had not pushed yet, the clone
    knows of nothing, and the first one goes on."""
    if result.then == "fresh clone" and in_fresh_clone(result, start, folder):
        return
    again = run(start, folder, start.home, start.command)
    result.again = again.returncode
    at = work(folder, start.home)
    if again.returncode:
        result.wrong.append(f"again: {again.returncode} {again.stderr.strip()[-900:]}")
    wanted = dict(start.wanted)
    found = state(folder, start.home)
    if result.then == "cache gone":
        found["artifacts"] = wanted["artifacts"]  # lost with the cache; `execute` makes again what it needs
    if again.returncode == 0:
        result.wrong += different(wanted, found)
    count(result, start, at, found["index"])


def in_fresh_clone(result: Result, start: Start, folder: Path) -> bool:
    """Finish the release in a fresh clone; False where the remote had nothing of it."""
    first, fresh = work(folder, start.home), folder / "fresh"
    fresh.mkdir()
    asked = ("ls-remote", "origin", f"refs/trainer-release/mill/{VERSION}")
    known = first.git(*asked)
    first.git("clone", "--quiet", "../remote.git", str(fresh / "suite"))
    at = work(fresh, start.home)
    if (first.data / "index").exists():
        shutil.copytree(first.data / "index", at.data / "index")
    again = run(start, fresh, start.home, "execute")
    result.again = again.returncode
    if not known and not (again.returncode == 0 and first.git(*asked)):  # a git that outlived us pushed it just now
        if again.returncode != 6 or "nothing-prepared" not in again.stderr:
            result.wrong.append(f"fresh clone of nothing: {again.returncode} {again.stderr.strip()[-900:]}")
        return False
    if again.returncode:
        result.wrong.append(f"fresh clone: {again.returncode} {again.stderr.strip()[-900:]}")
        return True
    shutil.copytree(folder / "remote.git", fresh / "remote.git", symlinks=True)
    found, parts = state(fresh, start.home), ("index", "remote", "manifests", "left")
    result.wrong += different({part: start.wanted[part] for part in parts}, found)
    count(result, start, at, found["index"])
    return True


def count(result: Result, start: Start, at: Workspace, files: Mapping[str, str]) -> None:
    taken: dict[str, set[str]] = {}
    for words in at.log():
        if words[1] == "POST" and words[3] == "200":
            taken.setdefault(words[4], set()).add(words[5])
    result.twice = sum(len(digests) > 1 for digests in taken.values())
    result.lost = len(set(start.wanted["index"]) - set(files)) if result.again == 0 else 0


def summary(results: list[Result]) -> Counter[str]:
    return Counter(
        key
        for each in results
        for key, true in (
            ("runs", True),
            ("struck", each.place != "not struck"),
            ("converged", not each.wrong),
            ("twice uploaded with other bytes", each.twice > 0),
            ("lost", each.lost > 0),
        )
        if true
    )
