"""JUnit's form of a cell's results: one `<testsuite>`, of the shape that Jenkins and Surefire read. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from trainer_release.model.testing import Leak, TestResult

_CHILD = {
    "failed": "failure",
    "leaked": "failure",
    "error": "error",
    "timeout": "error",
    "crashed": "error",
    "skipped": "skipped",
    "xfailed": "skipped",
}
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 has no place for (its production 2, Char, the other way round: so it is compiled in no time)."""


def suite_of(name: str, seconds: float, tests: Sequence[TestResult], leaks: Iterable[Leak] = ()) -> str:
    """The results of a cell as one `<testsuite>`; what leaked at the end, after the last test, is a case of its own."""
    cases = [_case(test) for test in tests]
    if late := tuple(leaks):
        cases.append(_case(TestResult("leaks at the end", "", "leaked", 0.0, "", late)))
    counts = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": sum(case.find("error") is not None for case in cases),
        "skipped": sum(case.find("skipped") is not None for case in cases),
        "time": f"{seconds:.3f}",
    }
    suite = ET.Element("testsuite", {"name": _fit(name)} | {key: str(value) for key, value in counts.items()})
    suite.extend(cases)
    return ET.tostring(suite, encoding="unicode")


def _case(test: TestResult) -> ET.Element:
    place, name = _split(test.test)
    case = ET.Element("testcase", {"classname": _fit(place), "name": _fit(name), "time": f"{test.seconds:.3f}"})
    if child := _CHILD.get(test.outcome):
        left = "\n".join(f"{leak.kind}: {leak.what}{'' if leak.dead else ' (still there)'}" for leak in test.leaks)
        text = _fit("\n".join(filter(None, (test.text, left))))
        first = next(iter(text.splitlines()), test.outcome)
        element = ET.SubElement(case, child, {"message": first[:500], "type": test.outcome})
        element.text = text
    return case


def _split(node: str) -> tuple[str, str]:
    """A node id as pytest's own report has it: folders, file and classes with dots, and the name with its
    parameters."""
    path, found, rest = node.partition("::")
    if not found:
        return "", node
    head, opened, parameters = rest.partition("[")
    *classes, name = head.split("::")
    return ".".join([path.removesuffix(".py").replace("/", "."), *classes]), name + opened + parameters


def _fit(text: str) -> str:
    return _UNFIT.sub(lambda found: f"#x{ord(found.group()):02X}", text)
