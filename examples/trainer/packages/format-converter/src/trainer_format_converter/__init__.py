"""Records from and to JSON, JSON Lines and CSV."""

from trainer_format_converter.convert import FORMATS, convert, dumps, format_of, loads, read, write
from trainer_format_converter.records import FormatError, Record

__all__ = ["FORMATS", "FormatError", "Record", "convert", "dumps", "format_of", "loads", "read", "write"]
