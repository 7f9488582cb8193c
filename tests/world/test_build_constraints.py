"""Builds under recorded conditions: what requirements may resolve to is bounded, with and without kept environments."""

from __future__ import annotations

import pytest

from kit.suite import project
from trainer_release.errors import ReleaseError
from trainer_release.world.builds import Builder, find_uv
from trainer_release.world.venvs import Venvs, interpreter

RECORDED = ("flit-core==3.12.0", "not-asked-for==1.0")


@pytest.fixture
def source(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "pyproject.toml").write_text(project("mill-a", "1.0.0", ()))
    (tmp_path / "src" / "mill_a.py").write_text('"""A part."""\n')
    return tmp_path / "src"


@pytest.mark.parametrize("isolated", [True, False])
def test_a_build_takes_the_recorded_version_of_what_it_requires(source, tmp_path, isolated):
    cache = tmp_path / "cache"
    with Builder(interpreter(), find_uv(), isolated=isolated, cache=cache, constraints=RECORDED) as builder:
        builder.build(source, tmp_path / "out", epoch=1_700_000_000)
        assert RECORDED[0] in builder.installed()


def test_a_recorded_version_that_a_requirement_excludes_is_told(source, tmp_path):
    bounds = ("flit-core==2.3.0",)
    with (
        Builder(interpreter(), find_uv(), cache=tmp_path / "cache", constraints=bounds) as builder,
        pytest.raises(ReleaseError) as caught,
    ):
        builder.build(source, tmp_path / "out", epoch=1_700_000_000)
    assert caught.value.problems[0].code == "environment-failed"


def test_constraints_bound_what_requirements_resolve_to():
    pins = Venvs(interpreter(), find_uv()).pins(["flit_core>=3.11"], ["flit-core<3.12"])
    assert pins is None or "flit-core==3.11" in pins
    assert pins is not None
