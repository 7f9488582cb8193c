"""Command lines that documents and workflows show, read by the very parser of the commands; nothing is carried out."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from trainer_release.cli.main import agent as test_agent
from trainer_release.cli.main import app as trainer_release

DOORS: dict[str, Any] = {"trainer-release": get_command(trainer_release), "test-agent": get_command(test_agent)}
FENCE = re.compile(r"^(?P<sign>```+)(?P<kind>[^\n`]*)\n(?P<body>.*?)^(?P=sign)\s*$", re.MULTILINE | re.DOTALL)


def parse(line: str) -> None:
    """Nothing, if the commands would take this line; else the usage error, or AssertionError for an unknown command."""
    name, *words = [word for word in shlex.split(line, comments=True) if word != "&"]
    command = DOORS[name]
    while words and words[0] in listed(command):
        name, *words = words
        command = command.get_command(None, name)
    assert not (listed(command) and words and not words[0].startswith("-")), f"no such command: {line}"
    if words not in (["--help"], ["-h"]):
        command.make_context(name, list(words))


def listed(command: Any) -> list[str]:
    """The names of a group's commands; none of a command's."""
    return command.list_commands(None) if hasattr(command, "list_commands") else []


def every_command(group: Any = DOORS["trainer-release"], before: str = "") -> Iterator[str]:
    """The names of all commands of a door, `index serve` in two words."""
    for name in listed(group):
        command = group.get_command(None, name)
        if listed(command):
            yield from every_command(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def fences(text: str, *kinds: str) -> list[str]:
    """The bodies of a document's fenced blocks of these kinds."""
    return [match["body"] for match in FENCE.finditer(text) if match["kind"].strip() in kinds]


def shown(text: str) -> list[str]:
    """Every line of ours that a document shows: in fenced blocks (behind `$ ` or bare), and in backticks in its words."""
    blocks = [
        line.strip().removeprefix("$ ") for body in fences(text, "console", "bash", "sh") for line in body.splitlines()
    ]
    inline = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    return [line for line in (*blocks, *inline) if re.match(r"(?:trainer-release|test-agent)(?: |$)", line)]
