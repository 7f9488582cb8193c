"""A release is finished with nothing but its tag: no cache, another machine, another branch; the recorded bytes or none."""

from __future__ import annotations

import hashlib
import shutil

import pytest

from kit.suite import Workspace
from trainer_release.world.local_index import running

SECRET = "correct-horse-battery"
LOGIN = {"TWINE_USERNAME": "me", "TWINE_PASSWORD": SECRET}
BACKENDS = {
    "flit": '[build-system]\nrequires = ["flit_core>=3.11,<5"]\nbuild-backend = "flit_core.buildapi"',
    "hatch": '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"',
    "poetry": '[build-system]\nrequires = ["poetry-core>=2"]\nbuild-backend = "poetry.core.masonry.api"',
    "uv": '[build-system]\nrequires = ["uv_build>=0.8"]\nbuild-backend = "uv_build"\n'
    '[tool.uv.build-backend]\nmodule-root = ""\nmodule-name = "mill_uv"',
    "setuptools": '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n'
    "[tool.setuptools]\npackages = ['mill_setuptools']",
}


def files_of(work: Workspace, tag: str = "v1.0.0") -> dict[str, str]:
    """sha256 of every recorded file, by name."""
    modules = work.record(tag)["modules"].values()
    return {file["name"]: file["sha256"] for module in modules for file in module["files"]}


def published(work: Workspace, version: str = "1.0.0") -> dict[str, str]:
    """What the manifest says, by name."""
    modules = work.manifest(version, "mill")["modules"].values()
    return {file["name"]: file["sha256"] for module in modules for file in module["files"]}


def bare_of(work: Workspace, *refs: str) -> str:
    """A bare remote called origin that has these refs and main."""
    bare = work.root.with_name(f"{work.root.name}.git")
    work.git("init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    work.git("remote", "add", "origin", str(bare))
    work.git("push", "--quiet", "origin", "main", *refs)
    return str(bare)


def cloned(work: Workspace, tmp_path, *words: str) -> Workspace:
    """A fresh clone on another machine: a folder and a home of its own."""
    work.git("clone", "--quiet", *words, str(work.root.with_name(f"{work.root.name}.git")), str(tmp_path / "clone"))
    return Workspace(tmp_path / "clone", tmp_path / "another-home")


def backend(work: Workspace, name: str) -> None:
    """Let a module be built by another backend."""
    path = f"packages/{name}/pyproject.toml"
    text = work.read(path)
    work.write(path, BACKENDS[name] + "\n\n" + text[text.index("[project]") :])
    if name in ("uv", "setuptools", "hatch", "poetry"):
        work.write(
            f"packages/{name}/mill_{name}/__init__.py", (work.root / f"packages/{name}/mill_{name}.py").read_text()
        )
        (work.root / f"packages/{name}/mill_{name}.py").unlink()


def test_a_partly_published_release_without_its_cache_is_finished_by_building_what_is_missing(pair, tmp_path):
    done = pair.copy(tmp_path / "done")
    done.run("execute")
    index = pair.data / "index" / "files"
    index.mkdir(parents=True, exist_ok=True)
    for file in (done.data / "index" / "files").glob("mill_a-*"):
        shutil.copy2(file, index)
    shutil.rmtree(pair.cache)

    told = pair.run("execute").err

    assert "2 built again from v1.0.0" in told
    assert sorted(pair.uploads()) == ["mill_b-1.0.0-py3-none-any.whl", "mill_b-1.0.0.tar.gz"]
    assert published(pair) == files_of(pair)
    assert pair.manifest("1.0.0", "mill") == done.manifest("1.0.0", "mill")


@pytest.mark.row("F-not-deterministic", "H-artifacts-missing")
@pytest.mark.parametrize(
    "names", [("uv", "setuptools"), pytest.param(tuple(BACKENDS), marks=pytest.mark.full)], ids=["two", "every"]
)
def test_what_is_built_again_is_the_same_file_or_none_and_artifacts_serve_where_it_is_not(fresh, tmp_path, names):
    work = fresh(dict.fromkeys(names, ()), umbrella=False, version="0.9.0")
    for name in names:
        backend(work, name)
    work.row("1.0.0", "{" + ", ".join(f'{name}: "1.0.0"' for name in names) + "}")
    work.commit()
    work.run("prepare", "1.0.0")
    kept = tmp_path / "kept"
    shutil.copytree(work.cache / "artifacts" / "1.0.0" / "setuptools", kept)
    shutil.rmtree(work.cache)

    refused = work.run("execute", code=10).err

    assert refused.count("error[") == refused.count("error[rebuilt-differs]") == 1, refused
    assert "mill_setuptools-1.0.0.tar.gz is neither on the index nor at hand" in refused
    assert files_of(work)["mill_setuptools-1.0.0.tar.gz"] in refused
    assert "--artifacts DIR" in refused
    assert "trainer-release abandon 1.0.0" in refused
    assert work.uploads() == []
    # The rest is at hand now; the one file is given.
    told = work.run("execute", "--artifacts", str(kept)).err
    assert "built again" not in told
    assert published(work) == files_of(work)


def test_another_machine_finishes_from_the_tag_and_the_index_alone(fresh, tmp_path):
    with running(tmp_path / "index", ("mill-a", "mill-b")) as server:
        where = f'indexes:\n  internal: {{upload: "{server.address.upload}", simple: "{server.address.simple}"}}\n'
        work = fresh({"a": (), "b": ("a",)}, umbrella=False, release="{index: internal}", more=where)
        bare_of(work)
        work.run("prepare", "1.0.0")
        work.run("push", "1.0.0")
        there = tmp_path / "index" / "files"
        for file in (work.cache / "artifacts" / "1.0.0" / "a").iterdir():
            shutil.copy2(file, there)
        work.git("branch", "--quiet", "old", "main^")  # what is checked out need not be the release, nor after it
        work.git("push", "--quiet", "origin", "old")
        clone = cloned(work, tmp_path, "--branch", "old")

        before = clone.state()
        review = clone.run("execute", "1.0.0", "--dry-run", **LOGIN).out
        assert "neither on the index nor at hand: mill_b-1.0.0.tar.gz, mill_b-1.0.0-py3-none-any.whl" in review
        assert clone.state() == before
        clone.run("execute", "1.0.0", "--yes", **LOGIN)

        files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in there.iterdir()}
        assert {name: digest for name, digest in files.items() if name[0] != "."} == files_of(work)
        first = clone.manifest("1.0.0", "mill")
        # The machine that prepared it has nothing left to do, and says the same.
        again = work.run("execute", "--yes", "--json", **LOGIN).json
        assert again["uploaded"] == []
        assert work.manifest("1.0.0", "mill") == first
        posts = [
            line.split()[4] for line in (tmp_path / "index" / "access.log").read_text().splitlines() if " POST " in line
        ]
        assert sorted(posts) == ["mill_b-1.0.0-py3-none-any.whl", "mill_b-1.0.0.tar.gz"]
