"""A store keeps templates under names and can be filled from a folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from trainer_prompt_manager.templates import Template, TemplateSyntaxError

SUFFIX = ".prompt"


class UnknownPromptError(LookupError):
    """No prompt has this name; the message lists those there are."""


class PromptFileError(ValueError):
    """A folder of prompts that cannot be loaded; every faulty file is named."""


class PromptStore:
    """Named templates."""

    def __init__(self, templates: Iterable[Template] = ()) -> None:
        self._templates: dict[str, Template] = {}
        for template in templates:
            self.add(template)

    @classmethod
    def from_directory(cls, directory: str | os.PathLike[str]) -> PromptStore:
        """Load every ``*.prompt`` file below a folder; ``chat/short.prompt`` becomes ``chat/short``."""
        root = Path(directory)
        if not root.is_dir():
            raise PromptFileError(f"{root} is no folder")
        store = cls()
        complaints: list[str] = []
        for path in sorted(root.rglob("*" + SUFFIX)):
            name = path.relative_to(root).as_posix()[: -len(SUFFIX)]
            try:
                store.add(Template(_read(path), name))
            except (TemplateSyntaxError, UnicodeDecodeError) as error:
                complaints.append(f"{path}: {error}")
        if complaints:
            raise PromptFileError("\n".join(complaints))
        return store

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._templates))

    def add(self, template: Template) -> None:
        """Keep a template under its name; a name is given once."""
        if template.name in self._templates:
            raise ValueError(f"there is a prompt named {template.name!r} already")
        self._templates[template.name] = template

    def get(self, name: str) -> Template:
        try:
            return self._templates[name]
        except KeyError:
            raise UnknownPromptError(self._unknown(name)) from None

    def render(self, name: str, /, **values: object) -> str:
        return self.get(name).render(**values)

    def __contains__(self, name: object) -> bool:
        return name in self._templates

    def __iter__(self) -> Iterator[Template]:
        return (self._templates[name] for name in self.names)

    def __len__(self) -> int:
        return len(self._templates)

    def _unknown(self, name: str) -> str:
        near = get_close_matches(name, self.names, n=1)
        hint = f", did you mean {near[0]!r}?" if near else ""
        return f"no prompt named {name!r}{hint} (there are: {', '.join(self.names) or 'none'})"


def _read(path: Path) -> str:
    """The text without the line end that editors add to the last line."""
    text = path.read_text(encoding="utf-8")
    return text[:-1] if text.endswith("\n") else text
