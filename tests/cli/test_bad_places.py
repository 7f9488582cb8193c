"""Rows D3 to D6 of the fault catalogue: paths that lead astray, files and folders that cannot be written, an environment
that lacks something, and streams that nobody reads."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess

import pytest

from kit.refused import CATALOG, EXE, checked, run, state, suite_in
from kit.repo import WORDS, project, repository
from kit.repo import suite as suite_files

HEAD = 'demo: {version: "1.0.0"}\nmodules:\n  words: {version: "1.0.0", %s}\n  speech: "1.0.0"\n'
OLD = project("demo-words", "0.9.0")

# cell | what the catalog says of a module | LINE:COLUMN code | what stands in message or hint
PATHS = [
    ("D3-parent", 'path: "../words"', "3:35 path-outside", "leads out of the repository"),
    ("D3-parent-inside", 'path: "packages/../../words"', "3:35 path-outside", "leads out of the repository"),
    ("D3-absolute", 'path: "/etc"', "3:35 path-outside", "is absolute"),
    ("D3-drive", 'path: "C:/x"', "3:35 path-outside", "is absolute"),
    ("D3-backslash", r'path: "packages\\words"', "3:35 path-outside", 'write "packages/words"'),
    ("D3-nul", r'path: "packages\0words"', "3:35 path-outside", "control characters"),
    ("D3-newline", r'path: "packages\nwords"', "3:35 path-outside", "control characters"),
    ("D3-long", f'path: "{"a" * 256}"', "3:35 path-outside", "is longer than systems take"),
    ("D3-long-in-all", f'path: "{"/".join(["a" * 200] * 30)}"', "3:35 path-outside", "is longer than systems take"),
    ("D3-case", 'path: "packages/Words"', "3:3 path-missing", "packages/words"),
    ("D3-also-parent", 'also: ["../x"]', "3:36 path-outside", "leads out of the repository"),
    ("D3-also-absolute", 'also: ["/etc/passwd"]', "3:36 path-outside", "is absolute"),
    ("D3-also-long", f'also: ["{"a" * 256}"]', "3:36 path-outside", "is longer than systems take"),
]


@pytest.mark.row(*(cell for cell, *_ in PATHS))
@pytest.mark.parametrize(("said", "code", "words"), [pytest.param(*rest, id=cell) for cell, *rest in PATHS])
def test_a_path_that_leads_astray_is_refused_at_its_place(tmp_path, said, code, words):
    found = checked(suite_in(tmp_path, {CATALOG: HEAD % said}))
    assert any(each.startswith(f"{CATALOG}:{code}") and words in each for each in found), found


@pytest.mark.row("D3-symlinked-file")
def test_a_project_that_is_a_link_out_of_the_folder_is_refused_and_what_it_leads_to_is_not_written(tmp_path):
    root = suite_in(tmp_path / "repo", {WORDS: None})
    (tmp_path / "real.toml").write_text(OLD)
    (root / WORDS).symlink_to(tmp_path / "real.toml")
    (line,) = checked(root)
    assert line.startswith(f"{WORDS} path-outside: {WORDS} is a symbolic link to {tmp_path}/real.toml")
    assert run(root, "sync").code == 3
    assert (tmp_path / "real.toml").read_text() == OLD


@pytest.mark.row("D3-symlinked-folder")
def test_a_folder_that_is_a_link_holds_no_project_of_the_workspace(tmp_path):
    """It is told, not followed: what lies behind it is in no commit of this repository."""
    root = suite_in(tmp_path / "repo", {CATALOG: HEAD % "path: packages/words"})
    (root / "packages/words").rename(tmp_path / "words")
    (root / "packages/words").symlink_to(tmp_path / "words")
    assert any("path" in line for line in checked(root))


@pytest.mark.row("D3-linked-in-git")
def test_a_file_that_git_holds_as_a_link_is_no_file_that_a_release_can_change(tmp_path):
    home = repository(tmp_path / "repo", suite_files())
    (home.root / WORDS).rename(home.root / "real.toml")
    (home.root / WORDS).symlink_to("../../real.toml")
    home.commit("A link")
    refs = home.refs
    answer = run(home.root, "prepare", "1.1.0")
    assert (answer.code, "Traceback" in answer.err) == (6, False)
    assert f"{WORDS} is a symbolic link\n  --> {WORDS}\n   = put the file itself there" in answer.err
    assert (home.refs, home.status) == (refs, "")


@pytest.mark.row("D3-hard-link", "D4-read-only-file", "D4-mode-755", "D4-umask-077")
@pytest.mark.parametrize("mode", [0o755, 0o444, 0o640])
def test_a_file_keeps_its_mode_and_its_other_name_its_bytes(tmp_path, mode):
    root = suite_in(tmp_path, {WORDS: OLD})
    (root / "other-name").hardlink_to(root / WORDS)
    (root / WORDS).chmod(mode)
    before = os.umask(0o077)
    try:
        assert run(root, "sync").code == 0
    finally:
        os.umask(before)
    assert 'version = "1.0.0"' in (root / WORDS).read_text()
    assert stat.S_IMODE((root / WORDS).stat().st_mode) == mode
    assert (root / "other-name").read_text() == OLD


@pytest.mark.row("D4-unwritable-folder")
def test_a_folder_that_takes_no_file_is_named_and_nothing_is_half_written(tmp_path):
    root = suite_in(tmp_path, {WORDS: OLD})
    place = (root / WORDS).parent
    place.chmod(0o555)
    line = [str(EXE), "sync"]
    if os.geteuid() == 0:  # root writes everywhere, unless it is told not to
        if not (tool := shutil.which("setpriv")):
            pytest.skip("runs as root, and there is no setpriv")
        line = [tool, "--bounding-set=-dac_override,-dac_read_search", *line]
    before = state(root)
    done = subprocess.run(line, cwd=root, capture_output=True, text=True, check=False)
    assert state(root) == before
    place.chmod(0o755)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (6, "", False), done
    assert "Permission denied" in done.stderr
    assert "\n   = " in done.stderr


REFUSALS = {
    "D1-EMFILE": ("ulimit -n 8; {exe} {words}", "Too many open files", "`ulimit -n`"),
    "D1-EROFS": (
        "unshare --mount bash -c 'mount --bind {root} {root} && mount -o remount,bind,ro {root} && cd {root} && {exe} {words}'",
        "Read-only file system",
        "make the file system writable",
    ),
}


@pytest.mark.row(*REFUSALS)
@pytest.mark.parametrize(
    ("cell", "words"), [("D1-EMFILE", "prepare 1.1.0"), ("D1-EROFS", "sync"), ("D1-EROFS", "prepare 1.1.0")]
)
def test_what_the_system_refuses_is_told_and_nothing_is_half_written(tmp_path, cell, words):
    line, said, move = REFUSALS[cell]
    home = repository(tmp_path / "repo", suite_files(**{WORDS: OLD}))
    if (
        "unshare" in line
        and subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("may not mount")
    before = state(home.root)
    line = line.format(exe=EXE, root=home.root, words=words)
    done = subprocess.run(["bash", "-c", line], cwd=home.root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (6, "", False), done
    assert "error[system-refused]" in done.stderr
    assert said in done.stderr
    assert move in done.stderr
    assert state(home.root) == before


# --- the environment ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    from kit.repo import PERSON

    os.environ |= {key: value for key, value in PERSON.items() if key not in os.environ}
    return repository(tmp_path_factory.mktemp("places") / "repo", suite_files())


def told(home, *words, shell="", **env):
    """A command as a process in another environment (None: without that variable): its end, and that nothing changed."""
    full = {key: value for key, value in {**os.environ, **env}.items() if value is not None}
    line = ["bash", "-c", f'"$0" "$@" {shell}', str(EXE), *words]
    before = state(home.root)
    done = subprocess.run([shutil.which("bash"), *line[1:]], cwd=home.root, env=full, capture_output=True, check=False)
    assert state(home.root) == before
    assert b"Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout.decode(), done.stderr.decode()


ODD = {
    "D5-no-home": {"HOME": None},
    "D5-home-missing": {"HOME": "/nonexistent"},
    "D5-temporary-folder-missing": {"TMPDIR": "/nonexistent"},
    "D5-language-c": {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "D5-odd-time-zone": {"TZ": "Nowhere/Odd+99"},
    "D6-dumb-terminal": {"TERM": "dumb", "COLUMNS": "1"},
    "D6-no-terminal": {"TERM": None, "COLUMNS": None},
}


@pytest.mark.row(*ODD)
@pytest.mark.parametrize("cell", ODD)
def test_an_environment_that_lacks_what_is_not_needed_changes_nothing(home, cell):
    code, out, err = told(home, "prepare", "1.1.0", "--dry-run", **ODD[cell])
    assert (code, out.startswith("prepare demo 1.1.0"), err) == (0, True, "")


@pytest.mark.row("D5-no-git")
def test_without_git_it_is_said_so(home, tmp_path):
    code, out, err = told(home, "prepare", "1.1.0", "--dry-run", PATH=str(tmp_path))
    assert (code, out) == (6, "")
    assert "git is not installed, or not on PATH" in err
    assert told(home, "check", PATH=str(tmp_path))[0] == 0


@pytest.mark.row("D6-colours-forced", "D6-no-colours")
def test_colours_are_forced_or_forbidden(home):
    words = ("prepare", "1.0", "--dry-run")
    assert "\x1b[" in told(home, *words, FORCE_COLOR="1", NO_COLOR=None, TERM="xterm")[2]
    assert "\x1b[" not in told(home, *words, FORCE_COLOR="1", NO_COLOR="1", TERM="xterm")[2]


@pytest.mark.row("D6-ascii")
def test_what_the_output_cannot_show_is_spelled(home):
    code, out, _ = told(home, "graph", "--format", "tree", PYTHONIOENCODING="ascii")
    assert (code, out.isascii()) == (0, True)


@pytest.mark.row("D6-stdout-closed", "D6-stderr-closed", "D6-stdin-closed")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_fault_and_the_exit_code_stays(home, closed):
    assert told(home, "check", shell=closed)[0] == 0
    assert told(home, "prepare", "1.0", "--dry-run", shell=closed)[0] == 2
    if closed == "2>&-":
        assert json.loads(told(home, "check", "--json", shell=closed)[1])["problems"] == []
