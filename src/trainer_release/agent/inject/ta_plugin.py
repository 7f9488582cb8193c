"""The test agent inside pytest: `PYTHONPATH=<this folder> python -m pytest -p ta_plugin`, never installed.

With `TA_CONFIG` it does what the host asks and writes events; without, it offers its fixtures, unconfined.
"""

import gc
import os
import sys
from typing import Any, Generator, List

import pytest
import ta_child
import ta_config
import ta_fixtures
import ta_guard
import ta_layers
import ta_leaks
import ta_namespace
import ta_order
import ta_places
import ta_record
import ta_traces
import ta_watch

REPLACE = 77
"""How a worker ends that has more to run and a thread that cannot be ended."""
FOREIGN = 78
"""How a worker ends where a module under test was loaded from elsewhere than its environment."""
SETTINGS = ta_config.load()
EVENTS = ta_config.Events(SETTINGS["events"])
LEAKS = (
    ta_leaks.Leaks(SETTINGS, ta_places.Places(SETTINGS["tmp"], SETTINGS["kept"]))
    if SETTINGS["tmp"] and SETTINGS["leaks"] != "off"
    else None
)
GUARD = ta_guard.Guard(SETTINGS, EVENTS)
GUARD.install()  # before the first conftest.py
ta_watch.watch(GUARD, SETTINGS)
if SETTINGS.confined and hasattr(gc, "freeze"):
    # pytest collects garbage over and over as it ends, we do where a leak is suspected: neither need go through what
    # pytest itself consists of. Nothing of a test's, nor a conftest's, has been loaded yet.
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("ta_layers", "folders and the layer of their tests, a line each: `tests/slow: e2e`", "linelist")


def pytest_configure(config: pytest.Config) -> None:
    layers = ["{}: a test of this layer".format(name) for name in ta_layers.NAMES]
    for line in (*layers, ta_leaks.MARKER, ta_namespace.MARKER):
        config.addinivalue_line("markers", line)
    register = config.pluginmanager.register
    register(ta_layers.Layers(config, SETTINGS), "ta-layers")
    register(ta_fixtures.Fixtures(SETTINGS), "ta-fixtures")
    register(ta_child.Children(), "ta-children")
    register(ta_order.Order(SETTINGS), "ta-order")
    register(ta_order.Selection(SETTINGS), "ta-selection")
    if SETTINGS.confined and not _only_deals(config):
        register(ta_record.Recorder(EVENTS, LEAKS), "ta-recorder")
        if LEAKS:
            register(LEAKS, "ta-leaks")


def _only_deals(config: pytest.Config) -> bool:
    """Whether this process hands tests to xdist's workers: those write for themselves."""
    return not hasattr(config, "workerinput") and bool(
        config.getoption("tx", None) or config.getoption("numprocesses", None)
    )


def pytest_report_header() -> List[str]:
    if not SETTINGS.confined:
        return ["test-agent: unconfined, this is not a run of the agent; its fixtures work, nothing is checked"]
    if LEAKS and not ta_traces.LINUX:
        return ["test-agent: without /proc only leaked threads and temporary files can be told, no processes and ports"]
    return []


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, None]:
    GUARD.test = item.nodeid
    GUARD.install()
    yield
    GUARD.planted()
    GUARD.test = ""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish() -> None:
    GUARD.planted()
    if _is_foreign():
        pytest.exit("a module under test was loaded from elsewhere than its environment", returncode=FOREIGN)


def _is_foreign() -> bool:
    found = ta_guard.foreign(SETTINGS)
    for name, place in found:
        EVENTS.write("foreign", name=name, file=place)
    return bool(found)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if SETTINGS.done and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK  # a worker before this one has run them all
    if LEAKS and LEAKS.replace and session.exitstatus == pytest.ExitCode.INTERRUPTED and session.shouldstop:
        session.exitstatus = REPLACE
    if session.exitstatus != FOREIGN and _is_foreign():
        session.exitstatus = FOREIGN


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """A leaked thread would keep the interpreter from ending: end without waiting for it."""
    session = config.pluginmanager.getplugin("session")
    if LEAKS and LEAKS.lingering and session is not None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(session.exitstatus))
