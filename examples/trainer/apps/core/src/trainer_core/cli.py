"""The command ``trainer``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from trainer_core.suite import (
    VersionMismatchError,
    check_version_compatibility,
    installed_version,
    read_suite,
)

if TYPE_CHECKING:
    from trainer_core.workflow import Workflow

OK, FAILED, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.command == "check":
        return _check()
    if options.command == "versions":
        return _versions()
    return _work(options)


def _check() -> int:
    suite = read_suite()
    try:
        check_version_compatibility()
    except VersionMismatchError as error:
        print(error)
        return FAILED
    print(f"this is {suite.name} {suite.version}: all {len(suite.modules)} modules have their versions")
    return OK


def _versions() -> int:
    suite = read_suite()
    width = max(map(len, suite.modules))
    print(f"{suite.name} {suite.version}")
    for package in suite.modules:
        print(f"  {package:{width}}  {installed_version(package) or 'not installed'}")
    return OK


def _work(options: argparse.Namespace) -> int:
    """The commands that need the other modules; the ones above must run without them."""
    from trainer_core.workflow import INPUT_ERRORS, Workflow

    try:
        workflow = Workflow.over(options.documents, provider=options.provider, limit=options.limit)
        return _ask(workflow, options) if options.command == "ask" else _evaluate(workflow, options)
    except INPUT_ERRORS as error:
        print(f"trainer: {error}", file=sys.stderr)
        return USAGE


def _ask(workflow: Workflow, options: argparse.Namespace) -> int:
    answer = workflow.answer(options.question)
    print(answer.text)
    for source in answer.sources:
        print(f"  {source}")
    return OK


def _evaluate(workflow: Workflow, options: argparse.Namespace) -> int:
    report = workflow.evaluate(options.cases, options.scorer)
    for result in report.results:
        print(f"{'pass' if result.passed else 'FAIL'}  {result.score:.2f}  {result.id}")
        if not result.passed:
            print(f"      expected {result.expected!r}, got {result.error or result.answer!r}")
    print(report.summary())
    if options.report:
        report.write(options.report)
    return OK if report.ok else FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="trainer", description="Answers questions from a folder of documents."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    work = argparse.ArgumentParser(add_help=False)
    work.add_argument("--documents", required=True, metavar="DIR", help="folder of .txt and .md files")
    work.add_argument("--provider", default="offline", metavar="NAME", help="who answers (default: offline)")
    work.add_argument(
        "--limit", type=_positive, default=3, metavar="N", help="passages to look at (default: 3)"
    )

    ask = commands.add_parser("ask", parents=[work], help="answer one question")
    ask.add_argument("question")

    evaluate = commands.add_parser("evaluate", parents=[work], help="run cases and score the answers")
    evaluate.add_argument("cases", metavar="CASES", help="a .jsonl, .json or .csv file")
    evaluate.add_argument("--scorer", choices=["contains", "exact", "overlap"], default="contains")
    evaluate.add_argument(
        "--report", metavar="FILE", help="write the results to a .jsonl, .json or .csv file"
    )

    commands.add_parser("versions", help="the versions of the suite and of each installed module")
    commands.add_parser("check", help="do the installed modules belong together?")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
