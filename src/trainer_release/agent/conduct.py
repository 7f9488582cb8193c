"""How a cell's tests are run: what was asked for, else what the settings say, else the layer's own measure. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from trainer_release.errors import fail
from trainer_release.model.agent_settings import AgentSettings, LayerSettings
from trainer_release.model.testing import Cell, Conduct, Limits

LAYERS: Mapping[str, LayerSettings] = {
    "unit": LayerSettings(timeout=10.0),
    "integration": LayerSettings(timeout=30.0),
    "e2e": LayerSettings(timeout=120.0, max_failures=5),
}
"""The layers there are, with the measures that hold where nothing is said."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for, before any setting; None: as it is set. `wall` bounds a cell's tests, `timeout` one test,
    in seconds; `extra` are further words for pytest."""

    layer: str | None = None
    siblings: str | None = None
    seed: int | None = None
    wall: float | None = None
    timeout: float | None = None
    confinement: str | None = None
    extra: tuple[str, ...] = ()


def layer_of(given: str | None, surroundings: Mapping[str, str]) -> str | None:
    """The layer that is asked for, else that of TEST_MODE, else None. ReleaseError `layer-unknown` (exit 2)."""
    named = given or surroundings.get("TEST_MODE") or None
    if named is None or named in LAYERS:
        return named
    where = "--layer" if given else "TEST_MODE"
    raise fail("layer-unknown", f"{where} is {named}", hint=f"one of: {', '.join(LAYERS)}")


def conducted(cell: Cell, settings: AgentSettings, asked: Asked = Asked()) -> Cell:
    """The cell with its conduct, and what the settings say of its module: stubs, extras, optional imports."""
    module = cell.modules[0] if cell.mode == "isolated" and len(cell.modules) == 1 else None
    said = settings.of(module)
    how = conduct(settings, asked, module)
    stubbed = module is not None and (asked.siblings or said.siblings) == "stub"
    return replace(
        cell,
        conduct=how,
        timeout=how.limits.wall,
        stubs=tuple(wheel.package for wheel in cell.siblings) if stubbed else cell.stubs,
        extras={wheel.package: said.extras for wheel in cell.wheels} if module and said.extras else cell.extras,
        optional_imports=(*cell.optional_imports, *_optional(settings, cell)),
    )


def _optional(settings: AgentSettings, cell: Cell) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for module in cell.modules for name in settings.of(module).optional_imports))


def conduct(settings: AgentSettings, asked: Asked, module: str | None) -> Conduct:
    """How a module's tests are run, or (None) those of modules together.

    The narrower word goes first: what is asked, the module's, the layer's, what holds for all, a layer's measure.
    """
    own = settings.modules.get(module or "", settings.every)
    layer = settings.layers.get(asked.layer or "", LayerSettings())
    plain, limits, bounds = Conduct(), settings.limits, Limits()
    measure = LAYERS.get(asked.layer or "", LayerSettings())
    return Conduct(
        layer=asked.layer,
        seed=asked.seed,
        exclude=" or ".join(f"({each})" for each in layer.exclude),
        extra=asked.extra,
        confinement=asked.confinement or settings.confinement,
        network=own.network or layer.network or settings.every.network or plain.network,
        leaks=settings.leaks,
        cleanup=settings.cleanup,
        allowed_leaks=settings.allowed_leaks,
        retain=settings.retain,
        limits=Limits(
            test=_first(asked.timeout, own.timeout, layer.timeout, limits.timeout, measure.timeout, bounds.test),
            wall=_first(asked.wall, limits.wall, bounds.wall),
            grace=_first(limits.grace, bounds.grace),
            max_failures=int(_first(layer.max_failures, limits.max_failures, measure.max_failures, 0)),
            max_processes=limits.max_python_processes or bounds.max_processes,
        ),
    )


def _first(*said: float | None) -> float:
    """The first that is said; the last always is."""
    return next(each for each in said if each is not None)


def jobs(settings: AgentSettings, asked: int | None, processors: int) -> int:
    """How many environments at a time; 0 asks for as many as there are processors. The tests of each are a process, so
    that there are never more than `max-python-processes`."""
    said = asked if asked is not None else settings.limits.jobs if settings.parallel else 1
    most = settings.limits.max_python_processes or processors
    return said or min(processors, most)
