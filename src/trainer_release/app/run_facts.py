"""What a report says of its run as a whole: which, when, asked how, on what."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from trainer_release.agent.conduct import Asked
from trainer_release.app.subject import Subject
from trainer_release.world.clock import now
from trainer_release.world.git import Git


def began(argv: Iterable[str]) -> Mapping[str, Any]:
    """What is known of any run: which it is, when, what was typed, and the Python of the agent itself."""
    moment = now()
    number = f"{moment:%Y%m%dT%H%M%SZ}-{os.getpid()}"
    return {"id": number, "at": moment.isoformat(), "argv": list(argv), "python": platform.python_version()}


def run_facts(subject: Subject, asked: Asked, argv: tuple[str, ...]) -> Mapping[str, Any]:
    """The section `run` of a report. `settings` is the sha256 of what is set, `commit` what the sources stand at; None:
    they are in no repository."""
    return {
        **began(argv),
        "layer": asked.layer,
        "seed": asked.seed,
        "confinement": asked.confinement or subject.settings.confinement,
        "settings": sha256(json.dumps(asdict(subject.settings), sort_keys=True).encode()).hexdigest(),
        "commit": Git(subject.root).commit_of("HEAD"),
    }
