"""One interface to language models, and providers that need no network."""

from trainer_llm_provider.offline import OfflineProvider
from trainer_llm_provider.registry import ProviderRegistry, UnknownProviderError, default_registry
from trainer_llm_provider.scripted import ScriptedProvider, ScriptError
from trainer_llm_provider.values import Provider, Request, Response, Usage

__all__ = [
    "OfflineProvider",
    "Provider",
    "ProviderRegistry",
    "Request",
    "Response",
    "ScriptError",
    "ScriptedProvider",
    "UnknownProviderError",
    "Usage",
    "default_registry",
]
