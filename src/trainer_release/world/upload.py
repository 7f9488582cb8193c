"""Upload files with twine, one process a package; what came of each is handed back without secrets."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from trainer_release.errors import fail
from trainer_release.model.publishing import Answer
from trainer_release.world import process
from trainer_release.world.addresses import bare
from trainer_release.world.process import Finished
from trainer_release.world.secrets import learn, redact

SILENCE = 60.0
"""So many seconds an index may be silent."""
_CHILD = (sys.executable, "-P", "-m", "trainer_release.world.uploader", "--non-interactive", "--disable-progress-bar")
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Sent(Finished):
    """How the uploader ended, and one answer a file that it came to, in order; what it was killed over is `unknown`."""

    answers: tuple[Answer, ...] = ()


def upload(
    files: Sequence[Path], *, index: str, url: str | None, embedded: bool, timeout: float, silence: float = SILENCE
) -> Sent:
    """Send the files of one package, each once, until one is not taken; `timeout` seconds are for all of them,
    `silence` for a server that says nothing.

    The embedded index gets its own credentials and nothing of the user's configuration. Any other takes what
    twine's users know: TWINE_USERNAME and TWINE_PASSWORD, keyring, trusted publishing, and ~/.pypirc where it
    knows `index` and `url` does not point elsewhere. Whether a file is published is the index's word, never
    this answer. Raises `pypirc-invalid`.
    """
    target, added = _embedded(url) if embedded else _own(index, url)
    drop = [key for key in os.environ if _is_dropped(key, embedded=embedded)]
    done = process.run(
        [*_CHILD, "--silence", str(silence), *target, "--", *files], env=added, drop=drop, timeout=timeout
    )
    answers = tuple(_answer(line) for line in done.out.splitlines(keepends=True) if line.endswith("\n"))
    if len(answers) < len(files) and all(200 <= (answer.status or 0) < 300 for answer in answers):
        answers += (
            Answer(files[len(answers)].name, error="unknown", text=shown(done.err.strip().rpartition("\n")[2])),
        )
    said = "\n".join(f"{answer.name}: {answer.status or answer.error} {answer.text}" for answer in answers)
    return Sent(done.argv, done.code, said, shown(done.err), answers)


def _answer(line: str) -> Answer:
    said = json.loads(line)
    return Answer(**said | {"text": shown(said["text"]).strip()})


def shown(text: str) -> str:
    """Redacted, and without what would steer a terminal."""
    return redact(_CONTROL.sub("", text))


def _is_dropped(key: str, *, embedded: bool) -> bool:
    """Which variables twine must not see: where to upload is ours to say; for the embedded index, all is."""
    if embedded and (key.startswith("TWINE_") or key.lower().endswith("_proxy")):
        return True
    return key in {"TWINE_REPOSITORY", "TWINE_REPOSITORY_URL", "FORCE_COLOR"}


def _embedded(url: str | None) -> tuple[list[str], dict[str, str]]:
    target = ["--config-file", os.devnull, "--repository-url", url or ""]
    env = {
        "TWINE_USERNAME": "local",
        "TWINE_PASSWORD": "local",
        "NO_PROXY": "*",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    return target, env


def _own(index: str, url: str | None) -> tuple[list[str], dict[str, str]]:
    if url is None or _same(_pypirc().get(index), url):
        return ["--repository", index], {}
    learn(url)
    parts = urlsplit(url)
    names = {"TWINE_USERNAME": parts.username, "TWINE_PASSWORD": parts.password}
    given = {key: unquote(value) for key, value in names.items() if value and key not in os.environ}
    return ["--repository-url", bare(url)], given


def _pypirc() -> Mapping[str, str]:
    """The upload address of every index that twine knows: its built-in two and those of ~/.pypirc."""
    import configparser

    from twine.exceptions import TwineException
    from twine.utils import DEFAULT_CONFIG_FILE, get_config

    try:
        config = get_config(DEFAULT_CONFIG_FILE)
    except (configparser.Error, OSError, TwineException):
        # the cause stays unsaid: a parser's message quotes the line it stumbled over
        raise fail("pypirc-invalid", "~/.pypirc cannot be read", hint="correct it or move it away") from None
    return {name: str(section.get("repository") or "") for name, section in config.items()}


def _same(known: str | None, url: str) -> bool:
    return known is not None and bare(known).rstrip("/") == bare(url).rstrip("/")
