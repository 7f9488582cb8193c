"""The two programs as typer sees them: their commands are imported when they are asked for."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from trainer_release.cli.commands import PROGRAMS
from trainer_release.version import __version__

SETTINGS = {"help_option_names": ["-h", "--help"]}
PASSED_ON = "pytest_words"
AS_TYPED = {bool: bool, str: str, Path: Path}


class Command(TyperCommand):
    """A command that takes words as they were typed where nothing is to be converted, and leaves the rest to typer.

    typer looks at every value by way of pydantic, even at one that was not given; to import that takes longer than most
    commands do. Numbers, choices, help and all that is wrong are typer's.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Fill in the values of a command line. What stands behind `--` is pytest's, where a command hands it on."""
        if "--" in args and any(each.name == PASSED_ON for each in self.params):
            cut = args.index("--")
            self.parse_args(ctx, args[:cut])
            ctx.params[PASSED_ON] = args[cut + 1 :]
            return []
        said, rest, _ = self.make_parser(ctx).parse_args(args=list(args))
        values = {each.name: _value(each, said.pop(each.name, None)) for each in self.params}
        if rest or said or ... in values.values():
            return super().parse_args(ctx, args)
        ctx.params |= values
        return rest


def _value(parameter: Any, said: Any) -> Any:
    """What a parameter is given, or else by default; an ellipsis where that is typer's to say."""
    if said is None:
        return ... if parameter.required else parameter.default
    kind = parameter.type_descriptor.annotation
    return list(said) if kind == list[str] else AS_TYPED[kind](said) if kind in AS_TYPED else ...


class Commands(TyperGroup):
    """The commands of a program. One is imported when it is asked for, all of them where a word is none of them, so
    that typer can tell what there is."""

    def main(self, args: Any = None, prog_name: Any = None, *more: Any, **settings: Any) -> Any:
        """Read a command line. Behind the name of a command it is that command's alone."""
        words = sys.argv[1:] if args is None else list(args)
        if words and words[0] in self.list_commands(None):
            command = self.get_command(None, words[0])
            return command.main(words[1:], f"{prog_name} {words[0]}", *more, **settings)
        return super().main(words, prog_name, *more, **settings)

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all, in the order of `--help`."""
        return [*PROGRAMS[str(self.name)].commands]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name; None where there is none."""
        names = self.list_commands(ctx)
        for name in [cmd_name] if cmd_name in names else names:
            self.commands.update(_built(name, PROGRAMS[str(self.name)].commands[name][0]))
        return self.commands.get(cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The page that `--help` prints without typer, too."""
        formatter.write(PROGRAMS[str(self.name)].page(ctx.command_path) + "\n")


def _built(name: str, module: str) -> dict[str, Any]:
    found = getattr(import_module(f"trainer_release.cli.{module}"), name)
    one = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
    if isinstance(found, typer.Typer):
        one.add_typer(found, name=name, context_settings=SETTINGS)
    else:
        one.command(name, cls=Command, context_settings=SETTINGS)(found)
    return dict(get_group(one).commands)


def _program(name: str) -> typer.Typer:
    made = typer.Typer(
        name=name,
        cls=Commands,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=SETTINGS,
    )
    made.callback(invoke_without_command=True)(_main)
    return made


def _main(version: bool = typer.Option(False, "--version", help="Print the version and leave.")) -> None:
    if version:
        print(__version__)
        raise typer.Exit


app = _program("trainer-release")
agent = _program("test-agent")
