"""Lock files on the whole path: checked, synced, brought along by a release, refused where others would move."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from kit.suite import environment
from trainer_release.world.builds import find_uv
from trainer_release.world.local_index import running
from trainer_release.world.venvs import interpreter

ROOT = '[tool.uv.workspace]\nmembers = ["packages/*", "apps/*"]\n[tool.uv.sources]\n'


def lock(work, folder="."):
    """`uv lock` as a person runs it."""
    words = [find_uv(), "lock", "--quiet", "--no-progress", "--offline", "--python", interpreter()]
    subprocess.run(words, cwd=work.root / folder, env=environment(work.home), check=True)


@pytest.fixture
def work(fresh):
    """A uv workspace of two modules and their umbrella with a lock."""
    made = fresh({"a": (), "b": ("a",)})
    made.write("pyproject.toml", ROOT + "".join(f"mill-{name} = {{ workspace = true }}\n" for name in ("a", "b")))
    lock(made)
    made.commit("Lock")
    return made


def problems(done):
    return [(each["code"], each["path"], each["line"]) for each in done.json["problems"] if each["severity"] == "error"]


def place(work, package):
    """The line of a package's version in uv.lock."""
    lines = work.read("uv.lock").splitlines()
    return lines.index(f'name = "{package}"') + 2


def test_a_lock_that_says_another_version_is_drift_and_sync_mends_it_without_uv(work):
    assert problems(work.run("check", "--json")) == []
    sound = work.read("uv.lock")
    work.replace("uv.lock", 'name = "mill-b"\nversion = "1.0.0"', 'name = "mill-b"\nversion = "0.9.0"')
    done = work.run("check", "--json", code=4)
    assert problems(done) == [("drift", "uv.lock", place(work, "mill-b"))]
    work.run("sync", "--check", code=4)
    work.run("sync")
    assert work.read("uv.lock") == sound
    work.run("check")


def test_a_lock_that_sync_cannot_mend_for_certain_names_the_command(work):
    work.replace("uv.lock", 'name = "mill-b"\nversion = "1.0.0"', "name = \"mill-b\"\nversion = '''0.9.0'''")
    before = work.read("uv.lock")
    done = work.run("check", "--json", code=4)
    assert problems(done) == [("lock-stale", "uv.lock", None)]
    done = work.run("sync", code=4)
    assert "uv lock" in done.out + done.err
    assert work.read("uv.lock") == before


def test_a_lock_with_the_marks_of_a_merge_is_invalid(work):
    work.write("uv.lock", "<<<<<<< HEAD\n" + work.read("uv.lock"))
    assert problems(work.run("check", "--json", code=3)) == [("lock-invalid", "uv.lock", None)]


def test_a_release_brings_the_lock_along_and_its_review_shows_it(work):
    before = work.read("uv.lock")
    state = work.state()
    shown = work.run("prepare", "1.1.0", "--dry-run", "--json").json
    assert work.state() == state
    (edit,) = [each for each in shown["edits"] if each["path"] == "uv.lock"]
    assert edit["diff"].count('\n+version = "1.1.0"') == 3
    work.run("prepare", "1.1.0")
    assert work.record("v1.1.0")["plan_id"] == shown["plan_id"]
    assert work.git("show", "v1.1.0:uv.lock") == before.replace('version = "1.0.0"', 'version = "1.1.0"').strip()
    assert work.git("status", "--porcelain") == ""
    words = [find_uv(), "lock", "--check", "--offline", "--python", interpreter()]
    subprocess.run(words, cwd=work.root, env=environment(work.home), check=True, capture_output=True)
    work.run("check")


def test_a_lock_that_git_does_not_track_is_no_part_of_a_release(work):
    work.git("rm", "--quiet", "--cached", "uv.lock")
    work.write(".gitignore", "uv.lock\n")
    work.commit("Not ours")
    shown = work.run("prepare", "1.1.0", "--dry-run", "--json").json
    assert "uv.lock" not in {edit["path"] for edit in shown["edits"]}


def test_a_lock_that_would_move_other_packages_is_refused_by_name(work, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "pyproject.toml").write_text('[project]\nname = "other"\nversion = "2.0"\n')
    work.git("init", "--quiet", cwd=other)
    work.git("add", ".", cwd=other)
    work.git("commit", "--quiet", "-m", "other", cwd=other)
    needed = f'requires-python = ">=3.9"\ndependencies = ["other @ git+file://{other}"]\n[project.scripts]\n'
    work.write("examples/app/pyproject.toml", f'[project]\nname = "app"\nversion = "1"\n{needed}')
    work.write("pyproject.toml", work.read("pyproject.toml").replace('"apps/*"', '"apps/*", "examples/*"'))
    work.write("versions.yaml", work.read("versions.yaml") + 'exclude: ["examples/*"]\n')
    work.commit("An example that is not in the lock")
    before = work.state()
    done = work.run("prepare", "1.1.0", "--dry-run", code=5)
    assert "lock-moved" in done.err
    assert "other: nothing -> 2.0" in done.err
    assert "run `uv lock` in ., commit the result" in done.err
    assert work.state() == before


def test_a_lock_that_needs_siblings_from_an_index_is_left_until_they_are_there(fresh):
    work = fresh({"a": (), "b": ("a",)})
    work.replace("packages/b/pyproject.toml", "mill-a>=1.0.0,<2", "mill-a==1.0.0")
    head = 'version = 1\nrequires-python = ">=3.9"\n'
    given = '[[package]]\nname = "mill-a"\nversion = "1.0.0"\nsource = { registry = "https://index.example/simple" }\n'
    own = '[[package]]\nname = "mill-b"\nversion = "1.0.0"\nsource = { editable = "." }\n'
    work.write("packages/b/uv.lock", f"{head}\n{given}\n{own}")
    work.commit("Lock")
    shown = work.run("prepare", "1.1.0", "--dry-run").out
    told = " ".join(shown.split())
    assert "packages/b/uv.lock is made after publishing (mill-a): `uv lock` in packages/b" in told
    work.run("prepare", "1.1.0")
    assert work.git("show", "v1.1.0:packages/b/uv.lock").count("1.1.0") == 1
    work.run("check")


def test_a_poetry_lock_is_never_passed_over_where_poetry_is_missing(fresh, tmp_path):
    work = fresh({"a": (), "b": ("a",)})
    text = '[[package]]\nname = "mill-a"\nversion = "1.0.0"\n\n[package.source]\ntype = "directory"\nurl = "../a"\n'
    work.write("packages/b/poetry.lock", text)
    work.commit("Lock")
    only = tmp_path / "bin"
    only.mkdir()
    (only / "git").symlink_to(shutil.which("git"))
    before = work.state()
    done = work.run("prepare", "1.1.0", "--dry-run", code=6, PATH=os.fspath(only))
    assert "lock-tool-missing" in done.err
    assert "poetry" in done.err
    assert work.state() == before


def entry(name, version, source):
    return f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ {source} }}\n'


@pytest.fixture
def internal(tmp_path):
    """An index of the project's own, and what uploads to it."""
    with running(tmp_path / "internal", ("mill-a", "mill-b", "mill-core")) as server:
        yield server.address


KEYS = {"TWINE_USERNAME": "me", "TWINE_PASSWORD": "secret"}


def test_a_lock_that_waited_is_made_after_publishing_and_left_for_a_commit(fresh, internal):
    addresses = f'indexes:\n  internal: {{upload: "{internal.upload}", simple: "{internal.simple}"}}\n'
    work = fresh({"a": (), "b": ("a",)}, release="{index: internal}", more=addresses)
    work.replace("packages/b/pyproject.toml", "mill-a>=1.0.0,<2", "mill-a==1.0.0")
    configured = f'[[tool.uv.index]]\nname = "internal"\nurl = "{internal.simple}"\ndefault = true\n'
    work.write("packages/b/pyproject.toml", work.read("packages/b/pyproject.toml") + configured)
    given = entry("mill-a", "1.0.0", f'registry = "{internal.simple}"')
    own = entry("mill-b", "1.0.0", 'editable = "."')
    work.write("packages/b/uv.lock", f'version = 1\nrequires-python = ">=3.9"\n\n{given}\n{own}')
    work.commit("Lock")
    work.run("prepare", "1.1.0")
    released = work.read("packages/b/uv.lock")
    planned = work.run("execute", "--dry-run", "--json", **KEYS).json["notes"]
    assert planned == ["packages/b/uv.lock awaits mill-a: made, `uv lock` in packages/b"]

    # Everything is published and verified first: a tool that fails then is a warning, with the command.
    nowhere = {"UV_DEFAULT_INDEX": "http://127.0.0.1:1/simple", "UV_HTTP_RETRIES": "0"}
    told = work.run("execute", "--yes", **KEYS, **nowhere).err
    assert "warning[lock-awaited]" in told
    assert "`uv lock` in packages/b, then commit it" in told
    assert work.read("packages/b/uv.lock") == released

    # The next run makes it, as the project is configured.
    assert "note[lock-made]" in work.run("execute", "--yes", **KEYS).err
    assert work.git("status", "--porcelain") == "M packages/b/uv.lock"
    made = work.read("packages/b/uv.lock")
    assert f'name = "mill-a"\nversion = "1.1.0"\nsource = {{ registry = "{internal.simple}" }}' in made
    assert "mill_a-1.1.0-py3-none-any.whl" in made
    words = [find_uv(), "lock", "--check", "--python", interpreter()]
    subprocess.run(words, cwd=work.root / "packages/b", env=environment(work.home), check=True, capture_output=True)

    # Made once, it is told no more; a person's own text is never written over, nor that of another commit.
    assert "lock-" not in work.run("execute", "--yes", **KEYS).err
    for text, why in ((released + "# mine\n", "it is not as the release commit has it"), (released, "HEAD is not")):
        work.write("packages/b/uv.lock", text)
        told = work.run("execute", "--dry-run", **KEYS).out
        assert f"left to you ({why}" in " ".join(told.split())
        work.git("commit", "--quiet", "--allow-empty", "-m", "Something else")
