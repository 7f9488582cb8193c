"""The first part of the agent in pytest's process: stacks on demand, and compiled code for the parts that follow.

faulthandler shows the stacks of all threads to the supervisor that asks with SIGUSR1; it answers in C: whatever the
main thread waits for, and whether or not it would come back to Python. Tests run without writing compiled code, which
would have the agent's own parts compiled anew by every worker: until the plugin is there, it may be written.
"""

import faulthandler
import os
import signal
import sys

_WRITES_NONE = sys.dont_write_bytecode
sys.dont_write_bytecode = False

import ta_config  # noqa: E402 - it is the first to be compiled

_PLACE = ta_config.load()["stacks"]
if _PLACE and hasattr(faulthandler, "register"):
    faulthandler.register(signal.SIGUSR1, file=os.open(_PLACE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644))


def pytest_plugin_registered(plugin: object) -> None:
    """The agent's plugin has been imported: from now on it is as it was."""
    if getattr(plugin, "__name__", "") == "ta_plugin":
        sys.dont_write_bytecode = _WRITES_NONE
