"""trainer-release: one catalog, tested together as built wheels, published in dependency order, verifiable.

The Python doors, loaded when first asked for: `check_version_compatibility`, `VersionMismatchError`,
`ReleaseManager`, `TestAgent`, `ModulesNotInstalled`.
"""

TYPE_CHECKING = False  # `typing` alone takes as long to import as all of this
if TYPE_CHECKING:
    from trainer_release.app.api import ModulesNotInstalled, ReleaseManager, TestAgent
    from trainer_release.compatibility import VersionMismatchError, check_version_compatibility
    from trainer_release.version import __version__ as __version__

__all__ = [
    "ModulesNotInstalled",
    "ReleaseManager",
    "TestAgent",
    "VersionMismatchError",
    "check_version_compatibility",
]

_HOMES = {
    "__version__": "version",
    "check_version_compatibility": "compatibility",
    "VersionMismatchError": "compatibility",
    "ReleaseManager": "app.api",
    "TestAgent": "app.api",
    "ModulesNotInstalled": "app.api",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"trainer_release.{_HOMES[name]}"), name)
    raise AttributeError(name)
