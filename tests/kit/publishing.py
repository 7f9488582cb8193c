"""One module to publish, a world to do it in, and a clock that waits for nobody."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable, Sequence
from contextlib import redirect_stderr
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kit.facts import world
from kit.index import make_sdist, make_wheel
from trainer_release.model.catalog import IndexAddress
from trainer_release.model.index import Dist
from trainer_release.release.step import Clock, World
from trainer_release.release.steps.publish_dists import Publish
from trainer_release.world import upload, uploader
from trainer_release.world.files import sha256
from trainer_release.world.venvs import Venvs, interpreter

ACCOUNT = ("__token__", "correct-horse-battery")


class Simulated:
    """A clock that a sleep puts forward."""

    def __init__(self, start: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC)) -> None:
        self.start, self.passed, self.slept = start, 0.0, []
        self.lock = threading.Lock()

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.passed += seconds
            self.slept.append(seconds)

    @property
    def clock(self) -> Clock:
        return Clock(self.now, self.monotonic, self.sleep)


def account(monkeypatch: Any, home: Path) -> None:
    """A home without configuration, and the credentials of `ACCOUNT` in the environment."""
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("TWINE_USERNAME", ACCOUNT[0])
    monkeypatch.setenv("TWINE_PASSWORD", ACCOUNT[1])


def publishing(folder: Path, where: IndexAddress, time: Simulated, **changes: Any) -> World:
    """A world that publishes to `where`, by a simulated clock, without a resolver."""
    rest = {"clock": time.clock, "venvs": Venvs(interpreter(), None), "embedded": False, "index": where}
    return world(folder, **rest | changes)


def action(folder: Path, name: str = "words", *, version: str = "1.0.0", after: Iterable[str] = ()) -> Publish:
    """A module with a wheel and an sdist below `folder`."""
    made = [make(folder / "artifacts" / name, f"demo-{name}", version) for make in (make_wheel, make_sdist)]
    files = tuple(Dist(path.name, sha256(path), path.stat().st_size) for path in made)
    return Publish(name, tuple(after), f"demo-{name}", version, files, (f"demo-{name}=={version}",))


def here(paths: Sequence[Path], *, index: str, url: str, embedded: bool, timeout: float, silence: float) -> upload.Sent:
    """The uploader in this process instead of one of its own: for tests of many uploads."""
    out = io.StringIO()
    words = ["--non-interactive", "--disable-progress-bar", "--silence", str(silence), "--repository-url", url, "--"]
    with redirect_stderr(io.StringIO()):
        code = uploader.main([*words, *map(str, paths)], out)
    answers = tuple(upload._answer(line) for line in out.getvalue().splitlines())
    return upload.Sent((), code, "", "", answers)
