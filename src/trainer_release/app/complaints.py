"""What there is to say against a cell, and the exit code of what kept a run from beginning."""

from __future__ import annotations

from trainer_release.agent import exits
from trainer_release.agent.verdict import shown
from trainer_release.errors import Exit, Problem, ReleaseError, Severity
from trainer_release.model.testing import CellReport

_HINTS = {
    "tests-failed": "mend the module, run it again; --report DIR writes all that there is to see",
    "tests-empty": "see with `test-agent discover` where tests are looked for",
    "tests-timeout": "find what waits; --timeout gives more time",
    "tests-leaked": "let the test end what it starts, or list it in `allowed-leaks`",
    "tests-interrupted": "run it again",
}
_SETTINGS = {"setting-unknown", "setting-invalid"}


def complaint(report: CellReport) -> Problem | None:
    """What there is to say against a cell, None where it passed."""
    if report.status == "passed":
        return None
    from trainer_release.errors.codes import CODES

    code = report.code or f"tests-{report.status}"
    title = CODES[code].title
    words = (
        f"{report.failed} of {report.failed + report.passed} failed" if report.failed else title[0].lower() + title[1:]
    )
    hint = _HINTS.get(code, f"trainer-release explain {code}")
    return Problem(code, f"{report.name}: {words}", hint=hint, context=shown(report))


def exit_of_error(error: ReleaseError) -> int:
    """test-agent's exit code for what kept it from running: usage or settings, drift, or the environment."""
    if error.exit is Exit.DRIFT:
        return exits.DRIFT
    codes = {problem.code for problem in error.problems if problem.severity is Severity.ERROR}
    return exits.USAGE if error.exit is Exit.USAGE or codes <= _SETTINGS else exits.ENVIRONMENT
