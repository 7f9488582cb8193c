"""Builds by workers, with backends that misbehave: whatever one package does, the next one's files are the same."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from filelock import FileLock

from trainer_release.errors import ReleaseError
from trainer_release.world.builds import Builder, find_uv
from trainer_release.world.builds.kept import Cache, cache_folder
from trainer_release.world.builds.profile import imports_ahead
from trainer_release.world.process import end_all
from trainer_release.world.venvs import Venvs, interpreter

EPOCH = 1_700_000_000
BACKEND = """
import gzip, os, signal, subprocess, sys, tarfile, threading, time, tomllib, zipfile

MEMORY = []
PARENTS = os.getpid()


def deed():
    with open("pyproject.toml", "rb") as file:
        return tomllib.load(file)["tool"]["hostile"]["deed"]


def leak():
    MEMORY.append("was here")
    os.environ["LEAKED"] = "1"
    sys.path.insert(0, "/leaked")
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    os.umask(0o077)
    os.chdir("/")


def loud():
    for _ in range(100):
        os.write(1, b"all work and no play\\n" * 50_000)
    os.write(2, b"the end")


def hang():
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    time.sleep(600)


def exits():
    os._exit(3)


def dies():
    os.kill(os.getpid(), signal.SIGSEGV)


def leaks_and_kills_parent():
    leak()
    kills_parent()


def kills_parent():
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(600)


def only_in_a_new_interpreter():
    if os.getpid() != PARENTS:
        sys.exit("imported elsewhere")


def plain():
    pass


def build_sdist(out, settings=None):
    place = os.path.abspath(out)
    packed = gzip.GzipFile(os.path.join(place, "own-1.0.tar.gz"), "wb", mtime=0)
    with packed, tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add("pyproject.toml", "own-1.0/pyproject.toml")
    return "own-1.0.tar.gz"


def build_wheel(out, settings=None, metadata=None):
    place, here = os.path.abspath(out), os.path.basename(os.getcwd())
    globals()[deed()]()
    mask = os.umask(0o022)
    sees = [MEMORY, os.environ.get("LEAKED"), "/leaked" in sys.path, threading.active_count(), oct(mask)]
    sees += [os.environ["SOURCE_DATE_EPOCH"], os.environ["PYTHONHASHSEED"], time.tzname[0], here, sys.argv[1:2]]
    with zipfile.ZipFile(os.path.join(place, "own-1.0-py3-none-any.whl"), "w") as archive:
        archive.writestr(zipfile.ZipInfo("sees.txt"), repr(sees))
    return "own-1.0-py3-none-any.whl"
"""
PLAIN = repr([[], None, False, 1, "0o22", str(EPOCH), "0", "UTC", "own-1.0", ["build_wheel"]])


def wheel(folder: Path, name: str, module: str, version: str = "1.0") -> None:
    """A distribution of one module, made by hand."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-{version}.dist-info"
    members = {
        f"{name}.py": module,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text.encode())}"
        for path, text in members.items()
    ]
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in (members | {f"{info}/RECORD": "\n".join([*record, f"{info}/RECORD,,\n"])}).items():
            archive.writestr(path, text)


def project(folder: Path, deed: str, backend: str = "hostile") -> Path:
    folder.mkdir()
    (folder / "pyproject.toml").write_text(
        f'[build-system]\nrequires = ["{backend}==1.0"]\nbuild-backend = "{backend}"\n[tool.hostile]\ndeed = "{deed}"\n'
    )
    return folder


def only(wheels: Path | str, monkeypatch) -> None:
    """Let build requirements come from a folder alone, or from a page that lists files."""
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(wheels))
    monkeypatch.setenv("UV_DEFAULT_INDEX", Path(__file__).with_name("no-index").as_uri())


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    wheel(folder, "hostile", BACKEND)
    wheel(folder, "leaky", BACKEND + "\n\ndef deed():\n    return 'leak'\n")
    wheel(
        folder,
        "shy",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n" + BACKEND,
    )
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def builder(wheels, cache, tmp_path, monkeypatch):
    only(wheels, monkeypatch)
    monkeypatch.setenv("MARK", str(tmp_path))
    with Builder(interpreter(), find_uv(), cache=cache) as made:
        yield made
    assert eventually(lambda: marked(str(tmp_path)) == {})


def eventually(holds) -> bool:
    until = time.monotonic() + 15
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return False


def marked(mark: str) -> dict[int, bytes]:
    """The processes that run with this in their environment, this one apart, and their command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text, line = (folder / "environ").read_bytes(), (folder / "cmdline").read_bytes()
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if f"MARK={mark}\0".encode() in text and state != "Z" and int(folder.name) != os.getpid():
            found[int(folder.name)] = line
    return found


def running(mark: str, word: bytes) -> list[int]:
    return [pid for pid, line in marked(mark).items() if word in line]


def workers(mark: str) -> list[int]:
    """The workers, without the process that each is a fork of."""
    found = running(mark, b"worker.py")
    parents = {int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) for pid in found}
    return [pid for pid in found if pid not in parents]


def sees(builder: Builder, source: Path, **options) -> str:
    built = builder.build(source, source.parent / f"{source.name}-out", epoch=EPOCH, **options)
    with zipfile.ZipFile(built[1]) as archive:
        return archive.read("sees.txt").decode()


def refusal(builder: Builder, source: Path, **options):
    with pytest.raises(ReleaseError) as caught:
        sees(builder, source, **options)
    (problem,) = caught.value.problems
    return problem


def files(builder: Builder, source: Path) -> list[tuple[str, bytes]]:
    """Name and bytes of the sdist and the wheel of a project."""
    built = builder.build(source, source.parent / f"{source.name}-out", epoch=EPOCH)
    return [(path.name, path.read_bytes()) for path in built]


@pytest.mark.row("F-daemon")
def test_a_backend_that_leaks_on_purpose_changes_no_file_of_the_next_package_and_leaves_no_process(
    wheels, cache, tmp_path, monkeypatch
):
    """It writes a module's global, changes folder, environment, umask and path, and leaves a thread and two children, one
    of which leaves its group."""
    only(wheels, monkeypatch)
    monkeypatch.setenv("MARK", str(tmp_path))
    alone, leaky, after = (tmp_path / name / "same" for name in ("alone", "leaky", "after"))
    for source, deed in ((alone, "plain"), (leaky, "leak"), (after, "plain")):
        source.parent.mkdir()
        project(source, deed)
        os.utime(source / "pyproject.toml", (EPOCH, EPOCH))
    with Builder(interpreter(), find_uv(), cache=cache) as builder:
        untouched = files(builder, alone)
    with Builder(interpreter(), find_uv(), cache=cache) as builder:
        assert files(builder, leaky) != untouched
        assert files(builder, after) == untouched
        assert len(workers(str(tmp_path))) == 1  # which called the backend of both
    assert eventually(lambda: marked(str(tmp_path)) == {})


def test_what_a_backend_leaves_in_its_group_ends_with_its_call(builder, tmp_path):
    sees(builder, project(tmp_path / "leaky", "leak"))
    # the worker and its parent stay, and what left the group, which goes at the run's end
    assert eventually(lambda: len(marked(str(tmp_path))) <= 3)


@pytest.mark.row("F-prints")
def test_a_backend_that_prints_100_megabytes_is_no_failure(builder, tmp_path):
    assert sees(builder, project(tmp_path / "loud", "loud")) == PLAIN


@pytest.mark.row("F-hangs")
def test_a_backend_that_hangs_is_ended_and_the_next_package_is_built(builder, tmp_path):
    assert sees(builder, project(tmp_path / "first", "plain")) == PLAIN
    (before,) = workers(str(tmp_path))
    started = time.monotonic()
    problem = refusal(builder, project(tmp_path / "slow", "hang"), timeout=1)
    assert (problem.code, "1 s" in problem.message) == ("build-timeout", True)
    assert time.monotonic() - started < 5
    assert sees(builder, project(tmp_path / "next", "plain")) == PLAIN
    assert workers(str(tmp_path)) == [before]


@pytest.mark.parametrize("deed", ["exits", "dies"])
def test_a_backend_that_dies_is_told_of_and_the_next_package_is_built(deed, builder, tmp_path):
    assert refusal(builder, project(tmp_path / "dying", deed)).code == "build-failed"
    assert sees(builder, project(tmp_path / "next", "plain")) == PLAIN


def test_a_backend_that_kills_its_parent_harms_neither_us_nor_those_built_beside_it(builder, tmp_path):
    others = [project(tmp_path / f"other{number}", "plain") for number in range(6)]
    with ThreadPoolExecutor(3) as pool:
        fatal = pool.submit(refusal, builder, project(tmp_path / "fatal", "kills_parent"))
        assert list(pool.map(lambda source: sees(builder, source), others)) == [PLAIN] * 6
    problem = fatal.result()
    assert problem.code == "build-failed"
    assert problem.context[-1] == "the process that called the backend was ended"


def test_what_a_backend_leaves_when_it_is_looked_at_is_ended(builder, tmp_path):
    assert "was here" in sees(builder, project(tmp_path / "one", "", "leaky"))


def test_what_left_the_group_of_a_job_that_killed_its_worker_is_ended(builder, tmp_path):
    assert refusal(builder, project(tmp_path / "fatal", "leaks_and_kills_parent")).code == "build-failed"
    assert eventually(lambda: marked(str(tmp_path)) == {})


def test_a_backend_that_fails_in_a_fork_alone_is_called_by_a_new_interpreter(builder, tmp_path):
    assert sees(builder, project(tmp_path / "odd", "only_in_a_new_interpreter")) == PLAIN


def test_a_backend_that_starts_a_thread_when_it_is_imported_gets_no_worker(builder, tmp_path):
    assert sees(builder, project(tmp_path / "shy", "plain", "shy")) == PLAIN.replace("False, 1,", "False, 2,")
    assert workers(str(tmp_path)) == []


def uv_project(folder: Path) -> Path:
    (folder / "src/quick").mkdir(parents=True)
    (folder / "src/quick/__init__.py").touch()
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n[project]\nname = "quick"\nversion = "1.0"\n'
    )
    return folder


def test_uv_build_needs_no_interpreter_and_where_it_fails_its_own_module_says_why(tmp_path, cache):
    source = uv_project(tmp_path / "quick")
    with Builder(interpreter(), find_uv(), cache=cache) as builder:
        assert len(builder.build(source, tmp_path / "out", epoch=EPOCH)) == 2
        assert builder._workers._at_work == {}
        shutil.rmtree(source / "src")
        with pytest.raises(ReleaseError) as caught:
            builder.build(source, tmp_path / "out", epoch=EPOCH)
    assert "src/quick" in str(caught.value.problems[0].context)
    uv_project(source)
    with Builder(interpreter(), find_uv(), cache=cache) as builder:
        builder.build(source, tmp_path / "out", epoch=EPOCH)
        (kept,) = builder._environments._kept.values()
        Path(kept.python).with_name("uv-build").rename(tmp_path / "uv-build")
        with pytest.raises(ReleaseError) as caught:
            builder.build(source, tmp_path / "out", epoch=EPOCH)
        assert "uv-build was not properly installed" in str(caught.value.problems[0].context)


def test_isolated_builds_have_neither_workers_nor_kept_environments(wheels, tmp_path, monkeypatch):
    only(wheels, monkeypatch)
    monkeypatch.setenv("MARK", str(tmp_path))
    with Builder(interpreter(), find_uv(), isolated=True, cache=tmp_path / "cache") as builder:
        assert sees(builder, project(tmp_path / "only", "only_in_a_new_interpreter")) == PLAIN
        assert workers(str(tmp_path)) == []
    assert not (tmp_path / "cache").exists()


def test_where_the_system_cannot_fork_builds_are_plain(wheels, tmp_path, monkeypatch):
    only(wheels, monkeypatch)
    project(tmp_path / "one", "only_in_a_new_interpreter")
    code = (
        "import os; del os.fork\n"
        "from pathlib import Path; from trainer_release.world.builds import Builder, find_uv\n"
        f"from trainer_release.world.venvs import interpreter; folder = Path({str(tmp_path)!r})\n"
        "with Builder(interpreter(), find_uv(), cache=folder / 'cache') as builder:\n"
        f"    print(*builder.build(folder / 'one', folder / 'out', epoch={EPOCH}), builder._workers)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [*map(str, sorted((tmp_path / "out").iterdir(), reverse=True)), "None"]
    assert not (tmp_path / "cache").exists()


def test_a_variable_that_only_a_new_interpreter_reads_gets_one(builder, tmp_path):
    assert sees(builder, project(tmp_path / "told", "plain"), env={"LC_TIME": "C"}) == PLAIN
    assert workers(str(tmp_path)) == []


def test_a_kept_environment_is_used_again_and_made_anew_where_it_is_not_as_it_was(wheels, tmp_path, monkeypatch):
    only(wheels, monkeypatch)
    cache = tmp_path / "cache"

    def environment(name: str) -> Path:
        with Builder(interpreter(), find_uv(), cache=cache) as builder:
            assert sees(builder, project(tmp_path / name, "plain")) == PLAIN
            assert builder.installed() == ("hostile==1.0",)
        (stamp,) = cache.glob("builds/*/stamp.json")
        return Path(json.loads(stamp.read_text())["python"]).parents[1]

    first = environment("one")
    assert environment("two") == first
    (module,) = first.glob("lib/python*/site-packages/hostile.py")
    module.write_text(BACKEND.replace("MEMORY = []", "MEMORY = 11"))
    third = environment("three")
    assert third != first
    (third / "lib/more.txt").touch()
    fourth = environment("four")
    assert fourth not in {first, third}
    shutil.rmtree(fourth / "bin")
    assert environment("five") not in {first, third, fourth}


def test_environments_are_begun_before_they_are_asked_for_and_what_fails_then_is_said_later(
    wheels, tmp_path, monkeypatch
):
    only(wheels, monkeypatch)
    sources = [project(tmp_path / "one", "plain"), project(tmp_path / "two", "plain", "absent")]
    (tmp_path / "no-project").mkdir()
    with Builder(interpreter(), find_uv(), cache=tmp_path / "cache") as builder:
        builder.expect([*sources, tmp_path / "no-project", tmp_path / "nowhere"])
        assert eventually(lambda: len(builder._environments._ready) == len(builder._environments._failed) == 1)
        assert sees(builder, sources[0]) == PLAIN
        assert refusal(builder, sources[1]).code == "environment-failed"
        assert refusal(builder, tmp_path / "no-project").code == "build-failed"
    with Builder(interpreter(), find_uv(), cache=tmp_path / "later") as builder:
        builder.expect(sources)  # and nothing is built
    assert not builder._root.exists()


def test_runs_at_once_make_one_environment(wheels, tmp_path, monkeypatch):
    only(wheels, monkeypatch)

    def run(number: int) -> str:
        with Builder(interpreter(), find_uv(), cache=tmp_path / "cache") as builder:
            return sees(builder, project(tmp_path / f"p{number}", "plain"))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, range(4))) == [PLAIN] * 4
    assert len(list(tmp_path.glob("cache/builds/*/env-*"))) == 1


def test_what_no_run_used_for_a_month_is_forgotten_unless_one_is_about_to_use_it(wheels, tmp_path, monkeypatch):
    only(wheels, monkeypatch)
    old, recent, held = (tmp_path / "cache/builds" / name for name in ("old", "recent", "held"))
    for folder, age in ((old, 31), (recent, 29), (held, 31)):
        folder.mkdir(parents=True)
        (folder / "stamp.json").write_text("{}")
        os.utime(folder / "stamp.json", (time.time() - age * 86_400,) * 2)
    (tmp_path / "cache/builds/.DS_Store").touch()
    with FileLock(held / "lock"), Builder(interpreter(), find_uv(), cache=tmp_path / "cache") as builder:
        sees(builder, project(tmp_path / "one", "plain"))
    assert (old.exists(), recent.exists(), held.exists()) == (False, True, True)


def test_environments_that_a_killed_run_left_unfinished_or_that_were_replaced_go_after_a_day(
    wheels, tmp_path, monkeypatch
):
    only(wheels, monkeypatch)
    cache = tmp_path / "cache"

    def places(name: str) -> set[str]:
        with Builder(interpreter(), find_uv(), cache=cache) as builder:
            assert sees(builder, project(tmp_path / name, "plain")) == PLAIN
        return {path.name for path in cache.glob("builds/*/env-*")}

    (first,) = places("one")
    (folder,) = cache.glob("builds/*/")
    (folder / "env-half").mkdir()
    (folder / first / "more.txt").touch()
    assert len(second := places("two")) == 3  # another run may be at work in them
    for name in ("env-half", first):
        os.utime(folder / name, (time.time() - 25 * 3600,) * 2)
    (folder / (second - {first, "env-half"}).pop() / "more.txt").touch()
    assert len(places("three")) == 2
    assert not (folder / "env-half").exists()
    assert not (folder / first).exists()


def test_what_build_requirements_mean_is_asked_in_every_run(tmp_path, monkeypatch):
    only(tmp_path / "wheels", monkeypatch)
    source = project(tmp_path / "one", "plain")
    (source / "pyproject.toml").write_text((source / "pyproject.toml").read_text().replace("==1.0", ">=1"))
    held = []
    for version in ("1.0", "1.1", "2.0"):
        wheel(tmp_path / "wheels", "hostile", BACKEND, version)
        if version == "2.0":
            (tmp_path / "bounds.txt").write_text("hostile<2\n")
            monkeypatch.setenv("UV_CONSTRAINT", str(tmp_path / "bounds.txt"))
        with Builder(interpreter(), find_uv(), cache=tmp_path / "cache") as builder:
            sees(builder, source)
            held += builder.installed()
    assert held == ["hostile==1.0", "hostile==1.1", "hostile==1.1"]
    assert len(list(tmp_path.glob("cache/builds/*/env-*"))) == 2


def test_a_kept_environment_of_which_a_part_is_gone_is_made_anew(wheels, tmp_path, monkeypatch):
    only(wheels, monkeypatch)
    damages = (
        lambda folder: shutil.rmtree(next(folder.glob("env-*"))),
        lambda folder: (folder / "stamp.json").write_text('{"python": "x", "held": [], "files": ""}'),
        lambda folder: (folder / "stamp.json").write_text("[]"),
        lambda folder: (folder / "stamp.json").unlink(),
        lambda folder: None,
    )
    for number, damage in enumerate(damages):
        with Builder(interpreter(), find_uv(), cache=tmp_path / "cache") as builder:
            assert sees(builder, project(tmp_path / f"p{number}", "plain")) == PLAIN
            (kept,) = builder._environments._kept.values()
            assert kept.folder.parent == tmp_path / "cache/builds"
        damage(kept.folder)


def test_an_interpreter_that_was_replaced_in_its_place_gets_environments_of_its_own(tmp_path):
    place = tmp_path / "python"
    keys = set()
    for moment in (1, 2):
        place.touch()
        os.utime(place, (moment, moment))
        keys.add(Cache(Venvs(str(place), None), tmp_path)._key("hostile==1.0"))
    assert len(keys) == 2


def test_what_the_cache_holds_names_no_index_and_no_password(wheels, tmp_path, monkeypatch):
    handler = partial(SimpleHTTPRequestHandler, directory=wheels)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"127.0.0.1:{server.server_port}"
        only(f"http://me:hunter2@{address}/", monkeypatch)
        with Builder(interpreter(), find_uv(), cache=tmp_path / "cache") as builder:
            sees(builder, project(tmp_path / "one", "plain"))
            assert len(builder._environments._kept) == 1
        server.shutdown()
    held = [path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert len(held) > 10
    assert not any(b"hunter2" in text or address.encode() in text for text in held)


def test_a_requirement_that_is_a_path_is_kept_by_nobody_and_its_backend_gets_a_worker(wheels, builder, cache, tmp_path):
    source = project(tmp_path / "one", "plain")
    text = (source / "pyproject.toml").read_text()
    there = (wheels / "hostile-1.0-py3-none-any.whl").as_uri()
    (source / "pyproject.toml").write_text(text.replace('"hostile==1.0"', f'"hostile @ {there}"'))
    assert sees(builder, source) == PLAIN
    assert builder._environments._kept == {}
    assert len(workers(str(tmp_path))) == 1


@pytest.mark.row("D5-no-uv")
def test_without_uv_an_environment_lasts_for_the_run_and_its_backend_gets_a_worker(wheels, tmp_path, monkeypatch):
    only(wheels, monkeypatch)
    monkeypatch.setenv("MARK", str(tmp_path))
    with Builder(interpreter(), None, cache=tmp_path / "cache") as builder:
        assert sees(builder, project(tmp_path / "one", "plain")) == PLAIN
        assert sees(builder, project(tmp_path / "two", "plain")) == PLAIN
        assert len(workers(str(tmp_path))) == 1
        assert len(builder._environments._ready) == 1
    assert eventually(lambda: marked(str(tmp_path)) == {})


def test_requirements_that_no_index_has_are_asked_for_once(wheels, tmp_path, monkeypatch):
    only(wheels, monkeypatch)
    with Builder(interpreter(), find_uv(), cache=tmp_path / "cache") as builder:
        first = refusal(builder, project(tmp_path / "one", "plain", "absent"))
        wheel(tmp_path / "late", "absent", BACKEND)
        only(tmp_path / "late", monkeypatch)
        assert refusal(builder, project(tmp_path / "two", "plain", "absent")) == first
    assert (first.code, "absent==1.0" in first.message) == ("environment-failed", True)


def test_where_the_user_has_no_home_nothing_is_kept(wheels, tmp_path, monkeypatch):
    only(wheels, monkeypatch)
    code = "import os, sys\nsys.modules['pwd'] = None\nos.environ.pop('HOME', None), os.environ.pop('XDG_CACHE_HOME', None)\n"
    code += "from trainer_release.world.builds.kept import cache_folder; print(cache_folder())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "None\n"


def test_the_cache_lies_where_the_system_wants_it(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own/trainer-release"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    usual = "Library/Caches" if sys.platform == "darwin" else ".cache"
    assert cache_folder() == tmp_path / usual / "trainer-release"


def test_a_cache_that_cannot_be_written_to_costs_time_alone(wheels, tmp_path, monkeypatch):
    only(wheels, monkeypatch)
    (tmp_path / "cache").write_text("a file")
    with Builder(interpreter(), find_uv(), cache=tmp_path / "cache") as builder:
        assert sees(builder, project(tmp_path / "one", "plain")) == PLAIN


def test_ending_every_command_ends_the_workers_and_what_they_run(wheels, cache, tmp_path, monkeypatch):
    only(wheels, monkeypatch)
    monkeypatch.setenv("MARK", str(tmp_path))
    with Builder(interpreter(), find_uv(), cache=cache) as builder, ThreadPoolExecutor(1) as pool:
        sees(builder, project(tmp_path / "one", "plain"))
        waiting = pool.submit(refusal, builder, project(tmp_path / "slow", "hang"))
        assert eventually(lambda: running(str(tmp_path), b"sleep(600)") != [])
        end_all()
        assert waiting.result(5).code == "build-failed"
        assert eventually(lambda: marked(str(tmp_path)) == {})


def test_when_we_are_killed_nothing_goes_on(wheels, cache, tmp_path, monkeypatch):
    only(wheels, monkeypatch)
    monkeypatch.setenv("MARK", str(tmp_path))
    project(tmp_path / "slow", "hang")
    code = (
        "from pathlib import Path; from trainer_release.world.builds import Builder, find_uv\n"
        f"from trainer_release.world.venvs import interpreter; folder = Path({str(tmp_path)!r})\n"
        f"Builder(interpreter(), find_uv(), cache=Path({str(cache)!r})).build(folder / 'slow', folder / 'out', epoch=1)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as run:
        try:
            assert eventually(lambda: running(str(tmp_path), b"sleep(600)") != [])
        finally:
            run.kill()
    assert eventually(lambda: marked(str(tmp_path)) == {})


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("x = 1", None),
        ("import os; os.getcwd()", "asks for the current folder"),
        ("open('pyproject.toml')", "looks for 'pyproject.toml' in the current folder"),
        ("import os; os.environ['X'] = '1'", "changes the environment"),
        ("import os; os.chdir('/')", "changes the current folder"),
        ("import os; os.umask(0o77)", "changes the umask"),
        ("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)", "changes signals"),
        ("import sys; sys.stdout = sys.stderr", "changes standard streams"),
        ("import subprocess; subprocess.run(['true'])", "calls subprocess.Popen"),
        ("import subprocess; subprocess.Popen(['sleep', '1'])", "changes the number of children"),
        (
            "import threading, time; threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
            "changes the number of threads",
        ),
        ("import os; os._exit(0)", "ended with 0"),
    ],
)
def test_a_backend_is_imported_ahead_only_where_the_import_leaves_no_trace(code, said, tmp_path):
    (tmp_path / "tried.py").write_text(f"{code}\n")
    env = dict(os.environ) | {"PYTHONPATH": str(tmp_path)}
    modules = imports_ahead(interpreter(), "tried", tmp_path, env)
    (kept,) = tmp_path.glob("backend-*.json")
    objections = json.loads(kept.read_text())["objections"]
    assert (said in objections) if said else objections == []
    assert (modules is None) == bool(said)
    kept.write_text(json.dumps({"objections": [], "modules": ["more"]}))
    assert imports_ahead(interpreter(), "tried", tmp_path, env) == ("tried", "more")
