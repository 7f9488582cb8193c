"""report.json and its schema, the Markdown summary, the page: what they say, what they escape, what never differs."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from importlib.resources import files
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from kit.schema import complaints
from trainer_release.agent import exits, verdict
from trainer_release.app import report_html, report_summary, report_tests
from trainer_release.app.run_facts import began
from trainer_release.app.run_tests import TestRun, complaint
from trainer_release.cli.main import agent
from trainer_release.errors import Problem
from trainer_release.errors.codes import CODES
from trainer_release.model.testing import Attempt, CellReport, Leak, TestResult

SCHEMA = json.loads((files("trainer_release.agent") / "report.schema.json").read_text("utf-8"))
A, B = "a" * 64, "b" * 64
FACTS = {
    **began(["run", "--seed", "7"]), "layer": "unit", "seed": 7, "confinement": "auto", "settings": A, "commit": None,
}  # fmt: skip
EVIL = "<script>alert('&')</script> | $cells"
TESTS = (
    TestResult("tests/test_a.py::test_good", "module", "passed", 0.01),
    TestResult("tests/test_a.py::test_bad", "module", "failed", 0.5, f"assert 1 == 2\n{EVIL}"),
    TestResult("tests/test_a.py::test_left", "module", "leaked", 0.2, "", (Leak("process", "sleep 60"),)),
)


def cell(status: str = "passed", code: str | None = None, **more) -> CellReport:
    counts = {"passed": (3, 0, 1), "failed": (2, 1, 0), "leaked": (2, 0, 0)}.get(status, (0, 0, 0))
    held = {"kit_one-1.0-py3-none-any.whl": A, "kit_two-2.0-py3-none-any.whl": B}
    given = {"files": held, "code": code, "seed": 7, "layer": "unit", "confinement": "namespaces"} | more
    return CellReport("one alone", "isolated", ("one",), status, "3.12.1", "linux", *counts, 0.5, **given)


def run(*cells: CellReport, code: int | None = None, folder: str = "") -> TestRun:
    problems = tuple(problem for each in cells if (problem := complaint(each)))
    return TestRun(cells, problems, exits.of_run(cells) if code is None else code, FACTS, folder)


WHOLE = cell(
    "failed",
    tests=TESTS,
    leaks=(Leak("port", "127.0.0.1:8000", dead=False),),
    attempts=(Attempt("kit_two", "two", "tests/test_a.py:3", "", "test_bad"),),
    siblings={"two": "absent", "three": f"stub:{B}"},
    environment="e" * 16,
    freeze=A,
    packages=("kit-one==1.0",),
    junit='<testsuite name="one alone"/>',
    tail=("1 failed in 0.12s",),
)


@pytest.mark.parametrize(
    "done",
    [
        run(cell()),
        run(WHOLE),
        run(cell("broken", "environment-broken")),
        run(cell("leaked", "tests-leaked")),
        run(cell("empty")),
        run(cell(), code=6),
        run(cell(), code=7),
        run(cell("broken", "tests-timeout")),
        run(cell(), cell("broken", "tests-interrupted")),
        run(),
    ],
    ids=lambda done: str(done.exit),
)
def test_the_report_of_every_exit_code_is_of_the_schema(done):
    document = json.loads(json.dumps(report_tests.as_json(done)))
    assert [*complaints(document, SCHEMA)] == []
    assert verdict.read(json.dumps(document)) == document


@pytest.mark.parametrize("code", [2, 3, 130])
def test_the_report_of_what_could_not_be_run_is_of_the_schema(code):
    problem = Problem("layer-unknown", "x", hint="y", context=("z",))
    document = json.loads(json.dumps(report_tests.refused([problem], code, ["run"])))
    assert [*complaints(document, SCHEMA)] == []
    assert (document["ok"], document["exit"], document["run"]["argv"]) == (False, code, ["run"])


def test_the_schema_refuses_what_is_no_report():
    good = report_tests.as_json(run(WHOLE))
    assert [*complaints(good | {"exit": 11}, SCHEMA)]
    assert [*complaints({key: value for key, value in good.items() if key != "run"}, SCHEMA)]
    bad = json.loads(json.dumps(good))
    bad["cells"][0]["tests"][0]["outcome"] = "fine"
    assert [*complaints(bad, SCHEMA)]


def test_the_schema_is_printed():
    done = CliRunner().invoke(agent, ["schema"], catch_exceptions=False)
    assert json.loads(done.stdout) == SCHEMA


def test_what_was_tested_is_named_and_has_one_digest_whatever_the_order():
    document = report_tests.as_json(run(cell()))
    assert document["artifacts"] == [
        {"package": "kit-one", "version": "1.0", "sha256": A, "file": "kit_one-1.0-py3-none-any.whl"},
        {"package": "kit-two", "version": "2.0", "sha256": B, "file": "kit_two-2.0-py3-none-any.whl"},
    ]
    assert document["artifact_digest"] == report_tests.artifact_digest(
        {"kit_two-2.0-py3-none-any.whl": B, "kit_one-1.0-py3-none-any.whl": A}
    )
    assert report_tests.artifact_digest({"a": "1", "b": "2"}) != report_tests.artifact_digest({"a": "2", "b": "1"})


def test_what_leaked_or_was_interrupted_is_not_green_and_covers_nothing():
    for status, code in (("leaked", "tests-leaked"), ("broken", "tests-interrupted"), ("broken", "tests-timeout")):
        document = report_tests.as_json(run(cell(status, code)))
        assert (document["ok"], document["files"]) == (False, {})


def test_two_runs_differ_in_nothing_but_times():
    other = run(
        cell("failed", tests=tuple(TestResult(t.test, t.origin, t.outcome, t.seconds + 1, t.text, t.leaks) for t in TESTS),
             tail=("1 failed in 3.40s",)),
        folder="/tmp/else",
    )  # fmt: skip
    first = run(cell("failed", tests=TESTS, tail=("1 failed in 0.12s",)))
    object.__setattr__(other, "facts", FACTS | {"id": "2", "at": "later"})
    assert report_tests.as_json(first) != report_tests.as_json(other)
    assert report_tests.untimed(report_tests.as_json(first)) == report_tests.untimed(report_tests.as_json(other))
    assert report_tests.untimed(report_tests.as_json(run(cell()))) != report_tests.untimed(report_tests.as_json(first))


def test_the_folder_of_a_run_which_is_gone_is_not_told():
    text = TestResult("t", "module", "failed", 0.1, '/tmp/ta-x1/c0/stage/0/tests/"a".py:3')
    document = report_tests.as_json(run(cell("failed", tests=(text,)), folder="/tmp/ta-x1"))
    assert document["cells"][0]["tests"][0]["text"] == '$RUN/c0/stage/0/tests/"a".py:3'


def test_an_environment_is_called_alike_in_every_run():
    text = TestResult("t", "module", "failed", 0.1, 'File "/c/environments/abc/env-12ef/lib/x.py", line 3')
    done = run(cell("failed", tests=(text,), environment="abc", junit="<a>/c/environments/abc/env-12ef/bin</a>"))
    assert report_tests.as_json(done)["cells"][0]["tests"][0]["text"] == 'File "$ENV/lib/x.py", line 3'


class Tags(HTMLParser):
    """The elements of a page, and whether each is closed in its turn."""

    EMPTY = {"meta", "br"}

    def __init__(self, text):
        super().__init__()
        self.open, self.found, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self.open += [] if tag in self.EMPTY else [tag]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_the_page_is_whole_has_failures_first_and_asks_no_network():
    good = cell(tests=TESTS[:1], siblings={"two": "absent"})
    document = json.loads(json.dumps(report_tests.as_json(run(good, WHOLE))))
    text = report_html.page(document)
    tags = Tags(text)
    assert tags.open == []
    assert [tag for tag, _ in tags.found].count("script") == 1
    assert not re.search(r"https?://|<link|<img|@import|url\(", text)
    cells = [attrs for tag, attrs in tags.found if tag == "details" and attrs.get("class") == "cell"]
    assert ["open" in attrs for attrs in cells] == [True, False]
    order = [text.index(name) for name in ("test_bad", "test_left", "test_good")]
    assert order == sorted(order)
    assert EVIL in "".join(tags.words)
    assert {"value": "one"} in [attrs for tag, attrs in tags.found if tag == "option"]
    for said in ("127.0.0.1:8000", "tests/test_a.py:3 reached for two", "process: sleep 60", A, "not green"):
        assert said in text


def test_the_page_of_nothing_says_so():
    document = report_tests.refused([Problem("layer-unknown", "x", hint="do y")], 2)
    text = report_html.page(json.loads(json.dumps(document)))
    assert "Nothing was tested" in text
    assert "do y" in text
    assert Tags(text).open == []


def test_the_summary_has_a_row_a_cell_and_what_is_wrong():
    document = report_tests.as_json(run(cell(), WHOLE, cell("broken", "environment-broken")))
    text = report_summary.summary(json.loads(json.dumps(document)))
    assert text.startswith("## ❌ 5 passed, 1 failed, 1 skipped in 3 cells\n")
    assert "| ✅ | one alone | isolated | 3.12.1 | 3 | 0 | 1 | 0.5 |" in text
    assert "    assert 1 == 2\n" in text
    assert "left: sleep 60" in text
    assert "<script>" not in text.replace(f"    {EVIL}", "")
    assert "`environment-broken`" in text


def test_a_long_list_of_failures_is_cut():
    many = tuple(TestResult(f"t{number}", "module", "failed") for number in range(30))
    text = report_summary.summary(report_tests.as_json(run(cell("failed", tests=many))))
    assert (text.count("<details>"), "and 10 more" in text) == (20, True)


def test_the_four_files_are_written_without_secrets_and_the_summary_where_github_wants_it(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOAD_TOKEN", "hush-hush-hush")
    step = tmp_path / "step.md"
    step.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    told = TestResult("t", "module", "failed", 0.1, "token hush-hush-hush")
    suite = '<testsuite name="x"><testcase name="hush-hush-hush"/></testsuite>'
    report_tests.write(run(cell("failed", tests=(told,), junit=suite)), tmp_path / "out")
    written = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert sorted(written) == ["junit.xml", "report.html", "report.json", "summary.md"]
    assert [name for name, text in written.items() if "hush" in text] == []
    assert ET.fromstring(written["junit.xml"]).find("testsuite/testcase").get("name") == "***"
    assert step.read_text() == "before\n" + written["summary.md"]


def test_a_report_that_exists_is_made_a_page(tmp_path):
    report_tests.write(run(WHOLE), tmp_path)
    page = (tmp_path / "report.html").read_text()
    (tmp_path / "report.html").unlink()
    assert CliRunner().invoke(agent, ["report", str(tmp_path)]).exit_code == 0
    assert (tmp_path / "report.html").read_text() == page
    done = CliRunner().invoke(agent, ["report", str(tmp_path / "report.json"), "--html", str(tmp_path / "x/page.html")])
    assert (done.exit_code, (tmp_path / "x/page.html").read_text()) == (0, page)
    done = CliRunner().invoke(agent, ["report", str(tmp_path / "gone")])
    assert (done.exit_code, "verdict-invalid" in done.stderr) == (3, True)


def test_what_was_left_behind_is_told_by_test():
    problem = complaint(cell("leaked", "tests-leaked", tests=TESTS[::2], leaks=(Leak("port", "127.0.0.1:1"),)))
    assert problem
    assert problem.context == (
        "tests/test_a.py::test_left left a process: sleep 60",
        "left behind at the end, a port: 127.0.0.1:1",
    )


def test_every_status_has_words_for_what_is_wrong():
    for code in ("tests-leaked", "tests-interrupted", "tests-timeout", "environment-broken"):
        problem = complaint(cell("broken", code))
        assert problem
        assert problem.code in CODES
        assert problem.hint
