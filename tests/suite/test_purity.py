"""What is computed from text touches no file, no process and no network."""

import subprocess
import sys
from pathlib import Path

SEED = Path(__file__).parent / "catalog_cases" / "seed.yaml"

PROGRAM = """
import sys
from trainer_release.errors import ReleaseError
from trainer_release.model.catalog import Pin
from trainer_release.model.suite import Module, Suite
from trainer_release.suite.catalog.reader import read
from trainer_release.suite.catalog.edit import with_release
from trainer_release.suite.changelog import dated
from trainer_release.suite.drawing import FORMS, draw
from trainer_release.suite.graph import order
from trainer_release.suite.versions import check_argument, targets

text = sys.stdin.read()

def everything():
    catalog, _ = read(text, "versions.yaml")
    check_argument("1.2.0")
    modules = targets(catalog, "1.2.0", catalog.modules)
    edited = with_release(catalog, "1.2.0", modules)
    graph = order({name: [] for name in modules}, {})
    suite = Suite(catalog, {n: Module(n, n, v, None, Pin.KEEP) for n, v in modules.items()}, graph)
    drawn = [draw(suite, form) for form in FORMS]
    for wrong in (lambda: read("a: [", "v"), lambda: order({"a": ["a"]}, {})):
        try:
            wrong()
        except ReleaseError:
            pass
    return edited, drawn, dated("", "1.2.0", "2026-11-22")

first = everything()  # lazy imports are done here
seen = []
FORBIDDEN = ("open", "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.listdir", "os.scandir")
sys.addaudithook(lambda event, args: seen.append((event, args)) if event.startswith(FORBIDDEN) else None)
assert everything() == first
assert seen == [], seen
TAIL
"""


def run(tail):
    program = PROGRAM.replace("TAIL", tail)
    return subprocess.run(
        [sys.executable, "-c", program],
        input=SEED.read_text("utf-8"),
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_reading_ordering_editing_and_drawing_open_nothing():
    done = run("print('pure')")
    assert (done.returncode, done.stdout.strip()) == (0, "pure"), done.stderr


def test_the_hook_would_have_seen_an_open_file():
    done = run("open(sys.executable, 'rb').close()\nassert seen, 'the hook sees nothing'\nprint(seen[0][0])")
    assert (done.returncode, done.stdout.strip()) == (0, "open"), done.stderr
