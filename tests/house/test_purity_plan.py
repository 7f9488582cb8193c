"""Planning knows the world through facts alone: it opens nothing, asks nobody, starts nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
from kit.facts import execute_facts, on_index, prepare_facts
from kit.repo import suite
from trainer_release.errors import ReleaseError
from trainer_release.release import manifest, planner, preflight, record

FORBIDDEN = ("open", "socket.", "subprocess.", "os.", "shutil.", "tempfile.", "urllib.", "import")
seen, armed = [], False


def watch(event, args):
    if armed and event.startswith(FORBIDDEN):
        seen.append((event, args))
        raise PermissionError(event, args)


def plan():
    row = '  "1.1.0":\\n    words: "1.0.0"\\n    speech: "1.1.0"\\n'
    more = row + 'release:\\n  embed: src/demo_core/suite.json\\n  module-tag: "{package}-v{version}"\\n'
    facts = prepare_facts(files=suite(more=more), listings=on_index("demo-words 1.0.0"))
    assert preflight.check(preflight.PREPARE, facts) == ()
    first = planner.prepare(facts)
    assert first.edits
    done = execute_facts(local={})
    try:
        preflight.check(preflight.EXECUTE, done)
    except ReleaseError as error:
        assert {problem.code for problem in error.problems} == {"file-missing"}
    second = planner.execute(done)
    assert record.parse(record.annotation(done.record), "x") == done.record
    manifest.text(done.record, {}, dict.fromkeys(["demo-words", "demo-speech", "demo-core"], ""), "v1")
    return first.id, second.id


ids = plan()  # what is imported lazily is imported now
sys.addaudithook(watch)
armed = True
try:
    open("/dev/null")
except PermissionError:
    seen.clear()
else:
    raise SystemExit("the trap does not work")
assert plan() == ids
armed = False
print("pure" if not seen else seen)
"""


def test_planning_does_no_input_and_no_output():
    tests = str(Path(__file__).parent.parent)
    words = [sys.executable, "-c", f"import sys; sys.path.insert(0, {tests!r})\n{SCRIPT}"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("pure\n", "")
