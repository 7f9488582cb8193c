"""Starts the tests of one run, watches over them, and takes everything that they started along when they end.

`python -I -S ta_super.py config.json`, with a pipe as standard input whose other end the host holds: its end of file
means that the host has died. Confines itself as far as it may (ta_confine), starts the worker, adds to its events
what a worker cannot tell of itself, starts another where one crashed or hung.
"""

from __future__ import annotations

import _signal
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ta_confine
import ta_json
from ta_supervisor import Supervisor
from ta_told import Told

TYPE_CHECKING = False  # typing's own constant without typing: a supervisor is to start at once
if TYPE_CHECKING:
    from typing import Any, Dict, List

WEAKER = ("subreaper", "group")


def main(argv: List[str]) -> int:
    """Run what the config says. The answer is in its file of events."""
    with open(argv[1], encoding="utf-8") as stream:
        config = ta_json.read(stream.read())
    complaints = os.open(
        os.path.join(os.path.dirname(argv[1]), "super.txt"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644
    )
    os.dup2(complaints, 2)
    told = Told(config["events"], config["leaks"] == "fail")
    for number in (_signal.SIGTERM, _signal.SIGINT, _signal.SIGHUP):
        _signal.signal(number, _signal.SIG_IGN)  # whoever watches handles it; the others wait for that one
    wanted = config["confinement"]
    if wanted in ("auto", "namespaces"):
        code: int = ta_confine.enclosed(
            config, lambda: watch(config, told, "namespaces"), lambda why: told.tell("unconfined", why=why)
        )
        if code == ta_confine.LOST:
            told.tell("end", reason="lost", exit=None)
        if code != ta_confine.UNCONFINED:
            return code
    if wanted in ("auto", "subreaper") and ta_confine.adopts():
        return watch(config, told, WEAKER[0])
    if wanted in ("auto", "group"):
        return watch(config, told, WEAKER[1])
    told.tell("end", reason="unconfined", exit=None)
    return 0


def watch(config: Dict[str, Any], told: Told, level: str) -> int:
    """Run the tests at a level of confinement."""
    network = config["network"] if level == "namespaces" else "host"
    told.tell("confined", level=level, network=network)
    Supervisor(config, told, level).run()
    return 0


if __name__ == "__main__":
    os._exit(main(sys.argv))  # nothing is left to tidy up that would not go by itself
