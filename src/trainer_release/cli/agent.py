"""The door `test-agent`: run, discover, check."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from trainer_release.app.run_tests import Options, TestRun

app = typer.Typer(
    name="test-agent",
    help="Test the modules of a suite: alone, or together, as the wheels that will be published.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
)


class Mode(StrEnum):
    """How modules are tested."""

    ISOLATED = "isolated"
    INTEGRATION = "integration"


Module = Annotated[
    list[str], typer.Option("--module", metavar="M", help="A module; may be given several times.")
]
Modules = Annotated[
    str, typer.Option("--modules", metavar="A,B", help="Modules, separated by commas; default: all.")
]
ModeOption = Annotated[Mode, typer.Option("--mode", help="Each module alone, or all of them together.")]
Python = Annotated[
    str | None,
    typer.Option(
        "--python",
        metavar="PATH",
        help="An environment's Python: test what is installed there. A bare one: use it.",
    ),
]
Catalog = Annotated[
    Path | None, typer.Option("--catalog", metavar="PATH", help="versions.yaml; default: found upwards.")
]
Json = Annotated[bool, typer.Option("--json", help="Pure JSON on standard output.")]


@app.command()
def run(
    module: Module = [],  # noqa: B006 (typer copies it)
    modules: Modules = "",
    mode: ModeOption = Mode.ISOLATED,
    python: Python = None,
    artifacts: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Test the wheels in this folder.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write report.json and junit.xml there.")
    ] = None,
    catalog: Catalog = None,
    timeout: Annotated[
        float, typer.Option(help="Limit of each environment's tests, in seconds.", min=1)
    ] = 900.0,
    jobs: Annotated[int, typer.Option(help="How many environments at a time.", min=1)] = 2,
    as_json: Json = False,
) -> None:
    """Run tests against built wheels in fresh environments, or against what is installed."""
    with _exits(as_json=as_json):
        from trainer_release.app import report_tests
        from trainer_release.app.run_tests import Options
        from trainer_release.app.run_tests import run as run_tests

        names = _names(module, modules)
        options = Options(mode, names, python, artifacts, catalog, Path(), jobs, timeout)
        done = run_tests(options, _tell)
        if report is not None:
            report_tests.write(done, report)
        _show_run(done, report_tests.as_json(done) if as_json else None)
        raise typer.Exit(done.exit)


@app.command()
def discover(
    module: Module = [],  # noqa: B006
    modules: Modules = "",
    mode: ModeOption = Mode.ISOLATED,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """List the test files that a run would take, and where each comes from."""
    with _exits(as_json=as_json):
        from dataclasses import asdict

        from trainer_release.app import inspect_tests

        found = inspect_tests.discover(_options(module, modules, mode, catalog))
        if as_json:
            tests = [asdict(each) for each in found]
            _print_json({"schema": "trainer-release/tests/v1", "mode": mode.value, "tests": tests})
            return
        for each in found:
            print(f"{each.module or 'together'}  {each.origin}  {inspect_tests.shown(each.path, Path())}")


@app.command()
def check(
    module: Module = [],  # noqa: B006
    modules: Modules = "",
    python: Python = None,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """Say of each module whether it is installed, in which version, and whether it can be imported."""
    with _exits(as_json=as_json):
        from dataclasses import replace

        from trainer_release.app import inspect_tests

        options = _options(module, modules, Mode.INTEGRATION, catalog)
        found = inspect_tests.check(replace(options, python=python))
        if as_json:
            _print_json(found.as_json())
        else:
            print(f"in {found.python}:")
            _print_table([[name, state.status, state.words] for name, state in found.states.items()])
        raise typer.Exit(0 if found.ok else 3)


def _options(module: list[str], modules: str, mode: Mode, catalog: Path | None) -> Options:
    from trainer_release.app.run_tests import Options

    return Options(mode.value, _names(module, modules), catalog=catalog)


def _names(module: list[str], modules: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in (*module, *modules.split(",")) if name.strip()))


def _tell(line: str) -> None:
    typer.echo(line, err=True)


@contextmanager
def _exits(*, as_json: bool) -> Iterator[None]:
    """The single except: what kept a command from running, as text or JSON, with test-agent's exit codes."""
    import signal

    from trainer_release.errors import ReleaseError

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a cancelled CI job ends its tests, too
    try:
        yield
    except KeyboardInterrupt:
        _tell("interrupted; everything that was started is ended")
        raise typer.Exit(130) from None
    except ReleaseError as error:
        raise typer.Exit(_refuse(error, as_json=as_json)) from None


def _refuse(error: Any, *, as_json: bool) -> int:
    from trainer_release.app.report_tests import refused
    from trainer_release.app.run_tests import exit_of_error

    code = exit_of_error(error)
    if as_json:
        _print_json(refused(error.problems, code))
    _show_problems(error.problems)
    return code


def _show_run(done: TestRun, answer: dict[str, Any] | None) -> None:
    _show_problems(done.problems)
    if answer is not None:
        _print_json(answer)
        return
    head = ["cell", "mode", "python", "status", "passed", "failed", "skipped", "seconds"]
    rows = [
        [r.name, r.mode, r.python, r.status, str(r.passed), str(r.failed), str(r.skipped), f"{r.seconds:.1f}"]
        for r in done.reports
    ]
    _print_table([head, *rows])


def _show_problems(problems: Any) -> None:
    for problem in problems:
        where = f"{problem.where}: " if problem.where else ""
        _tell(f"{where}{problem.severity}[{problem.code}]: {problem.message}")
        for line in problem.context:
            _tell(f"    {line}")
        if problem.hint:
            _tell(f"  next: {problem.hint}")


def _print_table(rows: list[list[str]]) -> None:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _print_json(answer: Any) -> None:
    import json

    print(json.dumps(answer, indent=2))
