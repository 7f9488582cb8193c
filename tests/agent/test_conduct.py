"""What was asked goes before what is set, the narrower setting before the wider, and a layer's measure comes last."""

from __future__ import annotations

import subprocess
import sys

import pytest

from trainer_release.agent.conduct import Asked, conduct, conducted, jobs, layer_of
from trainer_release.agent.inject.ta_resources import Resources
from trainer_release.errors import Exit, ReleaseError
from trainer_release.model.agent_settings import AgentSettings, LayerSettings, LimitSettings, ModuleSettings
from trainer_release.model.testing import Cell, Conduct, WheelRef

ONE, TWO = WheelRef("kit-one", "1.0", "/w/one.whl", "a" * 64), WheelRef("kit-two", "1.0", "/w/two.whl", "b" * 64)


def cell(mode: str = "isolated", modules: tuple[str, ...] = ("one",)) -> Cell:
    return Cell("x", mode, modules, (ONE,), (TWO,), (), "/usr/bin/python3", extras={"kit-one": ("test",)})


def test_where_nothing_is_said_the_conduct_is_the_plain_one():
    assert conducted(cell(), AgentSettings()) == cell()
    assert conduct(AgentSettings(), Asked(), None) == Conduct()


def test_the_layer_is_the_option_s_else_the_variable_s():
    assert layer_of("unit", {"TEST_MODE": "e2e"}) == "unit"
    assert layer_of(None, {"TEST_MODE": "e2e"}) == "e2e"
    assert layer_of(None, {"TEST_MODE": ""}) is None
    for given, variables, where in ((("units"), {}, "--layer"), (None, {"TEST_MODE": "fast"}, "TEST_MODE")):
        with pytest.raises(ReleaseError, match=where) as caught:
            layer_of(given, variables)
        assert caught.value.exit is Exit.USAGE
        assert caught.value.problems[0].hint == "one of: unit, integration, e2e"


def test_the_time_of_one_test_is_taken_from_the_nearest_word():
    settings = AgentSettings(
        layers={"unit": LayerSettings(timeout=3.0)},
        limits=LimitSettings(timeout=2.0),
        modules={"one": ModuleSettings(timeout=4.0)},
    )
    asked = Asked(layer="unit", timeout=5.0)
    assert conduct(settings, asked, "one").limits.test == 5.0
    assert conduct(settings, Asked(layer="unit"), "one").limits.test == 4.0
    assert conduct(settings, Asked(layer="unit"), "two").limits.test == 3.0
    assert conduct(settings, Asked(layer="e2e"), "two").limits.test == 2.0
    measures = [
        conduct(AgentSettings(), Asked(layer=each), None).limits.test for each in ("unit", "integration", "e2e")
    ]
    assert measures == [10.0, 30.0, 120.0]


def test_everything_that_is_set_reaches_the_conduct():
    settings = AgentSettings(
        layers={"e2e": LayerSettings(exclude=("slow", "a and b"), max_failures=2, network="host")},
        limits=LimitSettings(wall=60.0, grace=0.5, max_failures=9, max_python_processes=3),
        leaks="report",
        allowed_leaks=("thread:*",),
        cleanup="normal",
        retain=False,
        confinement="subreaper",
    )
    said = conduct(settings, Asked("e2e", seed=7, confinement="namespaces", extra=("-k", "x")), None)
    assert (said.layer, said.seed, said.extra, said.confinement) == ("e2e", 7, ("-k", "x"), "namespaces")
    assert (said.exclude, said.network) == ("(slow) or (a and b)", "host")
    assert (said.leaks, said.allowed_leaks, said.cleanup, said.retain) == ("report", ("thread:*",), "normal", False)
    bounds = said.limits
    assert (bounds.wall, bounds.grace, bounds.max_failures, bounds.max_processes) == (60.0, 0.5, 2, 3)
    assert conduct(settings, Asked(wall=1.0), None).limits.wall == 1.0
    assert conduct(settings, Asked(), None).limits.max_failures == 9
    assert conduct(settings, Asked(), None).confinement == "subreaper"


def test_stubs_stand_for_siblings_where_that_is_asked_or_set_and_a_module_is_alone():
    set_so = AgentSettings(modules={"one": ModuleSettings(siblings="stub")})
    assert conducted(cell(), set_so).stubs == ("kit-two",)
    assert conducted(cell(), set_so, Asked(siblings="real")).stubs == ()
    assert conducted(cell(), AgentSettings(), Asked(siblings="stub")).stubs == ("kit-two",)
    assert conducted(cell("integration", ("one", "two")), set_so, Asked(siblings="stub")).stubs == ()


def test_a_module_s_extras_and_optional_imports_reach_its_cell():
    own = ModuleSettings(extras=("check",), optional_imports=("torch",))
    settings = AgentSettings(every=ModuleSettings(optional_imports=("numpy",)), modules={"one": own})
    dressed = conducted(cell(), settings, Asked(wall=30.0))
    assert (dressed.extras, dressed.optional_imports, dressed.timeout) == (
        {"kit-one": ("check",)},
        ("numpy", "torch"),
        30.0,
    )
    assert conducted(cell("integration", ("one", "two")), settings).optional_imports == ("numpy", "torch")


def test_jobs_are_those_asked_for_else_those_set_else_one_a_processor():
    assert jobs(AgentSettings(), None, 4) == jobs(AgentSettings(), 0, 4) == 4
    assert jobs(AgentSettings(), 3, 4) == 3
    assert jobs(AgentSettings(limits=LimitSettings(jobs=2)), None, 4) == 2
    assert jobs(AgentSettings(limits=LimitSettings(jobs=0)), None, 4) == 4
    assert jobs(AgentSettings(limits=LimitSettings(jobs=3), parallel=False), None, 4) == 1
    assert jobs(AgentSettings(limits=LimitSettings(max_python_processes=3)), None, 4) == 3


def test_no_more_processes_run_at_a_time_than_the_limit_says():
    given = Resources(most=2)
    wait = [sys.executable, "-c", "input()"]
    first, _ = (given.process(wait, stdin=subprocess.PIPE) for _ in range(2))
    with pytest.raises(RuntimeError, match="limits.max-python-processes is 2"):
        given.process(wait, stdin=subprocess.PIPE)
    first.communicate()
    assert given.process(wait, stdin=subprocess.PIPE).poll() is None
    given.cleanup_all()
