"""uv.lock and poetry.lock are made by their own tools, in a scratch copy, at the smallest change."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kit.index import make_wheel
from kit.repo import repository
from trainer_release.errors import Exit, ReleaseError
from trainer_release.world.builds import find_uv
from trainer_release.world.files import find_named, read_text
from trainer_release.world.git import Git
from trainer_release.world.lock_copies import NAMES, Workspace, texts_at, tracked
from trainer_release.world.locks import relock, version
from trainer_release.world.venvs import interpreter

ROOT = '[tool.uv.workspace]\nmembers = ["packages/*"]\n[tool.uv.sources]\ndemo-words = { workspace = true }\n'
BUILD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
SPEECH = "packages/speech/pyproject.toml"
WORDS = "packages/words/pyproject.toml"


def project(name: str, needs: str = "", version: str = "1.0.0", python: str = ">=3.9") -> str:
    listed = ", ".join(f'"{need}"' for need in needs.split())
    head = f'[project]\nname = "demo-{name}"\nversion = "{version}"\nreadme = "README.md"\n'
    return f'{BUILD}{head}requires-python = "{python}"\ndependencies = [{listed}]\n'


FILES = {
    "pyproject.toml": ROOT,
    WORDS: project("words"),
    "packages/words/README.md": "words",
    SPEECH: project("speech", "demo-words"),
    "packages/speech/README.md": "speech",
}


def locked(root: Path, **env: str) -> str:
    """`uv lock` as a person runs it; what it wrote."""
    words = [find_uv(), "lock", "--quiet", "--no-progress", "--python", interpreter()]
    subprocess.run(words, cwd=root, env=os.environ | {"UV_PYTHON_DOWNLOADS": "never"} | env, check=True)
    return read_text(root / "uv.lock")


def workspace(root: Path, **texts: str) -> Workspace:
    return Workspace(root, "", Git(root), interpreter(), find_uv(), texts)


@pytest.fixture
def made(tmp_path):
    work = repository(tmp_path / "work", FILES)
    locked(work.root)
    work.commit("Lock")
    return work


def known(root: Path) -> tuple[str, ...]:
    return tracked(replace(workspace(root), locks=tuple(find_named(root, *NAMES))))


def test_lock_files_are_those_that_git_tracks(made):
    made.write("packages/speech/poetry.lock", "")
    assert known(made.root) == ("uv.lock",)
    made.git("add", ".")
    assert known(made.root) == ("uv.lock", "packages/speech/poetry.lock")
    assert known(made.root / "packages") == ("speech/poetry.lock",)
    assert known(made.root / "packages" / "words") == ()


def test_new_versions_reach_the_lock_and_the_tree_stays_as_it_is(made):
    before = made.read("uv.lock")
    edited = {WORDS: project("words", version="1.1.0"), SPEECH: project("speech", "demo-words", "1.1.0")}
    after = relock(workspace(made.root, **edited), "uv.lock", before, settled=True)
    assert after == before.replace('version = "1.0.0"', 'version = "1.1.0"')
    assert made.status == ""
    assert made.read("uv.lock") == before


def test_a_lock_that_fits_is_left_byte_for_byte_though_another_uv_wrote_it(made):
    old = made.read("uv.lock").replace("\nrevision = ", "\nrevision = 0 # ", 1)
    assert relock(workspace(made.root), "uv.lock", old, settled=True) == old


def test_projects_that_need_another_python_are_locked_with_one_that_is_here(tmp_path, monkeypatch):
    others = [str(place) for place in Path.home().glob(".pyenv/versions/3.*/bin")]
    monkeypatch.setenv("PATH", os.pathsep.join([*others, os.environ["PATH"]]))
    work = repository(tmp_path / "work", {"pyproject.toml": project("words", python="<3.11")})
    if subprocess.run([find_uv(), "python", "find", "<3.11"], capture_output=True, check=False).returncode:
        pytest.skip("this machine has no Python below 3.11")
    lock = 'version = 1\nrequires-python = "<3.11"\n\n[[package]]\nname = "demo-words"\nversion = "0.9"\n'
    lock += 'source = { editable = "." }\n'
    assert 'version = "1.0.0"' in relock(workspace(work.root), "uv.lock", lock, settled=True)


@pytest.fixture
def insisting(made):
    """words is built by a backend that lies beside it."""
    backend = "def get_requires_for_build_editable(config=None):\n    return []\n\n\n"
    backend += "def prepare_metadata_for_build_editable(folder, config=None):\n"
    backend += "    import os\n    info = os.path.join(folder, 'demo_words-1.0.0.dist-info')\n    os.mkdir(info)\n"
    backend += "    with open(os.path.join(info, 'METADATA'), 'w') as file:\n"
    backend += "        file.write('Metadata-Version: 2.2\\nName: demo-words\\nVersion: 1.0.0\\n')\n"
    backend += "    return 'demo_words-1.0.0.dist-info'\n"
    made.write("packages/words/own.py", backend)
    system = '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'
    made.write(WORDS, system + '[project]\nname = "demo-words"\nversion = "1.0.0"\ndynamic = ["dependencies"]\n')
    made.commit("A backend of its own")
    return made


def test_a_backend_that_insists_on_its_sources_gets_a_clone(insisting):
    edited = {SPEECH: project("speech", "demo-words", "1.1.0")}
    after = relock(workspace(insisting.root, **edited), "uv.lock", insisting.read("uv.lock"), settled=False)
    assert 'name = "demo-speech"\nversion = "1.1.0"' in after
    assert insisting.status == ""


def bare(work, tmp_path):
    """A bare clone, and the workspace of its commit; what its HEAD names is empty, and the person's tree is gone."""
    work.git("clone", "--quiet", "--bare", str(work.root), str(tmp_path / "bare.git"))
    git, commit = Git(tmp_path / "bare.git", tmp_path / "bare.git"), work.head
    empty = work.git("-C", str(git.root), "commit-tree", git.do("mktree"), "-m", "Nothing")
    work.git("-C", str(git.root), "update-ref", "refs/heads/main", empty)
    shutil.rmtree(work.root)
    return replace(workspace(git.root), git=git, commit=commit)


def test_the_locks_of_a_commit_are_made_from_a_bare_clone(made, tmp_path):
    made.commit("One more", **{"packages/words/uv.lock": "version = 1\n"})
    before, there = made.read("uv.lock"), bare(made, tmp_path)
    assert texts_at(there.git, there.commit) == {"uv.lock": before, "packages/words/uv.lock": "version = 1\n"}
    assert texts_at(there.git, there.commit, "packages/") == {"words/uv.lock": "version = 1\n"}
    edited = {WORDS: project("words", version="1.1.0"), SPEECH: project("speech", "demo-words", "1.1.0")}
    after = relock(replace(there, texts=edited), "uv.lock", before, settled=True)
    assert after == before.replace('version = "1.0.0"', 'version = "1.1.0"')


def test_a_backend_that_insists_on_its_sources_gets_those_of_the_commit(insisting, tmp_path):
    before, there = insisting.read("uv.lock"), bare(insisting, tmp_path)
    edited = {SPEECH: project("speech", "demo-words", "1.1.0")}
    after = relock(replace(there, texts=edited), "uv.lock", before, settled=False)
    assert 'name = "demo-speech"\nversion = "1.1.0"' in after


def test_the_tools_say_their_versions(made):
    assert version(workspace(made.root), "uv.lock")[0].isdigit()


@pytest.fixture
def depot(tmp_path, monkeypatch):
    """An index of one package, `depot`, and what it was asked for."""
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, form, *words):
            asked.append(form % words)

        def end_headers(self):
            self.send_header("Cache-Control", "max-age=600")
            super().end_headers()

    offer(tmp_path / "web", "1.0")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_FIND_LINKS", "PIP_INDEX_URL", "UV_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=tmp_path / "web")) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"http://127.0.0.1:{server.server_port}/simple", asked
        server.shutdown()


def offer(web: Path, version: str) -> None:
    """One more version of `depot`, as static files."""
    make_wheel(web / "files", "depot", version)
    links = "".join(f'<a href="/files/{place.name}">{place.name}</a>' for place in sorted((web / "files").iterdir()))
    page = web / "simple" / "depot" / "index.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(links)


@pytest.fixture
def needing(depot, tmp_path):
    """A workspace that needs `depot`, locked at 1.0 before 2.0 came out."""
    work = repository(tmp_path / "work", FILES | {WORDS: project("words", "depot")})
    locked(work.root, UV_DEFAULT_INDEX=depot[0])
    work.commit("Lock")
    offer(tmp_path / "web", "2.0")
    shutil.rmtree(tmp_path / "cache")
    return work


def test_what_others_published_stays_where_the_lock_has_it_and_no_index_is_asked(needing, depot):
    before = needing.read("uv.lock")
    assert '{ name = "depot" }' in before
    depot[1].clear()
    edited = {WORDS: project("words", "depot", "1.1.0")}
    aligned = before.replace('"demo-words"\nversion = "1.0.0"', '"demo-words"\nversion = "1.1.0"')
    assert relock(workspace(needing.root, **edited), "uv.lock", aligned, settled=True) == aligned
    assert depot[1] == []


def test_the_index_that_pip_is_configured_for_answers_for_a_lock_that_was_made_with_it(needing, depot, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", depot[0])
    edited = {WORDS: project("words", "depot>=2")}
    after = relock(workspace(needing.root, **edited), "uv.lock", needing.read("uv.lock"), settled=False)
    assert '"depot"\nversion = "2.0"' in after


def test_what_was_published_just_now_is_found_though_a_cache_knows_an_older_page(needing, depot, tmp_path, monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", depot[0])
    edited = workspace(needing.root, **{WORDS: project("words", "depot>=3")})
    with pytest.raises(ReleaseError):
        relock(edited, "uv.lock", needing.read("uv.lock"), settled=False)
    offer(tmp_path / "web", "3.0")
    with pytest.raises(ReleaseError):
        relock(edited, "uv.lock", needing.read("uv.lock"), settled=False)
    after = relock(edited, "uv.lock", needing.read("uv.lock"), settled=False, fresh=("depot",))
    assert '"depot"\nversion = "3.0"' in after


def test_a_lock_that_cannot_be_made_says_why(needing, depot, monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", depot[0])
    edited = {WORDS: project("words", "depot>=3")}
    with pytest.raises(ReleaseError) as caught:
        relock(workspace(needing.root, **edited), "uv.lock", needing.read("uv.lock"), settled=False)
    (problem,) = caught.value.problems
    assert (problem.code, problem.exit, problem.path) == ("lock-failed", Exit.GATE, "uv.lock")
    assert "depot>=3" in "".join(problem.context)
    assert needing.status == ""


@pytest.mark.parametrize(("path", "tool"), [("uv.lock", "uv"), ("packages/words/poetry.lock", "poetry")])
def test_a_tool_that_is_missing_is_said(made, tmp_path, monkeypatch, path, tool):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReleaseError) as caught:
        relock(replace(workspace(made.root), uv=None), path, "", settled=True)
    (problem,) = caught.value.problems
    assert (problem.code, problem.exit, problem.path) == ("lock-tool-missing", Exit.PREFLIGHT, path)
    assert f"install {tool}" in problem.hint


def poetic(name: str, *needs: str, version: str = "1.0.0", python: str = ">=3.9") -> str:
    head = (
        f'[tool.poetry]\nname = "demo-{name}"\nversion = "{version}"\ndescription = ""\nauthors = ["A <a@b.example>"]\n'
    )
    lines = "".join(f'demo-{need} = {{ path = "../{need}", develop = true }}\n' for need in needs)
    system = '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'
    return f'{head}readme = "README.md"\n[tool.poetry.dependencies]\npython = "{python}"\n{lines}{system}'


@pytest.mark.skipif(shutil.which("poetry") is None, reason="poetry is not on PATH")
class TestPoetry:
    @pytest.fixture
    def made(self, tmp_path):
        files = {"words/pyproject.toml": poetic("words"), "speech/pyproject.toml": poetic("speech", "words")}
        work = repository(tmp_path / "work", files)
        subprocess.run(["poetry", "lock", "--no-interaction"], cwd=work.root / "speech", check=True)
        work.commit("Lock")
        return work

    def test_a_lock_that_fits_is_left(self, made):
        before = made.read("speech/poetry.lock")
        aligned = before.replace('version = "1.0.0"', 'version = "1.1.0"')
        edited = {"words/pyproject.toml": poetic("words", version="1.1.0")}
        assert relock(workspace(made.root, **edited), "speech/poetry.lock", aligned, settled=True) == aligned

    def test_a_lock_that_does_not_fit_is_made_anew(self, made):
        before = made.read("speech/poetry.lock")
        edited = {"speech/pyproject.toml": poetic("speech", "words", python=">=3.10")}
        for settled in (False, True):
            fresh = () if settled else ("demo-words",)
            after = relock(workspace(made.root, **edited), "speech/poetry.lock", before, settled=settled, fresh=fresh)
            assert 'python-versions = ">=3.10"' in after
        assert made.status == ""

    def test_a_new_version_of_a_sibling_is_found_by_poetry_itself(self, made):
        edited = {"words/pyproject.toml": poetic("words", version="1.1.0")}
        before = made.read("speech/poetry.lock")
        after = relock(workspace(made.root, **edited), "speech/poetry.lock", before, settled=False)
        assert after == before.replace('version = "1.0.0"', 'version = "1.1.0"')
        assert version(workspace(made.root), "speech/poetry.lock")[0].isdigit()

    def test_a_lock_that_cannot_be_made_says_why(self, made):
        edited = {"speech/pyproject.toml": poetic("speech", "gone")}
        with pytest.raises(ReleaseError) as caught:
            relock(workspace(made.root, **edited), "speech/poetry.lock", "", settled=False)
        assert [problem.code for problem in caught.value.problems] == ["lock-failed"]
