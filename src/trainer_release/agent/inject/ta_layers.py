"""Layers of tests: unit, integration, e2e; which one a test is of, which are to run, what each means."""

import os
from dataclasses import dataclass
from typing import Any, Dict, List, Optional

import pytest
from ta_config import Settings

NAMES = ("unit", "integration", "e2e")


@dataclass(frozen=True)
class Environment:
    """What a test of a layer may count on; `resource_manager` is its `resources`."""

    layer: str
    adapter: str
    python_enabled: bool
    pooling_enabled: bool
    lm_config: str
    isolation_level: str
    resource_manager: Any = None


TABLE = {
    "unit": Environment("unit", "mock", False, False, "mock", "full"),
    "integration": Environment("integration", "bridge_mock", True, False, "cached", "namespace"),
    "e2e": Environment("e2e", "python_pool", True, True, "real", "session"),
}


def selected(settings: Settings) -> Optional[str]:
    """The layer to run, the host's before that of `TEST_MODE`; None: all. An unknown one is a usage error."""
    name = settings.info.get("layer") or os.environ.get("TEST_MODE") or None
    if name is not None and name not in NAMES:
        message = "test-agent: there is no layer {!r}: unit, integration or e2e (TEST_MODE, --layer)"
        raise pytest.UsageError(message.format(name))
    return name


def described(name: str) -> str:
    """One line of a layer's environment for the header."""
    each = TABLE[name]
    words = "test-agent: layer {}: adapter {}, python {}, pooling {}, lm {}, isolation {}"
    switch = {True: "on", False: "off"}
    return words.format(
        name,
        each.adapter,
        switch[each.python_enabled],
        switch[each.pooling_enabled],
        each.lm_config,
        each.isolation_level,
    )


def layer_of(item: pytest.Item, folders: Dict[str, str]) -> str:
    """A test's layer: the closest marker's, else that of the ini's or the usual folder which it lies in, else unit."""
    for mark in item.iter_markers():
        if mark.name in NAMES:
            return mark.name
    path = item.nodeid.split("::")[0]
    for folder in sorted(folders, key=len, reverse=True):
        if path.startswith(folder.rstrip("/") + "/"):
            return folders[folder]
    return next((part for part in reversed(path.split("/")[:-1]) if part in NAMES), "unit")


class Layers:
    """Marks every test with its layer, so that `-m` knows it, and leaves out those of other layers."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self.name = selected(settings)
        lines = [line.partition(":") for line in config.getini("ta_layers")]
        self.folders = {folder.strip(): name.strip() for folder, _, name in lines}
        wrong = sorted(set(self.folders.values()) - set(NAMES))
        if wrong:
            raise pytest.UsageError("ta_layers: {!r} is no layer: unit, integration or e2e".format(wrong[0]))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: List[pytest.Item]) -> None:
        kept: List[pytest.Item] = []
        others: List[pytest.Item] = []
        for item in items:
            layer = layer_of(item, self.folders)
            item.add_marker(layer)
            (kept if self.name in {None, layer} else others).append(item)
        if others:
            config.hook.pytest_deselected(items=others)
            items[:] = kept

    def pytest_report_header(self) -> List[str]:
        return [described(self.name)] if self.name else []
