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

INTERRUPTED = 130


class Mode(StrEnum):
    """How modules are tested."""

    ISOLATED = "isolated"
    INTEGRATION = "integration"


Module = Annotated[list[str], typer.Option("--module", metavar="M", help="A module; may be given several times.")]
Modules = Annotated[str, typer.Option("--modules", metavar="A,B", help="Modules, separated by commas; default: all.")]
ModeOption = Annotated[Mode, typer.Option("--mode", help="Each module alone, or all of them together.")]
PytestWords = Annotated[list[str], typer.Option("--pytest-word", hidden=True)]
Python = Annotated[
    str | None,
    typer.Option(
        "--python",
        metavar="PATH",
        help="An environment's Python: test what is installed there. A bare one: use it.",
    ),
]


Report = Annotated[
    Path | None, typer.Option("--report", metavar="DIR", help="Write report.json, junit.xml, summary.md, report.html.")
]
LayerOption = Annotated[
    str | None, typer.Option("--layer", metavar="L", help="unit, integration or e2e; default: TEST_MODE, else all.")
]
Siblings = Annotated[
    str | None, typer.Option("--siblings", metavar="HOW", help="What a module declares is real, or a stub.")
]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", help="Run tests in the random order of this number.")]
Wall = Annotated[
    float | None, typer.Option("--timeout", help="Limit of each environment's tests, in seconds; default 900.", min=1)
]
TestLimit = Annotated[
    float | None, typer.Option("--test-timeout", help="Limit of one test, in seconds; default 120.", min=0.01)
]
Confinement = Annotated[
    str | None,
    typer.Option(
        "--confinement",
        "--require-confinement",
        metavar="LEVEL",
        help="What must hold tests: namespaces, subreaper, group.",
    ),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Make every environment anew.")]
Jobs = Annotated[
    str | None, typer.Option("--jobs", metavar="N", help="How many environments at a time; auto: as processors.")
]


def run(
    module: Module = [],  # noqa: B006 (typer copies it)
    modules: Modules = "",
    mode: ModeOption = Mode.ISOLATED,
    layer: LayerOption = None,
    siblings: Siblings = None,
    python: Python = None,
    artifacts: Annotated[Path | None, typer.Option(metavar="DIR", help="Test the wheels in this folder.")] = None,
    report: Report = None,
    catalog: Catalog = None,
    seed: Seed = None,
    timeout: Wall = None,
    test_timeout: TestLimit = None,
    confinement: Confinement = None,
    fresh: Fresh = False,
    jobs: Jobs = None,
    quiet: Quiet = False,
    as_json: Json = False,
    pytest_words: PytestWords = [],  # noqa: B006
) -> None:
    """Run tests against built wheels.

    In fresh environments, or against what is installed. Words behind `--` go to pytest.
    """
    with exits_of(as_json=as_json, report=report):
        from dataclasses import replace

        from trainer_release.agent.conduct import Asked
        from trainer_release.app.run_tests import Options
        from trainer_release.app.run_tests import run as run_tests

        one_of(siblings, ("real", "stub"), "--siblings")
        one_of(confinement, ("auto", "namespaces", "subreaper", "group"), "--confinement")
        asked = Asked(layer, siblings, seed, timeout, test_timeout, confinement, tuple(pytest_words))
        names, argv = names_of(module, modules), tuple(sys.argv[1:])
        options = Options(mode, names, python, artifacts, catalog, Path(), _jobs(jobs), asked, fresh=fresh, argv=argv)
        options = replace(options, keep=report / "retained" if report else None)
        done = run_tests(options, (lambda _: None) if quiet else tell)
        _told(done, report, as_json=as_json)
        if done.exit == INTERRUPTED:
            raise KeyboardInterrupt
        raise typer.Exit(done.exit)


def _jobs(said: str | None) -> int | None:
    if said is None or said == "auto":
        return None if said is None else 0
    if not said.isdecimal() or int(said) < 1:
        raise typer.BadParameter(f"{said!r} is no whole number from 1 on, nor auto", param_hint="'--jobs'")
    return int(said)


def one_of(word: str | None, words: tuple[str, ...], option: str) -> None:
    """A usage error where a word is given that is none of these."""
    if word is not None and word not in words:
        raise typer.BadParameter(f"{word!r} is none of {', '.join(words)}", param_hint=f"'{option}'")


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
    with exits_of(as_json=as_json):
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
    with exits_of(as_json=as_json):
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

    return Options(mode.value, names_of(module, modules), catalog=catalog)


def names_of(module: list[str], modules: str) -> tuple[str, ...]:
    """The modules that --module and --modules name, each once."""
    return tuple(dict.fromkeys(name.strip() for name in (*module, *modules.split(",")) if name.strip()))


@contextmanager
def exits_of(*, as_json: bool, report: Path | None = None) -> Iterator[None]:
    """What keeps a command from running, as text, as JSON, as a report, with test-agent's own exit codes."""
    from trainer_release.errors import ReleaseError

    try:
        yield
    except ReleaseError as error:
        from trainer_release.app import report_tests
        from trainer_release.app.complaints import exit_of_error

        code = exit_of_error(error)
        if report is not None:
            report_tests.write_refused(error.problems, code, report, sys.argv[1:])
        if as_json:
            document("verdict", report_tests.refused(error.problems, code, sys.argv[1:]))
        errors.show(error, stream=sys.stderr)
        raise typer.Exit(code) from None


def _told(done: TestRun, report: Path | None, *, as_json: bool) -> None:
    """Write the report that is asked for; tell what is wrong, and the result."""
    if report is not None or as_json:  # what only a report needs takes its time to import
        from trainer_release.app import report_tests

        if report is not None:
            report_tests.write(done, report)
    errors.tell(done.problems, stream=sys.stderr)
    if as_json:
        document("verdict", report_tests.as_json(done))
    else:
        say(_reports(done))


def _reports(done: TestRun) -> str:
    head = ("cell", "mode", "python", "status", "passed", "failed", "skipped", "seconds")
    rows = [
        (r.name, r.mode, r.python, r.status, str(r.passed), str(r.failed), str(r.skipped), f"{r.seconds:.1f}")
        for r in done.reports
    ]
    return table(head, rows)
