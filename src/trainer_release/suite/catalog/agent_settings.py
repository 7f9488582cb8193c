"""The section `test-agent` of versions.yaml, and [tool.test-agent] of a pyproject.toml: nodes to values. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trainer_release.model.agent_settings import AgentSettings, LayerSettings, LimitSettings, ModuleSettings
from trainer_release.suite.catalog import keys
from trainer_release.suite.catalog.agent_values import Section
from trainer_release.suite.catalog.source import Source, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from trainer_release.suite.catalog.yaml_nodes import Node

_PLAIN = AgentSettings()


def settings(source: Source, node: Node, modules: Collection[str] | None) -> AgentSettings:
    """The settings of a section. `modules` are the names that there are; None: nobody knows them here.

    Complaints are `setting-unknown` and `setting-invalid`; what is known and comes later is the note `setting-later`.
    """
    own = Source(source.path, source.text, starts=source.starts)
    read = _settings(own, node, modules)
    named = {"key-unknown": "setting-unknown", "setting-later": "setting-later"}
    source.problems.extend(replace(each, code=named.get(each.code, "setting-invalid")) for each in own.problems)
    return read


def _settings(source: Source, node: Node, modules: Collection[str] | None) -> AgentSettings:
    top = Section.of(source, node, "`test-agent`", (*keys.AGENT, *keys.AGENT_FLAT), _is_later)
    limits = top.section("limits", keys.AGENT_LIMITS)
    limits = replace(limits, got=limits.got | {key: top.got[key] for key in keys.AGENT_FLAT if key in top.got})
    layers = top.section("layers", keys.LAYERS)
    return AgentSettings(
        layers={name: _layer(layers.section(name, keys.AGENT_LAYER)) for name in layers.got},
        limits=_limits(limits),
        every=_module(top),
        leaks=top.word("leaks", keys.LEAKS) or _PLAIN.leaks,
        allowed_leaks=top.texts("allowed-leaks"),
        cleanup=top.word("cleanup-policy", keys.CLEANUPS) or _PLAIN.cleanup,
        retain=top.flag("retain-on-failure", default=_PLAIN.retain),
        parallel=top.flag("parallel", default=_PLAIN.parallel),
        confinement=top.word("confinement", keys.CONFINEMENTS) or _PLAIN.confinement,
        factories=top.callables("factories"),
        modules=dict(_modules(top, modules)),
        integration_tests_repo=top.text("integration-tests-repo"),
    )


def _layer(said: Section) -> LayerSettings:
    return LayerSettings(
        timeout=said.seconds("timeout"),
        exclude=said.expressions("exclude"),
        max_failures=said.number("max-failures", 0),
        network=said.word("network", keys.NETWORKS),
    )


def _limits(said: Section) -> LimitSettings:
    said.noted("max-pool-size")
    return LimitSettings(
        timeout=said.seconds("timeout", "process-timeout"),
        wall=said.seconds("wall"),
        grace=said.seconds("grace"),
        max_failures=said.number("max-failures", 0),
        jobs=said.number("jobs", 1, "max-parallel-cases", auto=0),
        max_python_processes=said.number("max-python-processes", 1),
        max_pool_size=said.number("max-pool-size", 1),
    )


def _module(said: Section) -> ModuleSettings:
    return ModuleSettings(
        siblings=said.word("siblings", keys.SIBLINGS),
        extras=said.texts("extras"),
        tests=said.path("tests"),
        optional_imports=said.texts("optional-imports"),
        stage_also=said.paths("stage-also"),
        network=said.word("network", keys.NETWORKS),
        python=said.pythons("python"),
    )


def _modules(top: Section, known: Collection[str] | None) -> Iterator[tuple[str, ModuleSettings]]:
    """Each module's own settings; one that does not exist is complained about."""
    for key, value in top.pairs("modules"):
        what = top.called(f"modules.{shown(key.value)}")
        if known is not None and key.value not in known:
            message = f'{top.called("modules")} names "{shown(key.value)}", which is no module'
            top.source.complain("key-unknown", key.start, message, nearest(key.value, known))
        said = Section.of(top.source, value, what, keys.AGENT_MODULE, lambda each: each in keys.AGENT_MODULE_LATER)
        yield key.value, replace(_module(said), timeout=said.seconds("timeout"))


def _is_later(key: str) -> bool:
    """Whether a key is of what the test agent will have one day: language models, gates, mocks held to a contract."""
    return key in keys.AGENT_LATER or key == "lm" or key.startswith("lm-")
