"""The commands of `test-agent`: run, discover, check."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trainer_release.cli import errors
from trainer_release.cli.options import Catalog, Json, Quiet, document, say, tell
from trainer_release.cli.render import table

if TYPE_CHECKING:
    from trainer_release.app.run_tests import Options, TestRun


class Mode(StrEnum):
    """How modules are tested."""

    ISOLATED = "isolated"
    INTEGRATION = "integration"


Module = Annotated[list[str], typer.Option("--module", metavar="M", help="A module; may be given several times.")]
Modules = Annotated[str, typer.Option("--modules", metavar="A,B", help="Modules, separated by commas; default: all.")]
ModeOption = Annotated[Mode, typer.Option("--mode", help="Each module alone, or all of them together.")]
Python = Annotated[
    str | None,
    typer.Option(
        "--python",
        metavar="PATH",
        help="An environment's Python: test what is installed there. A bare one: use it.",
    ),
]


def run(
    module: Module = [],  # noqa: B006 (typer copies it)
    modules: Modules = "",
    mode: ModeOption = Mode.ISOLATED,
    python: Python = None,
    artifacts: Annotated[Path | None, typer.Option(metavar="DIR", help="Test the wheels in this folder.")] = None,
    report: Annotated[Path | None, typer.Option(metavar="DIR", help="Write report.json and junit.xml there.")] = None,
    catalog: Catalog = None,
    timeout: Annotated[float, typer.Option(help="Limit of each environment's tests, in seconds.", min=1)] = 900.0,
    jobs: Annotated[int, typer.Option(help="How many environments at a time.", min=1)] = 2,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Run tests against built wheels.

    In fresh environments, or against what is installed.
    """
    with _exits(as_json=as_json):
        from trainer_release.app import report_tests
        from trainer_release.app.run_tests import Options
        from trainer_release.app.run_tests import run as run_tests

        names = _names(module, modules)
        options = Options(mode, names, python, artifacts, catalog, Path(), jobs, timeout)
        done = run_tests(options, (lambda _: None) if quiet else tell)
        if report is not None:
            report_tests.write(done, report)
        errors.tell(done.problems, stream=sys.stderr)
        if as_json:
            document("verdict", report_tests.as_json(done))
        else:
            say(_reports(done))
        raise typer.Exit(done.exit)


def discover(
    module: Module = [],  # noqa: B006
    modules: Modules = "",
    mode: ModeOption = Mode.ISOLATED,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """List the test files that a run would take.

    And where each comes from.
    """
    with _exits(as_json=as_json):
        from dataclasses import asdict

        from trainer_release.app import inspect_tests

        found = inspect_tests.discover(_options(module, modules, mode, catalog))
        if as_json:
            tests = [asdict(each) for each in found]
            document("tests", {"mode": mode.value, "tests": tests})
            return
        for each in found:
            say(f"{each.module or 'together'}  {each.origin}  {inspect_tests.shown(each.path, Path())}")


def check(
    module: Module = [],  # noqa: B006
    modules: Modules = "",
    python: Python = None,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """Is each module installed, and can it be imported?

    And in which version.
    """
    with _exits(as_json=as_json):
        from dataclasses import replace

        from trainer_release.app import inspect_tests

        options = _options(module, modules, Mode.INTEGRATION, catalog)
        found = inspect_tests.check(replace(options, python=python))
        if as_json:
            document("installed", found.as_json())
        else:
            rows = [(name, state.status, state.words) for name, state in found.states.items()]
            say(table(("module", "state", f"in {found.python}"), rows))
        raise typer.Exit(0 if found.ok else 3)


def _options(module: list[str], modules: str, mode: Mode, catalog: Path | None) -> Options:
    from trainer_release.app.run_tests import Options

    return Options(mode.value, _names(module, modules), catalog=catalog)


def _names(module: list[str], modules: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in (*module, *modules.split(",")) if name.strip()))


@contextmanager
def _exits(*, as_json: bool) -> Iterator[None]:
    """What keeps a command from running, as text or JSON, with test-agent's own exit codes."""
    from trainer_release.errors import ReleaseError

    try:
        yield
    except KeyboardInterrupt:
        tell("interrupted; everything that was started is ended")
        raise typer.Exit(130) from None
    except ReleaseError as error:
        from trainer_release.app.report_tests import refused
        from trainer_release.app.run_tests import exit_of_error

        code = exit_of_error(error)
        if as_json:
            document("verdict", refused(error.problems, code))
        errors.show(error, stream=sys.stderr)
        raise typer.Exit(code) from None


def _reports(done: TestRun) -> str:
    head = ("cell", "mode", "python", "status", "passed", "failed", "skipped", "seconds")
    rows = [
        (r.name, r.mode, r.python, r.status, str(r.passed), str(r.failed), str(r.skipped), f"{r.seconds:.1f}")
        for r in done.reports
    ]
    return table(head, rows)
