"""How generated code names things: what it imports, and what stands for each in its text."""

from __future__ import annotations

import re
from typing import Any

from trainer_release.agent.contracts.reading import Reading


def public(it: Any, reading: Reading) -> tuple[str, str]:
    """The module and name by which an object is best imported: the outermost package that offers it."""
    parts = it.module.path.split(".")
    for size in range(1, len(parts)):
        package = ".".join(parts[:size])
        if reading.where(f"{package}.{it.name}") == it.path:
            return package, it.name
    return it.module.path, it.name


class Imports:
    """The imports of one file, and the names that they give."""

    def __init__(self) -> None:
        self._given: dict[str, tuple[str, str]] = {}

    def name(self, module: str, name: str) -> str:
        """The name under which something of a module is there, which is its own unless another one has that."""
        given = name
        if self._given.get(given, (module, name)) != (module, name):
            given = f"{module.replace('.', '_')}_{name}"
        self._given[given] = (module, name)
        return given

    def of(self, it: Any, reading: Reading) -> str:
        """The same for a class or function; a nested one is named through its class."""
        if it.parent is not None and it.parent.is_class:
            return f"{self.of(it.parent, reading)}.{it.name}"
        return self.name(*public(it, reading))

    def lines(self, text: str) -> list[str]:
        """The import statements that a text needs, sorted: whole modules first, then the others."""
        used = {given: source for given, source in self._given.items() if re.search(rf"\b{given}\b", text)}
        whole = sorted(name for module, name in used.values() if not module)
        groups: dict[str, list[str]] = {}
        for given, (module, name) in used.items():
            if module:
                groups.setdefault(module, []).append(name if given == name else f"{name} as {given}")
        made = [
            _from(module, sorted(names, key=lambda name: (not name[0].isupper(), name.lower())))
            for module, names in sorted(groups.items())
        ]
        return [*(f"import {name}" for name in whole), *([""] if whole and made else []), *made]


def _from(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    return line if len(line) <= 110 else f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def snake(name: str) -> str:
    """`OfflineProvider` as `offline_provider`, `LLMProvider` as `llm_provider`; dots and dashes, too."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"\W+", "_", split).lower()
