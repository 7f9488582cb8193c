"""Builds for real: three public backends, and backends of our own that misbehave."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from trainer_release.errors import Exit, Problem, ReleaseError
from trainer_release.world.artifacts import metadata_problems
from trainer_release.world.builds import Builder, find_uv
from trainer_release.world.builds.isolated import unpack
from trainer_release.world.venvs import interpreter

EPOCH = 1_700_000_000
BACKENDS = {
    "flit_core": ('["flit_core>=3.11,<5"]', "flit_core.buildapi"),
    "hatchling": ('["hatchling"]', "hatchling.build"),
    "setuptools": ('["setuptools>=77"]', "setuptools.build_meta"),
}
OWN = """
import os, sys, tarfile, zipfile
def build_sdist(out, settings=None):
    with tarfile.open(os.path.join(out, "own-1.0.tar.gz"), "w:gz") as archive:
        for name in ("pyproject.toml", "backend.py"):
            archive.add(name, f"own-1.0/{name}")
    return "own-1.0.tar.gz"
def build_wheel(out, settings=None, metadata=None):
    zipfile.ZipFile(os.path.join(out, "own-1.0-py3-none-any.whl"), "w").close()
    return "own-1.0-py3-none-any.whl"
"""


@pytest.fixture(scope="module")
def builder():
    with Builder(interpreter(), find_uv()) as made:
        yield made


def package(folder: Path, backend: str, name: str = "demo", more: str = "") -> Path:
    """A package of one module that needs a sibling."""
    requires, build_backend = BACKENDS[backend]
    stem = name.replace("-", "_")
    (folder / "src" / stem).mkdir(parents=True)
    (folder / "src" / stem / "__init__.py").write_text('"""A test."""\n')
    (folder / "pyproject.toml").write_text(
        f'[build-system]\nrequires = {requires}\nbuild-backend = "{build_backend}"\n'
        f'[project]\nname = "{name}"\nversion = "1.0"\ndescription = "a test"\nrequires-python = ">=3.9"\ndependencies = ["other==1.0"]\n{more}'
    )
    return folder


def own(folder: Path, code: str = "", requires: str = "") -> Path:
    """A package that brings its backend; `code` replaces hooks."""
    folder.mkdir()
    (folder / "backend.py").write_text(OWN + code)
    (folder / "pyproject.toml").write_text(
        f'[build-system]\nrequires = [{requires}]\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    return folder


def refusal(builder: Builder, source: Path, **options) -> Problem:
    with pytest.raises(ReleaseError) as caught:
        builder.build(source, source.parent / "out", epoch=EPOCH, **options)
    (problem,) = caught.value.problems
    assert problem.exit is Exit.GATE
    assert not list((source.parent / "out").glob("*"))
    return problem


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_package_becomes_one_sdist_and_one_wheel_that_say_what_it_says(backend, builder, tmp_path):
    built = builder.build(package(tmp_path / "demo", backend), tmp_path / "out", epoch=EPOCH)
    assert [path.name for path in built] == ["demo-1.0.tar.gz", "demo-1.0-py3-none-any.whl"]
    assert sorted(built) == sorted((tmp_path / "out").iterdir())
    for path in built:
        requires = {"other": ("==1.0",)}
        assert metadata_problems(path, package="demo", version="1.0", requires=requires) == ()


def test_the_same_epoch_gives_the_same_bytes_and_the_source_stays_as_it_was(builder, tmp_path):
    source = package(tmp_path / "demo", "flit_core")
    before = sorted(source.rglob("*"))
    first = builder.build(source, tmp_path / "first", epoch=EPOCH)
    assert sorted(source.rglob("*")) == before
    os.utime(source / "src/demo/__init__.py", (1, 1))
    copy = Path(shutil.copytree(source, tmp_path / "copy"))
    (copy / "src/demo/__init__.py").touch()
    again = builder.build(copy, tmp_path / "again", epoch=EPOCH)
    later = builder.build(copy, tmp_path / "later", epoch=EPOCH + 86400)
    contents = [[path.read_bytes() for path in built] for built in (first, again, later)]
    assert contents[0] == contents[1]
    assert all(one != other for one, other in zip(contents[0], contents[2], strict=True))


def test_a_wheel_is_built_from_the_sdist_unless_the_tree_is_asked_for(builder, tmp_path):
    more = (
        '[tool.hatch.build.targets.sdist]\nexclude = ["/data"]\n'
        '[tool.hatch.build.targets.wheel.force-include]\n"data/table.csv" = "demo/table.csv"\n'
    )
    source = package(tmp_path / "demo", "hatchling", more=more)
    (source / "data").mkdir()
    (source / "data/table.csv").write_text("1\n")
    problem = refusal(builder, source)
    assert problem.code == "build-failed"
    assert problem.message.startswith("demo: the wheel could not be built from the extracted sdist")
    assert "sdist" in problem.hint
    assert "table.csv" in problem.context[-1]
    _, wheel = builder.build(source, tmp_path / "out", epoch=EPOCH, wheel_from="tree")
    assert "demo/table.csv" in zipfile.ZipFile(wheel).namelist()


def test_a_backend_that_fails_shows_its_last_lines(builder, tmp_path):
    code = (
        "def build_sdist(out, settings=None):\n    for n in range(5000): print('line', n)\n    sys.exit('at the end')\n"
    )
    problem = refusal(builder, own(tmp_path / "loud", code))
    assert (problem.code, len(problem.context)) == ("build-failed", 20)
    assert problem.message.startswith("loud: the sdist could not be built: ")
    assert problem.context[-2:] == ("line 4999", "at the end")


@pytest.mark.row("F-prints")
def test_a_backend_that_prints_a_lot_is_no_failure(builder, tmp_path):
    code = "for n in range(20_000): print('line', n, file=sys.stderr)\n"
    assert len(builder.build(own(tmp_path / "loud", code), tmp_path / "out", epoch=EPOCH)) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[build-system\n", "pyproject.toml"),
        ("[build-system]\nrequires = 1\n", "`requires` must be an array of strings"),
        ('[build-system]\nrequires = []\nbuild-backend = "absent"\n', "Backend 'absent' is not available"),
    ],
)
def test_a_project_that_cannot_be_built_says_why(text, said, builder, tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo/pyproject.toml").write_text(text)
    problem = refusal(builder, tmp_path / "demo")
    assert problem.code == "build-failed"
    assert said in problem.message


@pytest.mark.row("F-hangs")
def test_a_build_that_hangs_is_ended_with_its_children(builder, tmp_path):
    code = (
        "def build_sdist(out, settings=None):\n    import subprocess, time\n"
        "    child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "    open('child', 'w').write(str(child.pid))\n    time.sleep(60)\n"
    )
    source = own(tmp_path / "slow", code)
    started = time.monotonic()
    problem = refusal(builder, source, timeout=1)
    assert (problem.code, "1 s" in problem.message) == ("build-timeout", True)
    assert time.monotonic() - started < 20
    assert not alive(int((source / "child").read_text()))


@pytest.mark.row("F-daemon")
def test_a_daemon_that_a_backend_of_the_tree_leaves_behind_is_ended_and_not_waited_for(builder, tmp_path):
    code = (
        "one = build_sdist\ndef build_sdist(out, settings=None):\n    import subprocess\n"
        "    child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True)\n"
        "    open('child', 'w').write(str(child.pid))\n    return one(out)\n"
    )
    source, started = own(tmp_path / "left", code), time.monotonic()
    assert len(builder.build(source, tmp_path / "out", epoch=EPOCH)) == 2
    assert time.monotonic() - started < 50
    assert not alive(int((source / "child").read_text()))


@pytest.mark.row("D5-clock-1970", "D5-clock-2107")
@pytest.mark.parametrize(("epoch", "built"), [(0, True), (4_294_967_294, True), (4_400_000_000, False)])
def test_a_moment_that_no_archive_can_hold_is_told(builder, tmp_path, epoch, built):
    """A zip archive begins in 1980 and ends with 2107, the head of a gzip file ends with 32 bits."""
    source = package(tmp_path / "demo", "flit_core")
    if built:
        assert len(builder.build(source, tmp_path / "out", epoch=epoch)) == 2
        return
    with pytest.raises(ReleaseError) as caught:
        builder.build(source, tmp_path / "out", epoch=epoch)
    (problem,) = caught.value.problems
    assert (problem.code, problem.exit) == ("build-failed", Exit.GATE)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def build_sdist(out, settings=None):\n    return 'own-1.0.tar.gz'\n", "the backend left nothing"),
        (
            "def build_sdist(out, settings=None):\n    open(out + '/own.zip', 'w')\n    return 'own.zip'\n",
            "left own.zip",
        ),
        (
            (
                "one = build_wheel\ndef build_wheel(out, settings=None, metadata=None):\n"
                "    open(out + '/b.whl', 'w')\n    return one(out)\n"
            ),
            "left b.whl, own-1.0-py3-none-any.whl",
        ),
    ],
)
def test_a_build_gives_exactly_one_of_each(code, said, builder, tmp_path):
    problem = refusal(builder, own(tmp_path / "own", code))
    assert problem.code == "build-incomplete"
    assert said in problem.message


def test_backends_run_under_fixed_conditions_without_credentials(builder, tmp_path, monkeypatch):
    monkeypatch.setenv("TWINE_PASSWORD", "hunter2")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONHASHSEED", "5")
    code = (
        "names = 'SOURCE_DATE_EPOCH PYTHONHASHSEED TZ LC_ALL TWINE_PASSWORD PYTHONPATH'.split()\n"
        "def build_sdist(out, settings=None):\n    print(*(os.environ.get(name) for name in names), oct(os.umask(0)))\n"
        "    print(os.environ['PATH'].startswith(os.path.dirname(sys.executable)))\n    import tempfile\n    print(tempfile.mkdtemp())\n    sys.exit(1)\n"
    )
    problem = refusal(builder, own(tmp_path / "own", code))
    assert problem.context[:2] == (f"{EPOCH} 0 UTC C.UTF-8 None None 0o22", "True")
    left = Path(problem.context[2])
    assert left.is_absolute()
    assert not left.exists()


def test_what_a_backend_asks_for_is_installed(builder, tmp_path):
    code = (
        "def get_requires_for_build_wheel(settings=None):\n    return ['flit_core>=3.11,<5']\n"
        "one = build_wheel\ndef build_wheel(out, settings=None, metadata=None):\n"
        "    import flit_core\n    return one(out)\n"
    )
    assert len(builder.build(own(tmp_path / "own", code), tmp_path / "out", epoch=EPOCH)) == 2


def test_a_build_requirement_that_no_index_has_is_named(builder, tmp_path):
    problem = refusal(builder, own(tmp_path / "own", requires='"./absent.whl"'))
    assert problem.code == "environment-failed"
    assert "./absent.whl" in problem.message
    assert problem.context


def test_packages_built_at_once_share_one_environment_which_goes_at_exit(tmp_path):
    sources = [package(tmp_path / name, "flit_core", name) for name in ("one", "two", "three")]
    with Builder(interpreter(), find_uv(), isolated=True) as builder, ThreadPoolExecutor(3) as pool:
        root = builder._root
        built = list(pool.map(lambda source: builder.build(source, tmp_path / "out", epoch=EPOCH), sources))
        assert [path.name for path in root.glob("env-*")] == ["env-0"]
        (held,) = builder.installed()
    assert held.startswith("flit-core==")
    assert len({path for pair in built for path in pair}) == 6
    assert not root.exists()


def test_uv_is_found_beside_this_python_or_on_the_path():
    found = find_uv()
    assert found is not None
    assert os.access(found, os.X_OK)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        (["demo-1.0/setup.py", "../evil.py"], "artifact-invalid"),
        (["demo-1.0/setup.py", "other/setup.py"], "build-incomplete"),
        ([], "build-incomplete"),
        (None, "artifact-invalid"),
    ],
)
def test_an_sdist_that_leaves_its_folder_is_not_extracted(members, code, tmp_path):
    sdist = tmp_path / "demo-1.0.tar.gz"
    sdist.write_bytes(b"no archive")
    if members is not None:
        with tarfile.open(sdist, "w:gz") as archive:
            for name in members:
                archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    (tmp_path / "folder").mkdir()
    with pytest.raises(ReleaseError) as caught:
        unpack(sdist, tmp_path / "folder" / "source", "demo")
    assert caught.value.problems[0].code == code
    assert not (tmp_path / "folder" / "evil.py").exists()
