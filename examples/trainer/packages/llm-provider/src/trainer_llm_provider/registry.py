"""Providers by name, so that a configuration can choose one."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Callable

from trainer_llm_provider.offline import OfflineProvider
from trainer_llm_provider.values import Provider

Factory = Callable[[], Provider]


class UnknownProviderError(LookupError):
    """No provider has this name; the message lists those there are."""


class ProviderRegistry:
    """Names and the factories behind them; a provider is made when it is asked for."""

    def __init__(self) -> None:
        self._factories: dict[str, Factory] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._factories))

    def register(self, name: str, factory: Factory, *, replace: bool = False) -> None:
        if name in self._factories and not replace:
            raise ValueError(f"there is a provider named {name!r} already (replace=True to replace it)")
        self._factories[name] = factory

    def create(self, name: str) -> Provider:
        factory = self._factories.get(name)
        if factory is None:
            near = get_close_matches(name, self.names, n=1)
            hint = f", did you mean {near[0]!r}?" if near else ""
            known = ", ".join(self.names) or "none"
            raise UnknownProviderError(f"no provider named {name!r}{hint} (there are: {known})")
        provider = factory()
        if not isinstance(provider, Provider):
            raise TypeError(f"the factory of {name!r} made a {type(provider).__name__}, which is no provider")
        return provider


def default_registry() -> ProviderRegistry:
    """A new registry with the providers that need no configuration."""
    registry = ProviderRegistry()
    registry.register("offline", OfflineProvider)
    return registry
