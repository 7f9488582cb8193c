"""Workers: pytest with the plugin in a process of its own, told by a config.json, asked by its events."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.cells import write
from trainer_release.agent import inject
from trainer_release.world.venvs import interpreter

INJECT = Path(inject.__file__).parent
PLAIN: dict[str, Any] = {
    "run": "one",
    "leaks": "fail",
    "cleanup": "aggressive",
    "retain": True,
    "allowed_leaks": [],
    "seed": None,
    "select": None,
    "ordered": False,
    "info": {"mode": "isolated", "layer": None, "modules": ["one"]},
}


@dataclass(frozen=True, slots=True)
class Worked:
    """What one worker, or several one after the other, left: exit code, what it printed, its events."""

    code: int
    out: str
    events: tuple[dict[str, Any], ...]

    def of(self, event: str, **fields: Any) -> list[dict[str, Any]]:
        return [
            each
            for each in self.events
            if each["event"] == event and all(each[name] == value for name, value in fields.items())
        ]

    def tests(self) -> list[str]:
        return [name.partition("::")[2] for each in self.of("collected") for name in each["tests"]]

    def outcomes(self) -> dict[str, str]:
        """Every test's outcome: that of the phase that did not pass, else passed."""
        found: dict[str, str] = {}
        for each in self.of("phase"):
            name = each["test"].partition("::")[2]
            if found.get(name, "passed") == "passed":
                found[name] = each["outcome"]
        return found

    def leaks(self) -> dict[str, list[tuple[str, str]]]:
        """The leaks of every test that has some, as (kind, text); all of them are out of the way."""
        done = {each["test"].partition("::")[2]: each["leaks"] for each in self.of("done")}
        assert [leak for leaks in done.values() for leak in leaks if not leak["dead"]] == []
        return {name: [(each["kind"], each["what"]) for each in leaks] for name, leaks in done.items() if leaks}


def environment(**variables: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"} | variables


def work(
    folder: Path,
    texts: Mapping[str, str],
    *words: str,
    python: str | None = None,
    done: Iterable[str] = (),
    limit: float = 60.0,
    variables: Mapping[str, str] | None = None,
    **config: Any,
) -> Worked:
    """Run these files' tests with the plugin. What `config` does not name is as `PLAIN` has it."""
    stage = write(folder / "stage", {"pytest.ini": "[pytest]\n"} | dict(texts))
    for name in ("tmp", "base"):
        (folder / name).mkdir(exist_ok=True)
    paths = {"events": folder / "events.jsonl", "tmp": folder / "tmp", "kept": folder / "kept", "cwd": stage}
    told = PLAIN | {name: str(path) for name, path in paths.items()} | config
    (folder / "config.json").write_text(json.dumps(told))
    (folder / "done.json").write_text(json.dumps(list(done)))
    paths["events"].unlink(missing_ok=True)
    given = {"PYTHONPATH": str(INJECT), "TA_CONFIG": str(folder / "config.json")}
    if done:
        given["TA_DONE"] = str(folder / "done.json")
    line = [python or interpreter(), "-m", "pytest", "-p", "ta_plugin", "-p", "no:cacheprovider", *words]
    line.append(f"--basetemp={folder / 'base' / 'temp'}")
    run = subprocess.run(
        line,
        cwd=stage,
        env=environment(**given) | dict(variables or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=limit,
        check=False,
    )
    lines = paths["events"].read_text().splitlines() if paths["events"].exists() else []
    return Worked(run.returncode, run.stdout, tuple(map(json.loads, lines)))


def work_on(folder: Path, texts: Mapping[str, str], *words: str, **config: Any) -> tuple[Worked, int]:
    """As the supervisor does it: another worker takes over where one asks for that; and how often that was."""
    done: list[str] = []
    events: tuple[dict[str, Any], ...] = ()
    for number in range(100):
        worked = work(folder, texts, *words, done=done, **config)
        events += worked.events
        done += [each["test"] for each in worked.of("done")]
        if worked.code != 77:
            return Worked(worked.code, worked.out, events), number
    raise AssertionError("a hundred workers have not been enough")
