"""The fixtures ta, resources and namespace, and the layers of tests."""

from __future__ import annotations

import re
import subprocess

import pytest

from kit.workers import INJECT, environment, work
from trainer_release.world.venvs import interpreter

RESOURCES = """
import os, socket, subprocess, sys, time
import pytest

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
ORDER = []
SEEN = {}

def test_all(resources):
    listener = resources.listener()
    socket.create_connection(listener.getsockname()).close()
    ports = {resources.port() for _ in range(5)}
    assert len(ports) == 5
    for number in ports:
        each = socket.socket()
        each.bind(("127.0.0.1", number))
        each.listen()
        each.close()
    resources.track_port(listener.getsockname()[1])
    SEEN["process"] = resources.process(SLEEP, stdout=subprocess.PIPE)
    SEEN["other"] = subprocess.Popen(SLEEP)
    resources.track_process(SEEN["other"].pid)
    SEEN["tmp"] = resources.tmp()
    (SEEN["tmp"] / "a").write_text("a")
    open("tracked", "w").close()
    resources.track_file("tracked")
    for number in range(3):
        resources.on_cleanup(ORDER.append, number)

def test_all_is_given_back():
    assert ORDER == [2, 1, 0]
    assert SEEN["process"].returncode is not None
    SEEN["other"].wait()
    assert not SEEN["tmp"].exists()
    assert not os.path.exists("tracked")

def broken(number):
    ORDER.append(number)
    raise ValueError("number {}".format(number))

def test_errors(resources):
    del ORDER[:]
    for number in range(3):
        resources.on_cleanup(broken, number)
    SEEN["process"] = resources.process(SLEEP)

def test_all_were_called():
    assert ORDER == [2, 1, 0]
    assert SEEN["process"].returncode is not None

def test_port_stays(resources):
    SEEN["listener"] = socket.socket()
    SEEN["listener"].bind(("127.0.0.1", 0))
    SEEN["listener"].listen()
    resources.track_port(SEEN["listener"].getsockname()[1])
"""


def test_resources_are_given_back_in_reverse_order_whatever_goes_wrong(tmp_path):
    worked = work(tmp_path, {"test_resources.py": RESOURCES})
    outcomes = worked.outcomes()
    assert [name for name, outcome in outcomes.items() if outcome != "passed"] == ["test_errors", "test_port_stays"]
    (errors, port) = worked.of("phase", outcome="failed")
    assert (errors["when"], port["when"]) == ("teardown", "teardown")
    assert all(f"number {number}" in errors["text"] for number in range(3))
    assert "is still listened on" in port["text"]
    assert list(worked.leaks()) == ["test_port_stays"]  # told by both


NAMES = """
import pytest

def note(namespace):
    with open("names", "a") as stream: stream.write("{} {}\\n".format(namespace.level, namespace.prefix))

@pytest.mark.parametrize("number", range(10))
def test_many(namespace, number): note(namespace)

@pytest.mark.isolated(level="namespace")
def test_marked(namespace):
    assert (namespace.program_prefix, namespace.session_id) == (namespace.prefix, namespace.prefix + "_session")
    assert namespace.name("db") == namespace.prefix + "_db"
    assert namespace.name("db").isidentifier()

@pytest.mark.isolated(level="session")
@pytest.mark.parametrize("number", range(2))
def test_session(namespace, number): note(namespace)

@pytest.mark.isolated(level="nonsense")
def test_wrong(namespace): pass
"""


def names(folder):
    (folder / "stage/names").unlink(missing_ok=True)
    return lambda: [line.split() for line in (folder / "stage/names").read_text().splitlines()]


def test_names_are_each_test_s_own_over_all_sessions_and_the_same_when_repeated(tmp_path):
    drawn = {}
    for folder, token in (("one", "a"), ("two", "b"), ("one again", "a")):
        place = tmp_path / folder.split()[0]
        (place / "stage").mkdir(parents=True, exist_ok=True)
        read = names(place)
        worked = work(place, {"test_names.py": NAMES}, seed=1, info={"namespace": token})
        assert [name for name, outcome in worked.outcomes().items() if outcome != "passed"] == ["test_wrong"]
        drawn[folder] = read()
    own = [prefix for level, prefix in drawn["one"] + drawn["two"] if level == "full"]
    assert len(own) == len(set(own)) == 20
    shared = [{prefix for level, prefix in drawn[folder] if level == "session"} for folder in ("one", "two")]
    assert [len(each) for each in shared] == [1, 1]
    assert shared[0] != shared[1]
    assert sorted(drawn["one"]) == sorted(drawn["one again"])


ISOLATED = """
import os, subprocess, sys
import pytest

CHANGED = []
STARTED = []

@pytest.fixture(scope="module")
def server():
    each = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    STARTED.append(each)
    yield each
    each.kill()
    each.wait()

@pytest.mark.isolated(level="full")
def test_first(server, namespace, tmp_path):
    assert (namespace.level, os.environ["TA_NAMESPACE"]) == ("full", namespace.prefix)
    CHANGED.append(1)
    os.environ["CHANGED"] = "1"
    os.chdir("/")
    print("said in the child")

def test_here(server):
    assert (CHANGED, "CHANGED" in os.environ, len(STARTED)) == ([], False, 1)
    assert server.poll() is None and "TA_NAMESPACE" not in os.environ

@pytest.mark.isolated(level="full")
def test_shares(server):
    assert len(STARTED) == 1
    os.kill(server.pid, 0)

def test_still_here(server): assert server.poll() is None

@pytest.mark.isolated(level="full")
def test_fails(server): assert 1 == 2, "for a reason"

@pytest.mark.isolated(level="full")
def test_dies(): os.kill(os.getpid(), 9)

@pytest.mark.isolated(level="full")
def test_leaves(): subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])

def test_in_place(namespace):
    os.environ["LEFT"] = "1"
    os.chdir("/")

def test_put_back():
    assert "LEFT" not in os.environ and os.getcwd() != "/"
"""


def test_full_isolation_is_a_child_that_is_gone_with_all_its_changes(tmp_path):
    worked = work(tmp_path, {"test_isolated.py": ISOLATED})
    assert [name for name, outcome in worked.outcomes().items() if outcome != "passed"] == [
        "test_fails",
        "test_dies",
    ], worked.out
    texts = {each["test"].partition("::")[2]: each["text"] for each in worked.of("phase", outcome="failed")}
    assert "for a reason" in texts["test_fails"]
    assert "by signal 9" in texts["test_dies"]
    assert [kind for kind, _ in worked.leaks()["test_leaves"]] == ["process"]
    assert list(worked.leaks()) == ["test_leaves"]


LAYERS = {
    "tests/unit/test_u.py": "def test_unit(): pass",
    "tests/integration/test_i.py": "import pytest\ndef test_integration(): pass\n@pytest.mark.e2e\ndef test_marked(): pass",
    "tests/e2e/test_e.py": "def test_e2e(): pass",
    "tests/slow/test_s.py": "def test_slow(): pass",
    "tests/test_plain.py": "def test_plain(ta): assert (ta.layer, ta.env.layer) == ('unit', 'unit')",
    "pytest.ini": "[pytest]\nta_layers =\n    tests/slow: e2e\n",
}


@pytest.mark.parametrize(
    ("layer", "mode", "expected"),
    [
        (None, None, {"test_unit", "test_integration", "test_marked", "test_e2e", "test_slow", "test_plain"}),
        ("unit", None, {"test_unit", "test_plain"}),
        (None, "integration", {"test_integration"}),
        ("e2e", "unit", {"test_marked", "test_e2e", "test_slow"}),
    ],
)
def test_a_layer_runs_its_tests_and_the_host_s_wins_over_test_mode(tmp_path, layer, mode, expected):
    variables = {"TEST_MODE": mode} if mode else {}
    worked = work(tmp_path, LAYERS, "--strict-markers", info={"layer": layer}, variables=variables)
    assert (set(worked.tests()), set(worked.outcomes().values())) == (expected, {"passed"})
    assert (f"layer {layer or mode}: adapter" in worked.out) is bool(layer or mode)


def test_markers_of_layers_are_for_selection_too(tmp_path):
    assert work(tmp_path, LAYERS, "-m", "not e2e and not integration").tests() == ["test_plain", "test_unit"]


@pytest.mark.parametrize("given", [{"variables": {"TEST_MODE": "units"}}, {"info": {"layer": "units"}}])
def test_an_unknown_layer_is_a_usage_error(tmp_path, given):
    worked = work(tmp_path, LAYERS, **given)
    assert worked.code == 4
    assert "there is no layer 'units'" in worked.out


def test_a_test_may_ask_what_is_run_and_how(tmp_path):
    text = """
def test_it(ta, resources):
    assert (ta.mode, ta.layer, ta.modules, ta.seed) == ("integration", "integration", ("a", "b"), 7)
    env = ta.env
    assert (env.layer, env.adapter, env.python_enabled, env.pooling_enabled) == ("integration", "bridge_mock", True, False)
    assert (env.lm_config, env.isolation_level, env.resource_manager) == ("cached", "namespace", resources)
    try:
        env.layer = "unit"
    except Exception:
        return
    raise AssertionError("not frozen")
"""
    info = {"mode": "integration", "layer": "integration", "modules": ["a", "b"]}
    worked = work(tmp_path, {"tests/integration/test_it.py": text}, info=info, seed=7)
    assert worked.outcomes() == {"test_it": "passed"}, worked.out


@pytest.mark.full
def test_four_thousand_names_of_sixteen_workers_are_distinct(tmp_path):
    text = """
import os, pytest
@pytest.mark.parametrize("number", range(250))
def test_many(namespace, number):
    with open(os.environ["NAMES"], "a") as stream: stream.write(namespace.prefix + "\\n")
"""
    (tmp_path / "test_names.py").write_text(text)
    line = [interpreter(), "-m", "pytest", "-q", "-p", "ta_plugin", "-p", "no:cacheprovider", str(tmp_path)]
    given = environment(PYTHONPATH=str(INJECT), NAMES=str(tmp_path / "names"))
    for _ in range(4):
        started = [subprocess.Popen(line, env=given, cwd=tmp_path, stdout=subprocess.DEVNULL) for _ in range(4)]
        assert [each.wait() for each in started] == [0, 0, 0, 0]
    prefixes = (tmp_path / "names").read_text().split()
    assert len(prefixes) == len(set(prefixes)) == 4000
    assert all(re.fullmatch(r"ta_[0-9a-f]{8}_[0-9a-f]{10}", each) for each in prefixes)
