"""The fixtures `ta`, `resources` and `namespace`."""

from dataclasses import dataclass, replace
from typing import Any, Generator, Optional, Tuple

import pytest
import ta_layers
import ta_namespace
import ta_resources
from ta_config import Settings


@dataclass(frozen=True)
class Agent:
    """What a test may ask about its run: isolated, integration or unconfined; its layer and what that means; the
    modules under test; the seed."""

    mode: str
    layer: str
    env: ta_layers.Environment
    modules: Tuple[str, ...]
    seed: Optional[int]


class Fixtures:
    """A plugin of its own, as it holds what the host has told."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.names = ta_namespace.Names(settings)

    @pytest.fixture
    def ta(self, request: Any, resources: Any) -> Agent:
        """The run as the test sees it."""
        info = self.settings.info
        layer = ta_layers.layer_of(request.node, {})
        return Agent(
            mode=info.get("mode") or "unconfined",
            layer=layer,
            env=replace(ta_layers.TABLE[layer], resource_manager=resources),
            modules=tuple(info.get("modules") or ()),
            seed=self.settings["seed"],
        )

    @pytest.fixture
    def resources(self) -> Generator[Any, None, None]:
        """Listeners, ports, processes, folders; given back in reverse order, whatever goes wrong with one of them."""
        given = ta_resources.Resources(self.settings["max_processes"] or 0)
        yield given
        given.cleanup_all()

    @pytest.fixture
    def namespace(self, request: Any) -> Generator[Any, None, None]:
        """Names that no other test of this or any other session has."""
        layer = ta_layers.layer_of(request.node, {})
        yield from ta_namespace.entered(self.names, request.node, ta_layers.TABLE[layer].isolation_level)
