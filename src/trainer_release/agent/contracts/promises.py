"""What an interface promises, as lines of Python that a generated test holds against the real thing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from trainer_release.agent.contracts.annotations import hint
from trainer_release.agent.contracts.matching import promised
from trainer_release.agent.contracts.reading import Reading
from trainer_release.agent.contracts.signatures import gives, parameters

VALUES = frozenset({"dataclass", "namedtuple", "enum"})


def line(member: Any) -> str:
    """`def complete(self, request: Request) -> Response`, or `name: str` for what is read; the first word of a method
    is always `self`, for it is called on an object."""
    if not member.is_function:
        return f"{member.name}: {member.annotation if member.annotation is not None else 'object'}"
    said = ["self", *_words(parameters(member))]
    result = f" -> {member.returns}" if member.returns is not None else ""
    return f"{'async ' if 'async' in member.labels else ''}def {member.name}({', '.join(said)}){result}"


def _words(found: list[Any]) -> Iterator[str]:
    kinds = [each.kind.value for each in found]
    for number, each in enumerate(found):
        kind = kinds[number]
        if kind == "keyword-only" and not {"keyword-only", "variadic positional"} & {*kinds[:number]}:
            yield "*"
        stars = {"variadic positional": "*", "variadic keyword": "**"}.get(kind, "")
        said = f": {each.annotation}" if each.annotation is not None else ""
        default = "" if each.required or stars else f"{' = ' if said else '='}{plain(each.default)}"
        yield f"{stars}{each.name}{said}{default}"
        if kind == "positional-only" and "positional-only" not in kinds[number + 1 :]:
            yield "/"


def plain(default: Any) -> str:
    """A default as it is written, `...` for one that is no literal."""
    try:
        ast.literal_eval(str(default))
    except (ValueError, SyntaxError):
        return "..."
    return str(default)


def fields(cls: Any) -> dict[str, str]:
    """The fields with which a dataclass or named tuple is made: `max_words` -> `int | None = None`."""
    made = cls.members.get("__init__")
    if made is not None and made.is_function:
        found = [
            (each.name, each.annotation, None if each.required else plain(each.default)) for each in made.parameters
        ]
        found = [each for each in found if each[0] != "self" and each[1] is not None]
    else:
        members = [each for each in cls.members.values() if each.is_attribute and each.annotation is not None]
        found = [(each.name, each.annotation, None if each.value is None else plain(each.value)) for each in members]
    return {name: f"{said}{'' if default is None else f' = {default}'}" for name, said, default in found}


def constants(cls: Any) -> dict[str, str]:
    """The members of an enum and their values, `...` for one that is no literal."""
    return {
        name: plain(each.value)
        for name, each in cls.members.items()
        if each.is_attribute
        and not name.startswith("_")
        and each.value is not None
        and "instance-attribute" in each.labels
    }


def values(interface: Any, reading: Reading) -> dict[str, Any]:
    """The value classes that an interface speaks of, and those that these hold, by path."""
    waiting = [(said, interface) for member in promised(interface, reading).values() for said in _annotations(member)]
    found: dict[str, Any] = {}
    while waiting:
        annotation, scope = waiting.pop(0)
        said = hint(annotation, scope, reading)
        for cls in said.classes() if said else ():
            if cls.path not in found and reading.kind(cls) in VALUES:
                found[cls.path] = cls
                waiting += [(each.annotation, cls) for each in cls.members.values() if each.is_attribute]
    return dict(sorted(found.items()))


def _annotations(member: Any) -> Iterator[Any]:
    yield gives(member)
    yield from (each.annotation for each in (member.parameters if member.is_function else ()))


def declared(member: Any, scope: Any, reading: Reading) -> dict[str, Any]:
    """The exceptions that a method's documentation says it raises, by path; None for one that is not of the suite."""
    if member.docstring is None:
        return {}
    found: dict[str, Any] = {}
    for style in ("google", "numpy", "sphinx"):
        for section in member.docstring.parse(style, warnings=False):
            for each in section.value if section.kind.value == "raises" else ():
                said = hint(each.annotation, scope, reading)
                if said is not None and said.path:
                    found[said.path] = said.found
    return dict(sorted(found.items()))
