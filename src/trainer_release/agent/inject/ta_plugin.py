"""The test agent inside pytest: `PYTHONPATH=<this folder> python -m pytest -p ta_plugin`, never installed.

With `TA_CONFIG` it does what the host asks and writes events; without, it offers its fixtures, unconfined.
"""

import os
import sys
from typing import List

import pytest
import ta_config
import ta_leaks
import ta_order
import ta_places
import ta_record
import ta_traces

REPLACE = 77
"""How a worker ends that has more to run and a thread that cannot be ended."""
SETTINGS = ta_config.load()
EVENTS = ta_config.Events(SETTINGS["events"])
LEAKS = (
    ta_leaks.Leaks(SETTINGS, ta_places.Places(SETTINGS["tmp"], SETTINGS["kept"]))
    if SETTINGS["tmp"] and SETTINGS["leaks"] != "off"
    else None
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", ta_leaks.MARKER)
    register = config.pluginmanager.register
    register(ta_order.Order(SETTINGS), "ta-order")
    register(ta_order.Selection(SETTINGS), "ta-selection")
    if SETTINGS.confined and not config.pluginmanager.hasplugin("dsession"):  # its workers write for themselves
        register(ta_record.Recorder(EVENTS, LEAKS), "ta-recorder")
        if LEAKS:
            register(LEAKS, "ta-leaks")


def pytest_report_header() -> List[str]:
    if not SETTINGS.confined:
        return ["test-agent: unconfined, this is not a run of the agent; its fixtures work, nothing is checked"]
    if LEAKS and not ta_traces.LINUX:
        return ["test-agent: without /proc only leaked threads and temporary files can be told, no processes and ports"]
    return []


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if SETTINGS.done and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK  # a worker before this one has run them all
    if LEAKS and LEAKS.threads and session.exitstatus == pytest.ExitCode.INTERRUPTED and session.shouldstop:
        session.exitstatus = REPLACE


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """A leaked thread would keep the interpreter from ending: end without waiting for it."""
    session = config.pluginmanager.getplugin("session")
    if LEAKS and LEAKS.threads and session is not None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(session.exitstatus))
