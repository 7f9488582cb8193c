"""JSON without the json module, where CPython's own scanner can be had: half of what it would cost to start.

json imports re, which imports enum: longer than the rest of the supervisor together.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own constant without typing
if TYPE_CHECKING:
    from typing import Any

try:
    import _json

    _quoted = _json.encode_basestring_ascii
    _made: Any = _json.make_scanner
except ImportError:  # another Python than CPython
    import json

    _quoted = json.dumps
    _made = None


class _Plain:
    """What a decoder would be asked: nothing out of the ordinary."""

    strict = False
    object_hook = object_pairs_hook = None
    parse_float, parse_int, parse_constant = float, int, float
    memo: dict[str, str] = {}  # noqa: RUF012


_scan: Any = _made(_Plain()) if _made else lambda text, _: (json.loads(text), 0)


def read(text: str) -> Any:
    """The value of a JSON text. ValueError where it is none."""
    try:
        return _scan(text.strip(), 0)[0]
    except (StopIteration, SystemError):  # the scanner cannot raise json's own error where that is not imported
        raise ValueError(text) from None


def written(value: Any) -> str:
    """A value of lists, dictionaries with names, texts, numbers and None as JSON."""
    if isinstance(value, dict):
        return "{%s}" % ",".join("{}:{}".format(written(key), written(each)) for key, each in value.items())
    if isinstance(value, (list, tuple)):
        return "[{}]".format(",".join(map(written, value)))
    if isinstance(value, str):
        return _quoted(value)
    return "null" if value is None else repr(value).lower()
