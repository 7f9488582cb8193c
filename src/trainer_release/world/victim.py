"""A command that is to be killed, or whose disk is to be full, at a moment that somebody else knows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from trainer_release.world import process
from trainer_release.world.process import Finished

_FOREIGN = ("TWINE_", "GITHUB_", "GH_", "ACTIONS_", "GITLAB_", "CI_")
"""What names another repository, or gives rights on one: a victim has neither."""
CAN_FILL = sys.platform == "linux"


class Victim:
    """A running command of this program. Killed is it alone: what it started goes on, as it would."""

    def __init__(self, words: Sequence[str], cwd: Path, env: Mapping[str, str]) -> None:
        self._words = (sys.executable, "-P", "-m", "trainer_release", *words)
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            self._words,
            cwd=cwd,
            env=_environment() | dict(env),
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            text=True,
            errors="replace",
            start_new_session=True,
        )

    def kill(self) -> None:
        """SIGKILL: nothing of it runs on, not even what should at its end."""
        with suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGKILL)

    def fill_disk(self) -> None:
        """From now on it can make no file longer: the nearest thing to a full disk that a process can be given alone.
        What it starts later can neither."""
        if sys.platform == "linux":
            import resource

            with suppress(ProcessLookupError):
                resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (0, 0))

    def ended(self, seconds: float) -> Finished:
        """Wait for its end, so long at most; the code of a killed one is negative."""
        code, out, err = process.heard(self._process, "", seconds)
        return Finished(self._words, code, out, err)


def _environment() -> dict[str, str]:
    """That of this process, without credentials, and with the path to this package where one is set at all."""
    kept = {key: value for key, value in os.environ.items() if key != "CI" and not key.startswith(_FOREIGN)}
    kept |= {"TWINE_USERNAME": "drill", "TWINE_PASSWORD": "drill", "PYTHON_KEYRING_BACKEND": _NO_KEYRING}
    kept["NO_PROXY"] = kept["no_proxy"] = ",".join(filter(None, ("127.0.0.1", kept.get("NO_PROXY"))))
    path = kept.get("PYTHONPATH")
    return kept | ({"PYTHONPATH": os.pathsep.join((str(Path(__file__).parents[2]), path))} if path else {})


_NO_KEYRING = "keyring.backends.null.Keyring"
