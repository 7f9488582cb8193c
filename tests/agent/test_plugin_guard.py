"""What must not be imported is refused by whatever way; what is under test comes from its environment."""

from __future__ import annotations

import pytest

from kit.cells import write
from kit.workers import work

SIBLING = {
    "kit_sibling/__init__.py": "VALUE = 1\nfrom . import part\n",
    "kit_sibling/part.py": "",
    "kit_undeclared.py": "",
    "kit_space/portion/__init__.py": "",
}
ABSENT = {"kit_sibling": "sibling", "kit_space.portion": "space"}

WAYS = {
    "path": "sys.path.insert(0, SIB); import kit_sibling",
    "import_module": "sys.path.insert(0, SIB); importlib.import_module('kit_sibling')",
    "submodule": "sys.path.insert(0, SIB); import kit_sibling.part",
    "from": "sys.path.insert(0, SIB); from kit_sibling import VALUE",
    "namespace": "sys.path.insert(0, SIB); import kit_space.portion",
    "dunder": "sys.path.insert(0, SIB); __import__('kit_sibling')",
    "chdir": "os.chdir(SIB); sys.path.insert(0, ''); import kit_sibling",
    "site": "site.addsitedir(SIB); import kit_sibling",
    "finder": "sys.meta_path.insert(0, Finder()); import kit_sibling",
    "finder_alone": "sys.meta_path = [Finder(), *sys.meta_path]; importlib.import_module('kit_sibling')",
    "finders_replaced": "sys.meta_path[:] = [Finder()]; importlib.import_module('kit_sibling')",
    "loader": "load('kit_sibling', SIB + '/kit_sibling/__init__.py')",
    "load_module": "SourceFileLoader('kit_sibling', SIB + '/kit_sibling/__init__.py').load_module()",
    "path_finder": "load_spec(PathFinder.find_spec('kit_sibling', [SIB]))",
    "run_module": "sys.path.insert(0, SIB); runpy.run_module('kit_sibling.part')",
    "reload": "sys.path.insert(0, SIB); m = types.ModuleType('kit_sibling'); m.__spec__ = PathFinder.find_spec('kit_sibling', [SIB]); sys.modules['kit_sibling'] = m; importlib.reload(m)",
}
HEAD = """
import importlib, importlib.util, os, runpy, site, sys, types
from importlib.machinery import PathFinder, SourceFileLoader
import pytest
SIB = os.environ["SIB"]
class Finder:
    def find_spec(self, name, path=None, target=None):
        return PathFinder.find_spec(name, [SIB]) if name == "kit_sibling" else None
def load(name, path): load_spec(importlib.util.spec_from_file_location(name, path))
def load_spec(spec):
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
@pytest.fixture(autouse=True)
def put_back(monkeypatch):
    monkeypatch.syspath_prepend("nowhere")
    monkeypatch.chdir(os.getcwd())
    finders = list(sys.meta_path)
    yield
    sys.meta_path[:] = finders
"""


def guarded(tmp_path, texts, **guard):
    folder = write(tmp_path / "elsewhere", SIBLING)
    given = {"absent": ABSENT} | {
        name: {str(folder): "sibling"} if name == "sources" else it for name, it in guard.items()
    }
    return work(tmp_path, texts, "-W", "ignore", guard=given, variables={"SIB": str(folder)})


def test_no_way_to_an_absent_module_succeeds_and_each_is_told(tmp_path):
    tests = "".join(
        f"def test_{name}():\n    with pytest.raises(ImportError): {way}\n"
        if ";" not in way
        else f"def test_{name}():\n    with pytest.raises(ImportError) as error:\n        "
        + way.replace("; ", "\n        ")
        + "\n"
        for name, way in WAYS.items()
    )
    worked = guarded(tmp_path, {"test_ways.py": HEAD + tests})
    assert worked.outcomes() == {f"test_{name}": "passed" for name in WAYS}, worked.out
    told = {each["test"].partition("::test_")[2] for each in worked.of("attempt")}
    assert told == set(WAYS)
    assert {each["module"] for each in worked.of("attempt")} == {"sibling", "space"}
    assert {each["by"].partition(":")[0] for each in worked.of("attempt")} <= {"test_ways.py", "sys.modules"}
    where = next(each["where"] for each in worked.of("attempt") if each["test"].endswith("::test_path"))
    assert where.endswith("kit_sibling/__init__.py")


def test_an_absent_module_looks_as_if_nothing_offered_it(tmp_path):
    text = """
try:
    import kit_sibling as optional
except ImportError as error:
    optional = None
    said = (type(error), error.name, str(error))
def test_optional():
    assert optional is None
    assert said == (ModuleNotFoundError, "kit_sibling", "No module named 'kit_sibling'")
def test_spec():
    sys.path.insert(0, SIB)
    assert importlib.util.find_spec("kit_sibling") is None
    assert importlib.util.find_spec("kit_undeclared") is not None
def test_skips(): pytest.importorskip("kit_sibling")
"""
    worked = guarded(tmp_path, {"test_looks.py": HEAD + text})
    assert worked.outcomes() == {"test_optional": "passed", "test_spec": "passed", "test_skips": "skipped"}, worked.out
    first = worked.of("attempt")[0]
    line = (HEAD + text).splitlines().index("    import kit_sibling as optional") + 1
    assert (first["by"], first["test"], first["where"]) == (f"test_looks.py:{line}", "", "")


def test_a_planted_module_is_told_and_taken_away_and_a_stand_in_is_not(tmp_path):
    text = """
from unittest.mock import MagicMock
def test_planted():
    spec = importlib.util.spec_from_file_location("other", SIB + "/kit_sibling/part.py")
    sys.modules["kit_sibling"] = importlib.util.module_from_spec(spec)
def test_after(): assert "kit_sibling" not in sys.modules
def test_stand_in(monkeypatch):
    monkeypatch.setitem(sys.modules, "kit_sibling", MagicMock())
    import kit_sibling
"""
    worked = guarded(tmp_path, {"test_planted.py": HEAD + text})
    assert set(worked.outcomes().values()) == {"passed"}, worked.out
    ((by, test),) = [(each["by"], each["test"]) for each in worked.of("attempt")]
    assert (by, test) == ("sys.modules", "test_planted.py::test_planted")


def test_files_of_a_sibling_s_source_are_not_there_and_the_try_is_told(tmp_path):
    text = """
def test_other_name():
    with pytest.raises(FileNotFoundError): load("other", SIB + "/kit_undeclared.py")
def test_exec():
    with pytest.raises(FileNotFoundError): exec(open(SIB + "/kit_undeclared.py").read())
def test_own(tmp_path): (tmp_path / "a").write_text("a"); open(__file__).close()
"""
    worked = guarded(tmp_path, {"test_files.py": HEAD + text}, sources=True)
    assert set(worked.outcomes().values()) == {"passed"}, worked.out
    assert {each["test"].partition("::")[2] for each in worked.of("attempt")} == {"test_other_name", "test_exec"}
    assert {each["module"] for each in worked.of("attempt")} == {"sibling"}


def test_a_module_under_test_from_elsewhere_stops_the_worker(tmp_path):
    text = "import sys, os\nsys.path.insert(0, os.environ['SIB'])\nimport kit_undeclared\ndef test_one(): pass"
    guard = {"absent": {}, "inside": ["kit_undeclared"]}
    worked = guarded(tmp_path / "out", {"test_one.py": text}, **guard, prefix=str(tmp_path / "env"))
    ((name, place),) = [(each["name"], each["file"]) for each in worked.of("foreign")]
    assert (name, place.endswith("elsewhere/kit_undeclared.py")) == ("kit_undeclared", True)
    assert (worked.code, worked.of("begin")) == (78, [])
    worked = guarded(tmp_path / "in", {"test_one.py": text}, **guard, prefix=str(tmp_path / "in/elsewhere"))
    assert (worked.code, worked.of("foreign")) == (0, [])


@pytest.mark.parametrize(
    "where",
    [
        "    def test_late(self): import kit_undeclared",
        "    x = 1\n    test_late = lambda self: __import__('kit_undeclared')",
    ],
)
def test_a_module_that_a_test_loads_from_elsewhere_is_seen_at_the_end(tmp_path, where):
    text = "import sys, os\nsys.path.insert(0, os.environ['SIB'])\nclass TestIt:\n" + where
    worked = guarded(
        tmp_path, {"test_one.py": text}, absent={}, inside=["kit_undeclared"], prefix=str(tmp_path / "env")
    )
    assert [each["name"] for each in worked.of("foreign")] == ["kit_undeclared"]
    assert worked.code == 78
