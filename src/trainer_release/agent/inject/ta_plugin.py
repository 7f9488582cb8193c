"""The test agent inside pytest: `PYTHONPATH=<this folder> python -m pytest -p ta_plugin`, never installed.

With `TA_CONFIG` it does what the host asks and writes events; without, it offers its fixtures, unconfined.
"""

from typing import Any, List

import pytest
import ta_config
import ta_order
import ta_record

SETTINGS = ta_config.load()
EVENTS = ta_config.Events(SETTINGS["events"])


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(ta_order.Order(SETTINGS), "ta-order")
    config.pluginmanager.register(ta_order.Selection(SETTINGS), "ta-selection")
    if SETTINGS.confined and not config.pluginmanager.hasplugin("dsession"):  # its workers write for themselves
        config.pluginmanager.register(ta_record.Recorder(EVENTS), "ta-recorder")


def pytest_report_header() -> List[str]:
    if SETTINGS.confined:
        return []
    return ["test-agent: unconfined, this is not a run of the agent; its fixtures work, nothing is checked"]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: Any) -> None:
    if SETTINGS.done and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK  # a worker before this one has run them all
