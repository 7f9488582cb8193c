"""Stub wheels: a module's interface without the module, so that another one can be tested alone.

A stub is made from the built wheel by reading it: nothing of it is imported or run. It has its modules, classes,
signatures, enums, exceptions, Protocols, constants and value objects; a call of anything else raises `StubCalled`. It
requires nothing, and is not to be published.
"""

from __future__ import annotations

import warnings
from importlib.util import decode_source
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.version import Version

from trainer_release.agent.contracts.reading import Reading
from trainer_release.agent.contracts.stub_classes import DATA
from trainer_release.agent.contracts.stub_imports import HELPER, Place
from trainer_release.agent.contracts.stub_text import HEAD, Writer
from trainer_release.errors import fail
from trainer_release.model.testing import WheelRef
from trainer_release.world import artifacts, sources
from trainer_release.world.files import sha256
from trainer_release.world.wheel_files import write_wheel

LABEL = "testagent.stub"
_HELPER = Path(__file__).parents[1] / "inject" / f"{HELPER}.py"


def stub_wheel(wheel: WheelRef, folder: Path) -> WheelRef:
    """The stub of a built wheel, in `folder` (made where it is missing): the same bytes for the same wheel.

    ReleaseError `stub-impossible` for a wheel whose sources this Python cannot parse; `artifact-invalid` for one that
    cannot be read.
    """
    said = artifacts.read_metadata(Path(wheel.path))
    version = stub_version(said.version)
    lines = ["Metadata-Version: 2.1", f"Name: {said.name}", f"Version: {version}"]
    lines += [f"Requires-Python: {said.requires_python}"] if said.requires_python else []
    lines += [f"Provides-Extra: {extra}" for extra in said.provides_extra]
    installed = _modules(wheel, said.name, said.version) | {f"{HELPER}.py": _HELPER.read_bytes()}
    made = write_wheel(folder, said.name, version, "\n".join(lines) + "\n\n", installed)
    return WheelRef(said.name, version, str(made.resolve()), sha256(made))


def stub_version(version: str) -> str:
    """The version of a stub: one that `==`, `~=` and ranges take for the real one (PEP 440, local versions)."""
    found = Version(version)
    return f"{found.public}+{f'{found.local}.' if found.local else ''}{LABEL}"


def _modules(wheel: WheelRef, package: str, version: str) -> dict[str, bytes]:
    """The stub's files by path in site-packages."""
    from griffe import logger

    found = sources.in_wheel(Path(wheel.path))
    reading = Reading()
    made: dict[str, bytes] = {}
    path = ""
    with warnings.catch_warnings(), logger.disable():
        warnings.simplefilter("ignore")  # about escapes and the like in other people's sources
        try:
            reading.add(package, found)
            roots = {name.split("/")[0].partition(".")[0] for name in found}
            for path, module in _importable(found).items():
                head = HEAD.format(package, version)
                text = _text(module, path, decode_source(found[path]), reading, roots, version)
                made[str(PurePosixPath(path).with_suffix(".py"))] = (head + text).encode()
        except (SyntaxError, UnicodeDecodeError) as error:
            place = getattr(error, "filename", None) or path
            message = f"no stub of {Path(wheel.path).name}: {place} cannot be parsed: {error}"
            hint = (
                f"have the real one: `siblings: real` for {package}; or run test-agent with the Python that it is for"
            )
            raise fail("stub-impossible", message, hint=hint) from error
    typed = {f"{name}/py.typed": b"" for name in roots if f"{name}/__init__.py" in made}
    return made | typed


def _importable(found: dict[str, bytes]) -> dict[str, str]:
    """Path -> dotted name of every module; a `.pyi` counts where there is no source."""
    named: dict[str, str] = {}
    for path in sorted(found, reverse=True):  # `.pyi` before `.py`: the source takes its place
        parts = PurePosixPath(path).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if parts and all(part.isidentifier() for part in parts) and parts[-1] != "__main__":
            named[".".join(parts)] = path
    return {path: name for name, path in sorted(named.items())}


def _text(module: str, path: str, source: str, reading: Reading, roots: set[str], version: str) -> str:
    package = PurePosixPath(path).stem == "__init__"
    place = Place(module, package, roots, lambda name: _bound(reading, name))
    exports = getattr(reading.find(module), "exports", None)
    listed = [str(name) for name in exports if str(name) != "__all__"] if exports else None
    return Writer(place, lambda name: _kind(reading, f"{module}.{name}"), version, listed).text(source)


def _bound(reading: Reading, path: str) -> bool:
    """Whether a dotted path is bound, as far as reading tells."""
    try:
        member: Any = reading.modules.get_member(path)
    except KeyError:
        return False
    return member is not None and member.runtime


def _kind(reading: Reading, path: str) -> str:
    """What a class is, `value` for data that can be made without code of its own, `` for what is no class."""
    found = reading.find(path)
    if found is None or not found.is_class:
        return ""
    kind = reading.kind(found)
    own = {name for name in ("__init__", "__new__") if (each := found.members.get(name)) and each.lineno}
    return "value" if kind in DATA and not own else kind
