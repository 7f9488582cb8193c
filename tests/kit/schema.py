"""As much of JSON Schema as our own schemas use; an unknown keyword is an error, so that nothing goes unchecked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

KINDS: Mapping[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int,
    "number": int | float,
}  # fmt: skip
ASIDE = {"$schema", "$defs", "title", "description", "format"}
KNOWN = {
    "$ref", "const", "enum", "type", "pattern", "minLength", "minimum", "minItems", "minProperties", "items",
    "required", "properties", "additionalProperties",
}  # fmt: skip


def complaints(
    value: Any, schema: Mapping[str, Any], root: Mapping[str, Any] | None = None, at: str = "$"
) -> Iterator[str]:
    """Everything about a JSON value that its schema forbids, each with its place."""
    root = schema if root is None else root
    assert set(schema) <= KNOWN | ASIDE, set(schema) - KNOWN - ASIDE
    if "$ref" in schema:
        yield from complaints(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, at)
    if value != schema.get("const", value) or value not in schema.get("enum", [value]):
        yield f"{at}: {value!r} is not the word"
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(
        isinstance(value, KINDS[kind]) and isinstance(value, bool) == (kind == "boolean") for kind in kinds
    ):
        yield f"{at}: {value!r} is no {' or '.join(kinds)}"
    elif isinstance(value, str) and (
        not re.search(schema.get("pattern", ""), value) or len(value) < schema.get("minLength", 0)
    ):
        yield f"{at}: {value!r} has another form"
    elif isinstance(value, int) and value < schema.get("minimum", value):
        yield f"{at}: {value} is too small"
    elif isinstance(value, list | dict) and len(value) < schema.get("minItems", schema.get("minProperties", 0)):
        yield f"{at}: too few"
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from complaints(item, schema["items"], root, f"{at}[{number}]")
    if isinstance(value, dict):
        yield from (f"{at}: {key} is missing" for key in schema.get("required", []) if key not in value)
        for key, item in value.items():
            rule = schema.get("properties", {}).get(key, schema.get("additionalProperties", {}))
            yield from [f"{at}: {key} is unknown"] if rule is False else complaints(item, rule, root, f"{at}.{key}")
