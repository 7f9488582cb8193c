"""Where the values of an INI file stand, as `configparser` reads one: sections, options, continuation lines."""

from __future__ import annotations

import re
from configparser import Error, RawConfigParser
from dataclasses import dataclass

from trainer_release.suite.layouts.toml_spans import Span

SECTION = re.compile(r"\[(?P<name>.+)\]")
OPTION = re.compile(r"(?P<key>.*?)\s*[=:]\s*(?P<value>.*)")

Options = dict[tuple[str, str], list[Span]]
"""The lines of each value by section and option."""


@dataclass(slots=True)
class Cursor:
    """Where the scan is: the section, the option and how far that one is indented."""

    section: str | None = None
    key: tuple[str, str] | None = None
    indent: int = 0


def options(text: str) -> Options:
    """The lines of each value by section and option, without blanks, comments and empty lines.

    What is no INI is passed over.
    """
    found: Options = {}
    cursor = Cursor()
    start = 0
    for number, line in enumerate(re.findall(r"[^\n]*\n|[^\n]+", text), 1):
        value = line.strip()
        indent = len(line) - len(line.lstrip())
        if value and value[0] not in "#;":
            begin = start + indent
            if cursor.key is not None and indent > cursor.indent:
                found[cursor.key].append(Span(begin, begin + len(value), "", value, number))
            elif section := SECTION.match(value):
                cursor.section, cursor.key = section["name"], None
            elif cursor.section is not None and (option := OPTION.fullmatch(value)):
                cursor.key, cursor.indent = (cursor.section, option["key"]), indent
                first = option["value"]
                span = Span(begin + len(value) - len(first), begin + len(value), "", first, number)
                found[cursor.key] = [span] if first else []
        start += len(line)
    return found


def differing(before: str, after: str) -> set[tuple[str, str]] | None:
    """The options that `configparser` reads differently in two texts; None where it cannot read them.

    It is asked so that an edit is not judged by the scanner alone that made it.
    """
    try:
        old, new = parsed(before), parsed(after)
    except Error:
        return None
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


class Parser(RawConfigParser):
    """Options keep their case, as setuptools reads them."""

    def optionxform(self, optionstr: str) -> str:
        """The option as it is."""
        return optionstr


def parsed(text: str) -> dict[tuple[str, str], str | None]:
    parser = Parser()
    parser.read_string(text)
    return {(section, key): value for section in parser.sections() for key, value in parser.items(section)}
