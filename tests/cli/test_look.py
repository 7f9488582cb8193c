"""The commands that look, as a person types them: text, JSON, quiet, and their exit codes."""

from __future__ import annotations

import json
import re
import signal

import pytest

from kit.facts import on_index, record
from kit.repo import SPEECH, UMBRELLA, WORDS, project, repository
from kit.repo import suite as suite_files
from trainer_release.cli.boundary import guarded
from trainer_release.cli.main import app
from trainer_release.errors.codes import CODES
from trainer_release.release import manifest


@pytest.fixture
def home(tmp_path):
    return repository(tmp_path / "repo", suite_files())


@pytest.fixture
def ran(home, capsys, monkeypatch):
    """A command in the suite's folder, as (exit code, standard output, standard error)."""
    monkeypatch.chdir(home.root)
    before = signal.getsignal(signal.SIGTERM)

    def run(*words):
        with pytest.raises(SystemExit) as end:
            guarded(lambda: app(list(words), prog_name="trainer-release"))
        return end.value.code, *capsys.readouterr()

    yield run
    signal.signal(signal.SIGTERM, before)


def document(answer, name, code=0):
    assert (answer[0], answer[2]) == (code, "")
    read = json.loads(answer[1])
    assert read["schema"] == f"trainer-release/{name}/v1"
    return read


def drift(home):
    home.write(WORDS, project("demo-words", "0.9.0"))


def test_check_of_a_suite_in_step_says_so_unless_it_is_to_be_quiet(ran):
    assert ran("check") == (0, "demo 1.0.0: 3 modules, all in step\n", "")
    assert ran("check", "--quiet") == (0, "", "")
    assert document(ran("check", "--json"), "check")["problems"] == []


def test_check_names_drift_with_file_and_line_and_the_command_that_mends_it(home, ran):
    drift(home)
    code, out, err = ran("check")
    assert (code, out) == (4, "")
    assert "error[drift]: " in err
    assert f"  --> {WORDS}:4:1" in err
    assert "trainer-release sync" in err
    (problem,) = document(ran("check", "--json"), "check", code=4)["problems"]
    assert set(problem) == {"severity", "code", "message", "path", "line", "column", "hint"}
    assert (problem["severity"], problem["code"], problem["path"], problem["line"]) == ("error", "drift", WORDS, 4)


def test_check_annotates_a_workflow(home, ran):
    drift(home)
    code, out, _ = ran("check", "--output-format", "github")
    assert code == 4
    assert out.startswith(f"::error file={WORDS},line=4,col=1,title=drift::")


def test_check_tells_everything_that_is_wrong_with_the_catalog(home, ran):
    home.write("versions.yaml", 'demo:\n  version: 1.0\nmodules:\n  words: "x"\n  speech: "1.0.0"\n')
    found = document(ran("check", "--json"), "check", code=3)["problems"]
    assert len(found) >= 2
    assert all(problem["path"] == "versions.yaml" and problem["line"] for problem in found)


def test_a_format_that_nobody_knows_is_a_wrong_word(ran):
    for words in (("check", "--output-format", "xml"), ("graph", "--format", "xml")):
        code, _, err = ran(*words)
        assert (code, "xml" in err) == (2, True), words


def test_status_is_a_row_a_module(home, ran):
    home.git("tag", "--annotate", "--message", "x", "v1.0.0")
    home.commit("Later", **{"packages/words/src/demo_words/new.py": ""})
    code, out, err = ran("status")
    assert (code, err) == (0, "")
    assert [line.split() for line in out.splitlines()][1:] == [
        ["words", "1.0.0", "1.0.0", "-", "changed"],
        ["speech", "1.0.0", "1.0.0", "-", "same"],
        ["core", "1.0.0", "1.0.0", "-", "same"],
    ]
    read = document(ran("status", "--json"), "status")
    assert read["modules"]["words"] == {"catalog": "1.0.0", "project": "1.0.0", "index": None, "changed": True}
    assert read["releases"] == []


def test_graph_draws_in_every_form(ran):
    code, out, err = ran("graph")
    assert (code, err) == (0, "")
    assert out.splitlines()[:3] == ["demo 1.0.0", "wave 1", "  words   1.0.0"]
    read = document(ran("graph", "--format", "json"), "graph")
    assert read["modules"]["speech"]["depends"] == ["words"]
    assert read["waves"] == [["words"], ["speech"], ["core"]]
    assert document(ran("graph", "--json"), "graph") == read
    for form, begins in {"mermaid": "graph ", "dot": "digraph ", "svg": "<svg"}.items():
        assert ran("graph", "--format", form)[1].startswith(begins), form


def test_sync_shows_then_writes_then_has_nothing_more_to_do(home, ran):
    drift(home)
    code, out, _ = ran("sync", "--check")
    assert (code, '-version = "0.9.0"' in out, "1 files would change" in out) == (4, True, True)
    assert home.read(WORDS) == project("demo-words", "0.9.0")
    (edit,) = document(ran("sync", "--check", "--json"), "sync", code=4)["edits"]
    assert edit["path"] == WORDS
    assert ran("sync") == (0, f"wrote {WORDS}\n1 files changed\n", "")
    assert home.read(WORDS) == project("demo-words")
    assert ran("sync") == (0, "all in step\n", "")
    assert ran("sync", "--quiet") == (0, "", "")
    assert ran("sync", "--check", "--quiet") == (0, "", "")


def test_verify_compares_an_environment_with_a_manifest(home, ran):
    made = record(modules={"typer": record().modules["words"]}, waves=(("typer",),))
    text = manifest.text(made, on_index(), {"demo-words": "x"}, "v1")
    home.write("m.json", text)
    code, out, err = ran("verify", "m.json")
    assert (code, out) == (4, "")
    assert "error[suite-differs]" in err
    assert "demo-words: 1.1.0 expected, not installed" in err
    read = document(ran("verify", "m.json", "--json"), "verify", code=4)
    assert (read["ok"], read["suite_version"], read["checked"]) == (False, "1.1.0", 1)
    assert read["mismatches"][0]["package"] == "demo-words"


def test_verify_of_an_environment_in_order_says_so(home, ran):
    from importlib.metadata import version

    home.write("m.json", json.dumps({"suite_version": "1.0.0", "modules": {"pytest": {"version": version("pytest")}}}))
    code, out, _ = ran("verify", "m.json")
    assert (code, out) == (0, f"ok: 1 packages are exactly those of 1.0.0 (by {home.root / 'm.json'})\n")
    assert ran("verify", "m.json", "--quiet") == (0, "", "")
    assert document(ran("verify", "m.json", "--json"), "verify")["ok"] is True


def test_verify_of_nothing_is_refused(ran):
    code, _, err = ran("verify", "none.json")
    assert (code, "error[nothing-to-verify]" in err) == (6, True)


def test_the_schema_is_json(ran):
    code, out, _ = ran("schema")
    assert code == 0
    assert json.loads(out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_code_is_explained(ran):
    for code, page in CODES.items():
        ended, out, _ = ran("explain", code)
        assert ended == 0
        assert out.startswith(f"{code} (exit {page.exit}): {page.title}\n\nWhat happened\n  {page.cause}\n")
        assert out.endswith(f"\nWhat to do\n  {page.move}\n")


def test_an_unknown_code_is_refused_with_near_ones(ran):
    code, _, err = ran("explain", "dirty-three")
    assert code == 2
    assert "near: dirty-tree" in err


def test_a_cycle_is_named_as_a_path(home, ran):
    home.write(WORDS, project("demo-words", "1.0.0", ["demo-speech"]))
    code, _, err = ran("graph")
    assert (code, "error[dependency-cycle]" in err) == (3, True)


def test_without_a_catalog_the_next_move_is_named(tmp_path, ran, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    for command in ("check", "status", "graph", "sync"):
        code, _, err = ran(command)
        assert (code, "error[catalog-missing]" in err, "   = " in err) == (3, True, True)


def test_a_catalog_is_found_from_a_folder_below_or_where_it_is_named(home, ran, monkeypatch, tmp_path):
    monkeypatch.chdir(home.root / "packages/words")
    assert ran("check")[0] == 0
    monkeypatch.chdir(tmp_path)
    assert ran("check", "--catalog", "repo")[0] == 0
    assert ran("check", "--catalog", "repo/versions.yaml")[0] == 0
    assert ran("check", "--catalog", "none.yaml")[0] == 3


def test_looking_works_without_git(tmp_path, ran, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    for path, text in suite_files().items():
        (tmp_path / "plain" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "plain" / path).write_text(text)
    monkeypatch.chdir(tmp_path / "plain")
    for words in (["check"], ["graph"], ["sync", "--check"], ["sync"]):
        assert ran(*words)[0] == 0
    code, _, err = ran("status")
    assert (code, "error[not-a-repository]" in err) == (6, True)


def test_looking_changes_nothing(home, ran):
    drift(home)
    before = home.status
    for words in (["check"], ["status"], ["graph"], ["sync", "--check"]):
        ran(*words)
    assert home.status == before
    assert not (home.root / ".git/trainer-release").exists()


def test_control_characters_of_a_file_never_reach_the_terminal(home, ran):
    home.write("packages/wor\x1bds\x07/pyproject.toml", project("demo-x\x1b[2J"))
    home.write(UMBRELLA, project("demo-core", "1.0.0", ["demo-words \x1b[31m>=1"]))
    code, out, err = ran("check")
    assert code != 0
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", out + err)


def test_every_command_has_help_in_one_line(ran):
    code, out, _ = ran("--help")
    assert code == 0
    listed = re.findall(r"^  ([a-z]+)  +(\S.*)$", out, re.MULTILINE)
    assert {"check", "status", "graph", "sync", "prepare", "execute", "verify"} <= {name for name, _ in listed}
    assert all(not text.endswith("...") for _, text in listed), "a first line that is cut"
    assert "Exit codes" in out


def test_no_word_at_all_shows_help_and_a_wrong_one_is_2(ran):
    assert "Usage" in "".join(map(str, ran()))
    assert ran("no-such-command")[0] == 2
    assert ran("--version")[0] == 0


def test_a_pin_that_excludes_the_catalogs_version_is_drift_that_sync_mends(home, ran):
    home.write(SPEECH, project("demo-speech", "1.0.0", ["demo-words>=2"]))
    assert ran("check")[0] == 4
    assert ran("sync")[0] == 0
    assert ran("check")[0] == 0


def test_a_suite_that_nothing_was_released_of_has_an_empty_log(home, ran):
    home.write("versions.yaml", home.read("versions.yaml").partition("compatibility:")[0])
    assert ran("log") == (0, "demo has no version yet\n", "")
