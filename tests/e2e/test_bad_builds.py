"""Row F of the fault catalogue: a build that goes wrong is exit 5 with its module and the next move, and leaves nothing.

One suite has a module for every fault; all of them are told in one run. Further cells of the row lie with the builder.
"""

from __future__ import annotations

import re

import pytest

from kit.hostile_builds import suite
from kit.refused import Answer, run, state

# module | what its backend does | the code of its problem | what is said
FAULTS = {
    "F-backend-unavailable": ("import nothing_such\n", "build-failed", "Backend 'backend' is not available"),
    "F-backend-fails": ('def build_sdist(*_):\n    sys.exit("it is over")\n', "build-failed", "it is over"),
    "F-no-artifact": ("def build_sdist(out, settings=None): return 'x.tar.gz'\n", "build-incomplete", "left nothing"),
    "F-exits-0": ("def build_sdist(*_): os._exit(0)\n", "build-failed", "the sdist could not be built"),
    "F-other-name": ('NAME = "mill-of-others"\n', "metadata-differs", "found mill-of-others"),
    "F-other-version": ('VERSION = "2.0.0"\n', "metadata-differs", "expected 1.0.0, found 2.0.0"),
    "F-two-wheels": ("def after(path): open(path + '.whl', 'w')\n", "build-incomplete", "one wheel (.whl) was to be"),
    "F-sdist-differs": ('ADDED = "Requires-Dist: attrs\\n"\n', "metadata-differs", "says nothing, its wheel attrs"),
    "F-package-lacking": ("def contents(): return {}\n", "artifact-invalid", "it lacks mill_MODULE"),
    "F-network": ("def build_sdist(*_): socket.create_connection(('127.0.0.1', 1))\n", "build-failed", "refused"),
    "F-wheel-escapes": ("def spoil(archive): archive.writestr('../x.py', '')\n", "artifact-invalid", "leaves it"),
    "F-wheel-duplicate": ("def contents(): return {}\ndef spoil(a): [a.writestr(n, '') for n in 'xx']\n", "artifact-invalid", "2 times"),
    "F-wheel-bomb": ("def spoil(archive): archive.writestr('x', bytes(65 << 20))\n", "artifact-invalid", "it unpacks to"),
    "F-wheel-trailing": ("def after(path): open(path, 'ab').write(b'more')\n", "artifact-invalid", "behind its archive"),
    "F-wheel-leading": ("def after(path):\n    held = open(path, 'rb').read()\n    open(path, 'wb').write(b'#!/bin/sh' + held)\n", "artifact-invalid", "before or behind"),
    "F-wheel-record": ("def contents(): return {'mill_MODULE.py': ''}\ndef record(files, info): return 'mill_MODULE.py,sha256=x,'\n", "artifact-invalid", "RECORD does not list"),
    "F-wheel-unlisted": ("def spoil(archive): archive.writestr('more.py', '')\n", "artifact-invalid", "holds: more.py"),
    "F-private": ('HEADERS = "Classifier: Private :: Do Not Upload\\n"\n', "upload-unfit", "publish: false"),
    "F-local": ('VERSION = "1.0.0+local"\n', "metadata-differs", "found 1.0.0+local"),
    "F-readme": ('HEADERS = "Description-Content-Type: text/x-rst\\n"\nBODY = ".. nosuch:: x"\n', "upload-unfit", "nosuch"),
    "F-loud-failure": ("def build_sdist(*_):\n    os.write(1, b'x' * 10**6)\n    sys.exit('end')\n", "build-failed", "…xxx"),
}  # fmt: skip
NAMES = {cell: cell[2:].lower().replace("-", "") for cell in FAULTS}


def build(home, *words: str) -> Answer:
    """`build` into a folder beside the repository; the person's files and refs stay as they were."""
    before, refs = tree(home.root), home.refs
    answer = run(home.root, "build", "--out", str(home.root.parent / "out"), *words)
    assert (tree(home.root), home.refs, home.status) == (before, refs, "")
    assert "Traceback" not in answer.out
    assert len(home.git("worktree", "list").splitlines()) == 1
    return answer


def tree(root):
    return {path: held for path, held in state(root).items() if not path.startswith(".git/")}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What `build` says of all the faults at once: by module, the text of its problems; and what it made."""
    folder = tmp_path_factory.mktemp("faults")
    home = suite(folder / "repo", {NAMES[cell]: fault[0] for cell, fault in FAULTS.items()} | {"good": ""})
    answer = build(home)
    pages = re.split(r"(?m)^(?=error\[)", answer.err)
    return answer, pages, sorted(path.name for path in (folder / "out").iterdir())


@pytest.mark.row(*FAULTS)
@pytest.mark.parametrize("cell", FAULTS)
def test_a_build_that_goes_wrong_is_told_with_its_module_and_the_next_move(told, cell):
    answer, pages, made = told
    _, code, said = FAULTS[cell]
    name = NAMES[cell]
    mine = [page for page in pages if page.startswith(f"error[{code}]") and name in page.replace("_", "-")]
    if cell == "F-other-name":
        mine = [page for page in pages if "mill-of-others" in page]
    assert answer.code == 5
    assert any(said.replace("MODULE", name) in page for page in mine), (cell, mine, answer.err[-3000:])
    assert all("\n   = " in page for page in mine)
    assert max(map(len, answer.err.splitlines())) < 1500
    assert not [file for file in made if name in file]


@pytest.mark.row("F-good-beside-bad")
def test_what_is_sound_is_built_beside_what_is_not(told):
    assert told[2] == ["mill_good-1.0.0-py3-none-any.whl", "mill_good-1.0.0.tar.gz"]


@pytest.mark.row("F-backend-missing")
def test_a_backend_that_no_index_has_is_named(tmp_path, monkeypatch):
    """No index is asked: there is none."""
    monkeypatch.setenv("UV_OFFLINE", "1")
    home = suite(tmp_path / "repo", {"a": ""}, requires='"no-such-backend==9"')
    answer = build(home)
    assert (answer.code, "error[environment-failed]" in answer.err) == (5, True)
    assert "no-such-backend==9" in answer.err


@pytest.mark.row("F-stale-dist", "F-changes-the-worktree")
def test_what_lies_in_dist_is_not_taken_and_what_a_build_changes_is_no_persons_file(tmp_path):
    code = "deed = build_sdist\ndef build_sdist(*_):\n    open('mill_a.py', 'a').write('y = 2')\n    open('../new', 'w')\n    return deed(*_)\n"
    home = suite(tmp_path / "repo", {"a": code})
    for place in ("dist", "a/dist"):
        home.write(f"{place}/mill_a-1.0.0-py3-none-any.whl", "old")
    answer = build(home)
    assert answer.code == 0, answer
    assert (tmp_path / "out/mill_a-1.0.0-py3-none-any.whl").read_bytes() != b"old"


@pytest.mark.row("F-unpublished-private")
def test_what_is_not_published_may_be_private(tmp_path):
    home = suite(tmp_path / "repo", {"a": FAULTS["F-private"][0]})
    home.commit(
        "Keep it", **{"versions.yaml": home.read("versions.yaml").replace("path: a", "path: a, publish: false")}
    )
    assert build(home).code == 0
