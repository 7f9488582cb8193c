"""A suite under exact pins that is released through random faults, while resolvers keep asking what is there."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

from packaging.utils import canonicalize_name
from packaging.version import Version

from kit import dialects
from kit.processes import processes, wait
from kit.publishing import ACCOUNT
from kit.suite import Done, Workspace, environment, tiny
from trainer_release.world.builds import find_uv
from trainer_release.world.faulty import Fault, Faulty, Request

SUITE = "mill"
UMBRELLA = f"{SUITE}-core"
LOGIN = dict(zip(("TWINE_USERNAME", "TWINE_PASSWORD"), ACCOUNT, strict=True))
FLIT = 'requires = ["flit_core>=3.11,<5"]\nbuild-backend = "flit_core.buildapi"'
HATCH = 'requires = ["hatchling"]\nbuild-backend = "hatchling.build"'
OWN = re.compile(rf"^(?:\s*\+ )?({SUITE}-[\w-]+)==(\S+)$", re.MULTILINE)
TOOLS = ("uv pip compile", "uv pip compile", "uv pip install --dry-run", "uv pip compile", "uv pip install --dry-run")
PIP = "pip install --dry-run"
EVERY = 24
"""Each so many'th question is pip's: it takes ten times as long."""
MOST_RUNS = 40
MOST_KILLS = {"upload": 3, "simple": 1, "json": 1}
"""Kills in a release, by what is asked for: reads come first, and would use them up before anything is sent."""
HALF_DONE = {0, 6, 7, 8, 11, -signal.SIGKILL}


def graph(modules: int) -> dict[str, tuple[str, ...]]:
    """What each module needs: chains, diamonds and some that stand alone; the same for the same number."""
    chance, names = Random(modules), [f"m{number:02}" for number in range(modules)]
    return {
        name: tuple(sorted(chance.sample(names[:at], min(at, chance.choice((0, 1, 2, 2, 3)))))) if at > 1 else ()
        for at, name in enumerate(names)
    }


def closures(needs: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """By package: all packages of the suite that must come with it."""
    found: dict[str, frozenset[str]] = {}
    for name, wanted in needs.items():
        own = f"{SUITE}-{name}"
        found[own] = frozenset({own}).union(*(found[f"{SUITE}-{each}"] for each in wanted))
    return {**found, UMBRELLA: frozenset({UMBRELLA, *found})}


@dataclass(frozen=True)
class Probe:
    """One question and its answer: `at_least` was listed before it was asked; `wrong` is empty where all is well."""

    package: str
    tool: str
    at_least: str
    got: Mapping[str, str]
    wrong: str = ""
    said: str = ""


def judged(probe: tuple[str, str, str], code: int, said: str, closure: frozenset[str], known: set[str]) -> Probe:
    """What is wrong with an answer, if anything."""
    package, _, at_least = probe
    got = {canonicalize_name(name): version for name, version in OWN.findall(said)}
    versions = set(got.values())
    wrong = ""
    if code:
        wrong = "does not resolve"
    elif len(versions) > 1:
        wrong = "mixture"
    elif got.keys() != closure:
        wrong = "not the whole set"
    elif not versions <= known:
        wrong = "unknown version"
    elif Version(got[package]) < Version(at_least):
        wrong = "an older one: the newest listed does not resolve"
    return Probe(*probe, got, wrong, said[-800:] if wrong else "")


@dataclass
class Released:
    """How one release went."""

    version: str
    seconds: float = 0.0
    exits: list[int] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    probes: list[Probe] = field(default_factory=list)
    elsewhere: list[Probe] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@dataclass
class Stage:
    """The suite, the index that resolvers ask, and the proxy at fault that the release goes through."""

    folder: Path
    work: Workspace
    index: dialects.Index
    needs: Mapping[str, tuple[str, ...]]
    faults: Faults
    proxy: Faulty
    known: set[str] = field(default_factory=set)

    @property
    def edges(self) -> int:
        """How many requirements within the suite there are."""
        return len(self.needs) + sum(map(len, self.needs.values()))

    def prepare(self, version: str) -> None:
        if self.known:  # the first row is there
            self.work.row(version, "{" + ", ".join(f'{name}: "{version}"' for name in self.needs) + "}")
        self.work.run("prepare", version)
        self.known.add(version)

    def once(self, version: str) -> Done:
        """`execute`, until it ends or is killed."""
        process = self.work.start("execute", version, "--yes", **LOGIN)
        self.faults.victim = process, self.work.root
        out, err = process.communicate(timeout=600)
        self.faults.victim = None
        return Done(("execute", version), process.returncode, out, err)

    def release(self, version: str) -> Released:
        """`execute` as often as it takes; what came of it is judged at the end."""
        released, began, first = Released(version), time.monotonic(), len(self.proxy.events)
        kills = self.faults.kills
        for _ in range(MOST_RUNS):
            done = self.once(version)
            released.exits.append(done.code)
            released.codes.update(re.findall(r"error\[([\w-]+)\]", done.err))
            if done.code not in HALF_DONE or "Traceback" in done.err:
                released.wrong.append(f"execute ended with {done.code}: {done.err[-1500:]}")
            if not done.code:
                break
        else:
            released.wrong.append(f"not finished by {MOST_RUNS} runs")
        released.seconds, released.kills = time.monotonic() - began, self.faults.kills - kills
        events = self.proxy.events[first:]
        released.faults.update(f"{e.method} {e.fault}" for e in events if e.fault)
        released.wrong += self.different(version)
        return released

    def different(self, version: str) -> list[str]:
        """What the index has and should not, or has not and should; and files that were sent with two contents."""
        files = [f for module in self.work.record(f"v{version}")["modules"].values() for f in module["files"]]
        wanted = {file["name"]: file["sha256"] for file in files}
        found = {n: dialects.sha256(c) for n, c in self.index.files.items() if dialects.of(n)[1] == version}
        sent = {(e.name, e.sha256) for e in self.proxy.events if e.method == "POST" and e.name and e.sha256}
        twice = [name for name, times in Counter(name for name, _ in sent).items() if times > 1]
        return [
            f"not as prepared: {name}" for name in sorted({*wanted, *found}) if wanted.get(name) != found.get(name)
        ] + [f"sent with two contents: {name}" for name in twice]

    def again(self, version: str) -> list[str]:
        """A finished release run again, without faults: no writing request, and success."""
        before = len(self.proxy.events), len(self.index.events)
        done = self.once(version)
        events = *self.proxy.events[before[0] :], *self.index.events[before[1] :]
        writes = [event.path for event in events if event.method not in {"GET", "HEAD"}]
        return [] if (done.code, writes) == (0, []) else [f"run again: exit {done.code}, {writes}, {done.err[-500:]}"]


class Faults:
    """A fault for some requests, chosen by a seed and the request's number; some kill the running `execute`.

    `rate` is the share of uploads that go wrong; a quarter of it that of reads."""

    def __init__(self, seed: object, rate: float) -> None:
        self.seed, self.full, self.rate, self.kills = seed, rate, 0.0, 0
        self.left: Counter[str] = Counter()
        self.victim: tuple[subprocess.Popen[str], Path] | None = None
        self.lock = threading.Lock()

    def begin(self, seed: object) -> None:
        """A release under another seed."""
        self.seed, self.rate, self.left = seed, self.full, Counter(MOST_KILLS)

    def end(self) -> None:
        self.rate = 0.0

    def __call__(self, request: Request) -> Fault | None:
        chance = Random(f"{self.seed} {request.method} {request.number}")
        upload = request.what == "upload"
        if chance.random() >= (self.rate if upload else self.rate / 4) or request.what == "other":
            return None
        busy = Fault("status", chance.choice((503, 503, 500, 502)), body=b"busy")
        passing = [busy, Fault("reset-after-body"), Fault("half-close")]
        if upload:
            passing = [
                busy,
                Fault("stored-then-status", 502, body=b"bad gateway"),
                Fault("stored-then-status", 503),
                Fault("reset"),
                Fault("reset-after-body"),
                Fault("status", 429, {"Retry-After": "1"}, b"slow down"),
                Fault("html"),
                Fault("twice"),
            ]
        if chance.random() < (0.25 if upload else 0.1) and self.taken(request.what):
            alone = chance.random() < 0.5
            kind = chance.choice(("kill", "stored-then-kill")) if upload else "kill"
            return Fault(kind, call=lambda _: self.strike(alone))
        return chance.choice(passing)

    def taken(self, what: str) -> bool:
        with self.lock:
            self.left[what] -= 1
            return self.left[what] >= 0

    def strike(self, alone: bool) -> None:
        """Kill the one process that was started, or all that belongs to it."""
        victim = self.victim
        if victim is None or victim[0].poll() is not None:
            return
        self.kills += 1
        for pid in (victim[0].pid, *(() if alone else processes(victim[1]))):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def stale(self) -> float:
        """So many seconds are the pages behind, now and then, and not the same a moment later."""
        chance = Random(f"{self.seed} {time.monotonic() // 2}")
        return chance.choice((0.0, 0.0, 0.5, 2.0)) if self.rate else 0.0


@dataclass
class Prober:
    """Asks for the umbrella and for each module in turn, each by itself, at whatever is the latest, over and over."""

    stage: Stage
    index: dialects.Index
    seed: object = 0
    jobs: int = 2
    uv: str = field(default_factory=lambda: str(find_uv()))
    probes: list[Probe] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """While the context lasts, at least each package once."""
        closure, numbers = closures(self.stage.needs), count()
        self.probes, self.stop = [], threading.Event()
        order = [name for each in closure for name in (each, UMBRELLA)][: 2 * len(closure) - 1]
        Random(f"{self.seed}").shuffle(order)

        def keep(worker: int) -> None:
            for number in numbers:
                if self.stop.is_set() and number >= len(order):
                    return
                self.probes.append(self.ask(worker, number, order[number % len(order)], closure))

        with ThreadPoolExecutor(self.jobs) as pool:
            asked = [pool.submit(keep, worker) for worker in range(self.jobs)]
            try:
                yield
            finally:
                self.stop.set()
                for each in asked:
                    each.result()

    def ask(self, worker: int, number: int, package: str, closure: Mapping[str, frozenset[str]]) -> Probe:
        """One resolution by a tool that believes no cache."""
        tool = PIP if number % EVERY == EVERY - 1 else TOOLS[number % len(TOOLS)]
        shown = self.index.shown(package, self.index.stale + self.index.late.get(package, 0.0))
        listed = max((dialects.of(name)[1] for name in shown), key=Version)
        line, place = self.line(tool, package), self.stage.folder / f"prober-{id(self)}-{worker}"
        place.mkdir(exist_ok=True)
        keep = {key: value for key, value in environment(place).items() if not key.startswith(("UV_", "PIP_"))}
        more = {"UV_PYTHON_DOWNLOADS": "never", "UV_CACHE_DIR": str(place / "cache"), "NO_PROXY": "127.0.0.1"}
        done = subprocess.run(
            line,
            cwd=place,
            env={**keep, **more, "PIP_CONFIG_FILE": os.devnull},
            input=f"{package}\n",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        said = pinned(done.stdout) if tool == PIP and not done.returncode else f"{done.stdout}\n{done.stderr}"
        return judged((package, tool, listed), done.returncode, said, closure[package], self.stage.known)

    def line(self, tool: str, package: str) -> list[str]:
        url = self.index.address.simple or ""
        if tool == PIP:
            quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-cache-dir", "--ignore-installed"]
            return [sys.executable, "-I", "-m", *PIP.split(), *quiet, "--report", "-", "-i", url, package]
        how = ["--no-config", "--refresh", "--default-index", url, "--python", sys.executable]
        what = ["--no-header", "--no-annotate", "-"] if tool == TOOLS[0] else [package]
        return [self.uv, *tool.split()[1:], *how, *what]


def pinned(report: str) -> str:
    """pip's report as the lines that uv prints."""
    found = [each["metadata"] for each in json.loads(report)["install"]]
    return "".join(f"{canonicalize_name(each['name'])}=={each['version']}\n" for each in found)


@contextmanager
def staged(folder: Path, modules: int, *, rate: float) -> Iterator[Stage]:
    """A suite of so many modules and an umbrella, 1.0.0 released undisturbed."""
    home = folder / "home"
    home.mkdir()
    faults, needs = Faults(0, rate), graph(modules)
    with (
        dialects.running("pypi", account=ACCOUNT) as index,
        Faulty(index.address, faults, stale=faults.stale, stale_json=faults.stale) as proxy,
    ):
        where = proxy.address
        more = f'indexes:\n  internal: {{upload: "{where.upload}", simple: "{where.simple}", json: "{where.json}"}}\n'
        row = ", ".join(f'{name}: "1.0.0"' for name in needs)
        work = tiny(
            folder / "suite",
            home,
            needs,
            release="{index: internal, pin: exact}",
            rows=f'  "1.0.0": {{{row}}}\n',
            more=more,
            commit=False,
        )
        for number, path in enumerate(sorted(work.root.glob("*/*/pyproject.toml"))):
            text = path.read_text().replace(">=1.0.0,<2", "==1.0.0")
            path.write_text(text.replace(FLIT, HATCH) if number % 3 == 2 else text)
        for tests in [*work.root.rglob("tests")]:
            shutil.rmtree(tests)  # to prepare is not what is tried here
        work.commit("The suite")
        work.git("init", "--quiet", "--bare", "--initial-branch=main", str(folder / "remote.git"))
        work.git("remote", "add", "origin", str(folder / "remote.git"))
        work.git("push", "--quiet", "--set-upstream", "origin", "main")
        stage = Stage(folder, work, index, needs, faults, proxy)
        stage.prepare("1.0.0")
        done = stage.once("1.0.0")
        assert done.code == 0, done.err
        assert stage.different("1.0.0") == []
        yield stage
        assert wait(lambda: not processes(work.root), 30), processes(work.root)


@contextmanager
def edge(index: dialects.Index, late: float, chance: Random) -> Iterator[dialects.Index]:
    """The same index behind another cache, of which the release sees nothing: each page is by itself behind."""
    rest = {name: getattr(index, name) for name in ("files", "_came", "_deleted", "_projects", "_releases", "lock")}
    with dialects.running("pypi", account=ACCOUNT, **rest) as other:
        projects = {dialects.of(name)[0] for name in index.files}
        other.late = {project: chance.uniform(0, late) for project in sorted(projects)}
        yield other


def disturbed(
    stage: Stage, version: str, seed: object, *, late: float = 0.0, elsewhere: float = 0.0, jobs: int = 2
) -> Released:
    """One more release, with faults, while resolvers ask. Each page of the index by itself is behind by at most `late`
    seconds, for everybody alike; `elsewhere` the same for some resolvers behind a cache of their own."""
    stage.prepare(version)
    chance = Random(f"{seed}")
    stage.index.late = {package: chance.uniform(0, late) for package in closures(stage.needs)}
    stage.faults.begin(seed)
    prober = Prober(stage, stage.index, seed, jobs)
    with ExitStack() as stack:
        stack.enter_context(prober.asking())
        if elsewhere:
            other = Prober(stage, stack.enter_context(edge(stage.index, elsewhere, chance)), seed, jobs)
            stack.enter_context(other.asking())
        released = stage.release(version)
        stage.faults.end()
        time.sleep(max(late, elsewhere))
    released.probes, released.elsewhere = prober.probes, other.probes if elsewhere else []
    stage.index.late = {}
    released.wrong += stage.again(version)
    return released
