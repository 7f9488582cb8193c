"""What tests leave behind is told of the right test, put out of the way, and nothing else is."""

from __future__ import annotations

import importlib
import tempfile
from collections import Counter
from itertools import repeat
from pathlib import Path

import pytest

from kit import clean_tests
from kit.cells import oldest
from kit.watching import watched
from kit.workers import INJECT, work, work_on
from trainer_release.world.builds import find_uv
from trainer_release.world.venvs import Venvs, interpreter

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no /proc")

PLANTED = """
import os, socket, subprocess, sys, tempfile, threading, time
import pytest

KEPT = []
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
DAEMON = '''
import os, sys
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
os.execve(sys.executable, {!r}, {{}})
'''.format(SLEEP)
again = pytest.mark.parametrize("number", range(int(os.environ["ROUNDS"])))
twice = pytest.mark.parametrize("number", range(2 * int(os.environ["ROUNDS"])))

def note(pid):
    with open("pids", "a") as stream: stream.write("{}\\n".format(pid))

@again
def test_process_plain(number):
    note(subprocess.Popen(SLEEP).pid)

@again
def test_process_session(number):
    KEPT.append(subprocess.Popen(SLEEP, start_new_session=True))
    note(KEPT[-1].pid)

@again
def test_process_daemon(number):
    subprocess.run([sys.executable, "-c", DAEMON], check=True)

@twice
def test_port(number):
    each = socket.socket()
    each.bind(("127.0.0.1", 0))
    each.listen()
    KEPT.append(each)

@twice
def test_descriptor(number):
    KEPT.append(open(__file__)) if number % 2 else os.pipe()

@twice
def test_file(number):
    os.close(tempfile.mkstemp()[0]) if number % 2 else tempfile.mkdtemp()

@again
def test_thread(number):
    threading.Thread(target=time.sleep, args=(600,), daemon=bool(number % 2)).start()

@again
def test_clean(number): pass
"""


@pytest.fixture(scope="module", params=["this", "3.9"])
def python(request, tmp_path_factory):
    """This interpreter, and in a sweep the oldest that a module may have."""
    if request.param == "this":
        return interpreter()
    if oldest() is None or "full" not in request.config.getoption("-m").replace("not full", ""):
        pytest.skip("the oldest Python is for the sweep")
    venvs = Venvs(oldest(), find_uv())
    made = venvs.create(tmp_path_factory.mktemp("old") / "env")
    assert venvs.install(made, ["pytest>=7"], timeout=300.0).ok
    return str(made)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def sleepers(folder: Path) -> list[str]:
    """Processes that work below this folder; a daemon keeps the folder that it was started in."""
    found = []
    for each in Path("/proc").iterdir():
        try:
            if each.name.isdigit() and str((each / "cwd").readlink()).startswith(str(folder)) and lives(int(each.name)):
                found.append((each / "cmdline").read_text())
        except OSError:
            continue
    return found


def planted(folder, python, rounds):
    texts = {"test_planted.py": PLANTED}
    worked, replaced = work_on(folder, texts, limit=200.0, python=python, variables={"ROUNDS": str(rounds)})
    found = Counter()
    for name, leaks in worked.leaks().items():
        expected = name.partition("[")[0].removeprefix("test_").partition("_")[0]
        kinds = {kind for kind, _ in leaks}
        assert kinds == {expected}, (name, leaks)
        found[name.partition("[")[0]] += 1
        if expected == "port":
            assert leaks[0][1].startswith("127.0.0.1:")
        if expected == "process":
            assert "import time; time.sleep(600)" in leaks[0][1]
    assert found == {
        "test_process_plain": rounds,
        "test_process_session": rounds,
        "test_process_daemon": rounds,
        "test_port": 2 * rounds,
        "test_descriptor": 2 * rounds,
        "test_file": 2 * rounds,
        "test_thread": rounds,
    }
    assert sleepers(folder) == []
    assert [pid for pid in map(int, (folder / "stage/pids").read_text().split()) if lives(pid)] == []
    assert set(worked.outcomes().values()) == {"passed"}
    assert worked.code == 0
    print(f"\nfound {dict(found)}, {replaced} workers replaced")
    return replaced


def test_one_leak_of_each_kind_is_told_of_its_test_and_gone(tmp_path):
    assert planted(tmp_path, interpreter(), 1) == 1


@pytest.mark.full
def test_all_planted_leaks_are_told_of_their_tests_and_gone(tmp_path, python):
    assert planted(tmp_path, python, 10) == 10


@pytest.mark.full
@pytest.mark.parametrize("level", ["namespaces", "subreaper", "group"])
def test_at_every_level_of_confinement_planted_leaks_are_told_of_their_tests(tmp_path, level):
    text = PLANTED.replace('int(os.environ["ROUNDS"])', "10")
    ran = watched(tmp_path, text, confinement=level)
    assert ran.level == level
    assert Counter((test.test.partition("::")[2].partition("[")[0], test.outcome) for test in ran.tests) == {
        ("test_process_plain", "leaked"): 10,
        ("test_process_session", "leaked"): 10,
        ("test_process_daemon", "leaked"): 10,
        ("test_port", "leaked"): 20,
        ("test_descriptor", "leaked"): 20,
        ("test_file", "leaked"): 20,
        ("test_thread", "leaked"): 10,
        ("test_clean", "passed"): 10,
    }
    assert ran.leaks == ()
    assert sleepers(tmp_path) == []


@pytest.mark.full
@pytest.mark.parametrize("level", ["namespaces", "subreaper", "group"])
def test_at_every_level_of_confinement_clean_tests_raise_no_alarm(level):
    text = Path(clean_tests.__file__).read_text().replace('os.environ.get("ROUNDS", "1")', "4")
    with tempfile.TemporaryDirectory(prefix="t") as short:  # as in `clean`
        ran = watched(Path(short), text, confinement=level)
    assert {test.outcome for test in ran.tests} == {"passed", "skipped"}
    assert (ran.level, ran.leaks) == (level, ())


def clean(python, rounds):
    """The clean tests and, in a file of its own, the documentation's."""
    texts = {"test_clean.py": Path(clean_tests.__file__).read_text()}
    words = ("--doctest-modules",)
    variables = {"ROUNDS": str(rounds)}
    with tempfile.TemporaryDirectory(prefix="t") as short:  # the path of a Unix socket has 107 bytes at most
        worked = work(Path(short), texts, *words, python=python, limit=280.0, variables=variables, retain=False)
    assert worked.code == 0, worked.out
    return worked


def test_clean_tests_with_all_that_could_stay_raise_no_alarm():
    worked = clean(interpreter(), 1)
    assert worked.leaks() == {}
    assert set(worked.outcomes().values()) == {"passed", "skipped"}, worked.out
    assert worked.code == 0


@pytest.mark.full
def test_five_hundred_clean_tests_raise_no_alarm_three_times(python):
    for _ in range(3):
        worked = clean(python, 19)
        print(f"\n{len(worked.tests())} tests")
        assert len(worked.tests()) >= 500
        assert worked.leaks() == {}
        assert set(worked.outcomes().values()) == {"passed", "skipped"}, worked.out


SCOPES = """
import socket, subprocess, sys, tempfile
import pytest

KEPT = []
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]

@pytest.fixture(scope="class")
def forgetful():
    subprocess.Popen(SLEEP)
    each = socket.socket()
    each.bind(("127.0.0.1", 0))
    each.listen()
    KEPT.append(each)
    tempfile.mkdtemp()
    yield each

class TestOne:
    def test_first(self, forgetful): pass
    def test_last(self, forgetful): pass

def test_after(): pass
"""


def test_what_a_fixture_of_higher_scope_leaves_is_its_last_test_s_leak(tmp_path):
    worked = work(tmp_path, {"test_scopes.py": SCOPES})
    leaks = worked.leaks()
    assert list(leaks) == ["TestOne::test_last"]
    assert sorted(kind for kind, _ in leaks["TestOne::test_last"]) == ["file", "port", "process"]
    assert sleepers(tmp_path) == []


ALLOWED = """
import os, tempfile
import pytest

@pytest.mark.ta_leaks(allow=["keep-*"], reason="kept on purpose")
def test_marked(): tempfile.mkdtemp(prefix="keep-"); tempfile.mkdtemp(prefix="other-")

def test_configured(): tempfile.mkdtemp(prefix="common-")

@pytest.mark.ta_leaks(reason="anything goes")
def test_anything(): os.pipe()
"""


def test_allowed_leaks_are_left_alone(tmp_path):
    worked = work(tmp_path, {"test_allowed.py": ALLOWED}, "--strict-markers", allowed_leaks=["file:common-*"])
    leaks = worked.leaks()
    assert list(leaks) == ["test_marked"]
    assert [what[:6] for _, what in leaks["test_marked"]] == ["other-"]
    assert sorted(path.name[:5] for path in (tmp_path / "tmp").glob("*/*")) == ["commo", "keep-"]


def test_a_failed_test_s_files_are_kept_and_a_passed_one_s_removed(tmp_path):
    text = "import tempfile\ndef test_bad(): tempfile.mkdtemp(prefix='bad-'); assert 0\ndef test_good(): tempfile.mkdtemp()"
    worked = work(tmp_path, {"test_kept.py": text})
    assert sorted(worked.leaks()) == ["test_bad", "test_good"]
    (kept,) = (tmp_path / "kept").glob("test_kept.py-test_bad-*/*")
    assert kept.name.startswith("bad-")
    assert list((tmp_path / "tmp").glob("*/*")) == []
    work(tmp_path / "not", {"test_kept.py": text}, retain=False)
    assert not (tmp_path / "not/kept").exists()


def test_a_thread_may_stay_where_the_cleanup_is_normal(tmp_path):
    text = "import threading, time\ndef test_one(): threading.Thread(target=time.sleep, args=(600,)).start()\ndef test_two(): pass"
    worked = work(tmp_path, {"test_threads.py": text}, cleanup="normal")
    assert worked.code == 0
    (done, other) = worked.of("done")
    assert [(each["kind"], each["dead"]) for each in done["leaks"]] == [("thread", False)]
    assert other["leaks"] == []


@pytest.mark.parametrize(("setting", "expected"), [({"leaks": "off"}, []), ({"cleanup": "off"}, [False])])
def test_what_is_off_is_not_done(tmp_path, setting, expected):
    text = "import os\ndef test_one(): os.pipe2(0) if False else KEPT.append(open(__file__))\nKEPT = []"
    worked = work(tmp_path, {"test_off.py": text}, **setting)
    assert [leak["dead"] for each in worked.of("done") for leak in each["leaks"]] == expected


def test_an_owner_that_closes_a_reaped_descriptor_later_closes_no_other_s(tmp_path):
    text = """
import os
KEPT = []
def test_leaks(): KEPT.append(open(__file__))
def test_closes():
    number = KEPT[0].fileno()
    assert os.path.samestat(os.fstat(number), os.stat(os.devnull))
    KEPT.pop().close()
"""
    worked = work(tmp_path, {"test_shut.py": text})
    assert set(worked.outcomes().values()) == {"passed"}
    assert list(worked.leaks()) == ["test_leaks"]


def test_a_tree_that_ignores_being_asked_is_ended_whole(tmp_path):
    text = """
import subprocess, sys
STUBBORN = "import signal, subprocess, sys, time; signal.signal(15, signal.SIG_IGN); {} print(1, flush=True); time.sleep(600)"
CHILD = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True);"
def test_tree():
    each = subprocess.Popen([sys.executable, "-c", STUBBORN.format(CHILD)], stdout=subprocess.PIPE)
    each.stdout.readline()
    each.stdout.close()
"""
    worked = work(tmp_path, {"test_tree.py": text})
    assert [kind for kind, _ in worked.leaks()["test_tree"]] == ["process", "process"]
    assert sleepers(tmp_path) == []


def test_what_a_process_that_ends_meanwhile_leaves_to_another_parent_is_seen(monkeypatch):
    """A daemon's second fork: the list that it comes to stand in was read before."""
    monkeypatch.syspath_prepend(INJECT)
    traces = importlib.import_module("ta_traces")
    lists = {1: iter([[10], [10, 20], [10, 20]]), 10: repeat([]), 20: repeat([])}
    daemon = traces.Process(20, "7", "S", 1, 20)
    monkeypatch.setattr(traces, "_LISTED", True)
    monkeypatch.setattr(traces, "children", lambda pid: list(next(lists[pid])))
    monkeypatch.setattr(traces, "process", {10: None, 20: daemon}.get)
    assert traces.descendants(1) == {("process", 20, "7"): daemon}
