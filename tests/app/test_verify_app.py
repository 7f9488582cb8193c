"""verify: which environment is held against what."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kit.index import make_wheel
from kit.repo import repository
from kit.repo import suite as suite_files
from trainer_release.app.session import open_session
from trainer_release.app.verify import verify
from trainer_release.errors import ReleaseError


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A bare environment with demo-words 1.0.0 and, in its own place, demo-core 1.0.0 that embeds its suite file."""
    folder = tmp_path_factory.mktemp("env")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "env"], check=True)
    python = folder / "env" / "bin" / "python"
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    import zipfile

    with zipfile.ZipFile(make_wheel(folder, "demo-words", "1.0.0")) as wheel:
        wheel.extractall(site)
    return python


@pytest.fixture(scope="module")
def embedding(tmp_path_factory, environment):
    """The same with an umbrella that embeds its suite file."""
    import shutil
    import zipfile

    folder = tmp_path_factory.mktemp("embedding")
    shutil.copytree(environment.parent.parent, folder / "env", symlinks=True)
    (site,) = folder.glob("env/lib/python*/site-packages")
    document = {
        "schema": "trainer-release/suite/v1", "suite": "demo", "version": "2.0.0", "modules": {"demo-words": "1.0.0", "demo-core": "2.0.0"},
    }  # fmt: skip
    with zipfile.ZipFile(
        make_wheel(folder, "demo-core", "2.0.0", files={"demo_core/suite.json": json.dumps(document)})
    ) as wheel:
        wheel.extractall(site)
    return folder / "env/bin/python"


@pytest.fixture
def home(tmp_path):
    return repository(tmp_path / "repo", suite_files())


def written(home, version, name="demo-core", **modules):
    """A manifest where releases leave them."""
    folder = open_session(home.root).data("demo") / "manifests"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{name}-{version}-manifest.json"
    listed = {package.replace("_", "-"): {"version": said} for package, said in modules.items()}
    place.write_text(json.dumps({"suite_version": version, "modules": listed}))
    return place


def refused(act):
    with pytest.raises(ReleaseError) as caught:
        act()
    return caught.value.problems[0]


def test_a_manifest_that_is_named_is_the_measure(home, environment):
    place = written(home, "1.0.0", demo_words="1.0.0")
    found = verify(home.root, str(place), environment)
    assert (found.ok, found.suite_version, found.checked, found.python) == (True, "1.0.0", 1, str(environment))
    assert found.against == str(place)


def test_every_difference_is_listed(home, environment):
    place = written(home, "1.1.0", demo_words="1.1.0", demo_speech="1.1.0")
    found = verify(home.root, str(place), environment)
    assert not found.ok
    assert [(each["package"], each["expected"], each["found"]) for each in found.mismatches] == [
        ("demo-words", "1.1.0", "1.0.0"),
        ("demo-speech", "1.1.0", None),
    ]


def test_a_path_is_relative_to_where_the_command_stands(home, environment):
    place = written(home, "1.0.0", demo_words="1.0.0")
    assert verify(place.parent, place.name, environment).ok


def test_a_suite_version_is_found_among_the_manifests(home, environment):
    written(home, "1.0.0", demo_words="1.0.0")
    written(home, "1.1.0", demo_words="1.1.0")
    assert verify(home.root, "demo==1.0.0", environment).ok
    assert not verify(home.root, "demo==1.1.0", environment).ok
    assert verify(home.root, "demo-core==1.0.0", environment).ok
    assert refused(lambda: verify(home.root, "demo==1.2.0", environment)).code == "nothing-to-verify"


def test_another_suites_name_is_not_taken_for_this_one(home, environment):
    written(home, "1.0.0", demo_words="1.0.0")
    assert refused(lambda: verify(home.root, "other==1.0.0", environment)).code == "nothing-to-verify"


def test_without_a_word_the_newest_manifest_counts(home, environment):
    for number, version in enumerate(("1.10.0", "1.9.0")):
        place = written(home, version, demo_words=version)
        os.utime(place, (number, number))
    assert verify(home.root, None, environment).suite_version == "1.9.0"


def test_without_a_word_what_the_installed_umbrella_embeds_counts_first(home, embedding):
    written(home, "1.0.0", demo_words="9.9.9")
    found = verify(home.root, None, embedding)
    assert (found.ok, found.suite_version, found.checked) == (True, "2.0.0", 2)
    assert found.against == "the suite file that is installed"


def test_outside_every_suite_the_environment_speaks_for_itself(tmp_path, embedding, environment):
    assert verify(tmp_path, None, embedding).ok
    assert refused(lambda: verify(tmp_path, None, environment)).code == "nothing-to-verify"
    assert refused(lambda: verify(tmp_path, "demo==1.0.0", environment)).code == "nothing-to-verify"


def test_the_active_environment_is_the_default(home, environment, monkeypatch):
    place = written(home, "1.0.0", demo_words="1.0.0")
    monkeypatch.setenv("VIRTUAL_ENV", str(environment.parent.parent))
    assert verify(home.root, str(place), None).python == str(environment)
    monkeypatch.delenv("VIRTUAL_ENV")
    assert verify(home.root, str(place), None).python == sys.executable


@pytest.mark.row("H-manifest-edited")
def test_a_manifest_that_is_not_there_or_is_none_is_refused(home, environment):
    missing = refused(lambda: verify(home.root, "none.json", environment))
    assert (missing.code, missing.exit) == ("nothing-to-verify", 6)
    home.write("bad.json", "{}")
    bad = refused(lambda: verify(home.root, "bad.json", environment))
    assert (bad.code, bad.exit) == ("manifest-invalid", 3)


def test_an_interpreter_that_is_none_is_refused(home, tmp_path):
    place = written(home, "1.0.0", demo_words="1.0.0")
    problem = refused(lambda: verify(home.root, str(place), tmp_path / "no-python"))
    assert problem.code == "nothing-to-verify"
    assert "--python" in problem.hint
    assert refused(lambda: verify(home.root, str(place), Path("/bin/echo"))).code == "nothing-to-verify"
