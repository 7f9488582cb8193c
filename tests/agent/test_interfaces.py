"""Who relies on which interface, and who provides it: read from sources that are never imported."""

from __future__ import annotations

from textwrap import dedent

import pytest

from trainer_release.agent.contracts.interfaces import uses
from trainer_release.agent.contracts.matching import misfits, pairs
from trainer_release.agent.contracts.reading import Reading

PORT = """
    from abc import ABC, abstractmethod
    from typing import Protocol
    class Store(Protocol):
        def get(self, key: str, *, again: bool = False) -> bytes: ...
    class Base(ABC):
        @abstractmethod
        def run(self) -> int: ...
    class Plain:
        def get(self, key: str) -> bytes: ...
"""


def reading(**modules):
    """Modules by name; `port` is `PORT`, other names are packages of one file."""
    found = Reading()
    for name, text in {"port": PORT, **modules}.items():
        texts = text if isinstance(text, dict) else {f"{name}/__init__.py": text}
        found.add(name, {path: dedent(each).encode() for path, each in texts.items()})
    return found


def told(consumer, **modules):
    return [
        (use.owner.path, use.parameter, use.interface.path)
        for use in uses(reading(consumer=consumer, **modules))
        if use.consumer == "consumer"
    ]


ANNOTATED = [
    ("from port import Store\ndef f(a: Store): ...", "port.Store"),
    ("import port\ndef f(a: port.Store): ...", "port.Store"),
    ("import port as p\ndef f(a: p.Store = None): ...", "port.Store"),
    ("from port import Store as S\ndef f(a: 'S'): ...", "port.Store"),
    ("from typing import Optional\nfrom port import Store\ndef f(a: Optional[Store] = None): ...", "port.Store"),
    ("from typing import Optional\nfrom port import Store\ndef f(a: 'Optional[\"Store\"]' = None): ...", "port.Store"),
    ("from typing import Union\nfrom port import Base\ndef f(a: Union[int, Base]): ...", "port.Base"),
    ("from __future__ import annotations\nfrom port import Base\ndef f(a: str | Base | None): ...", "port.Base"),
    ("from typing import Annotated\nfrom port import Store\ndef f(a: Annotated[Store, 'x']): ...", "port.Store"),
    (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n  from port import Store\ndef f(a: 'Store'): ...",
        "port.Store",
    ),
    ("from port import Store\nAlias = Store | None\ndef f(a: Alias): ...", "port.Store"),
    ("from between import Again\ndef f(a: Again): ...", "port.Store"),
    ("from between import Alias\ndef f(a: Alias): ...", "port.Base"),
    ("from port import Store\ndef f(a: list[Store]): ...", "port.Store"),
    ("from port import Store\ndef f(*, a: dict[str, Store]): ...", "port.Store"),
    ("from typing import Protocol\nclass Own(Protocol):\n  def get(self): ...\ndef f(a: Own): ...", "consumer.Own"),
]


@pytest.mark.parametrize(("text", "interface"), ANNOTATED)
def test_an_interface_is_found_however_it_is_written(text, interface):
    between = "from port import Store as Again, Base\nfrom typing import Optional\nAlias = Optional[Base]\n"
    assert told(text, between=between) == [("consumer.f", "a", interface)]


@pytest.mark.parametrize(
    "text",
    [
        "from port import Plain\ndef f(a: Plain): ...",
        "from port import Store\ndef _f(a: Store): ...",
        "from port import Store\ndef f(a) -> Store: ...",
        "from port import Store\nfrom typing import Callable\ndef f(a: Callable[[Store], int]): ...",
        "from elsewhere import Store\ndef f(a: Store): ...",
        "def f(a: 'no expression at all'): ...",
        "A = 'A'\nB = A\ndef f(a: A, b: B): ...",
    ],
)
def test_what_takes_no_interface_is_no_use(text):
    assert told(text) == []


def test_fields_constructors_and_methods_are_found_too():
    text = """
        from dataclasses import dataclass
        from port import Store, Base
        @dataclass
        class Held:
            store: Store
            limit: int = 3
        class Made:
            def __init__(self, base: Base): ...
            def work(self, store: Store): ...
    """
    assert told(text) == [
        ("consumer.Held", "store", "port.Store"),
        ("consumer.Made", "base", "port.Base"),
        ("consumer.Made.work", "store", "port.Store"),
    ]


HEAD = "from port import Store, Base\n"
FITTING = [
    "class P:\n  def get(self, key: str, *, again: bool = False) -> bytes: ...",
    "class P:\n  def get(self, key, again=True, more=1): ...",
    "class P:\n  def get(self, *words, **named): ...",
    "class P:\n  def get(self, key: object, *, again: bool = False) -> 'bytes': ...",
    "class Up:\n  def get(self, key, *, again=False): ...\nclass P(Up): ...",
    "class P(Store):\n  def get(self, key, *, again=False): ...",
    "class P:\n  @staticmethod\n  def get(key, *, again=False): ...",
]
MISFITS = [
    ("class P: ...", "get is missing"),
    ("class P:\n  def _get(self, key, *, again=False): ...", "get is missing"),
    ("class P:\n  def get(self, name, *, again=False): ...", "get does not take 0 in order and ('key',) by name"),
    ("class P:\n  def get(self, key): ...", "get does not take 1 in order and ('again',) by name"),
    ("class P:\n  def get(self, key, other, *, again=False): ...", "get does not take 1 in order and () by name"),
    ("class P:\n  def get(self, *, key, again=False): ...", "get does not take 1 in order and () by name"),
    ("class P:\n  async def get(self, key, *, again=False): ...", "get is awaited, not called"),
    ("class P:\n  @property\n  def get(self): ...", "get is read, not called"),
    ("class P:\n  def get(self, key, *, again=False) -> str: ...", "get gives str, not bytes"),
]


def matched(text):
    consumer = f"{HEAD}def f(a: Store, b: Base): ..."
    return [
        (match.cls.path, match.interface.path, match.nominal)
        for pair in pairs(reading(consumer=consumer, prov=HEAD + text))
        for match in pair.matches
        if pair.provider == "prov"
    ]


@pytest.mark.parametrize("text", FITTING)
def test_a_class_with_all_that_a_protocol_asks_for_provides_it(text):
    assert ("prov.P", "port.Store", "P(Store)" in text) in matched(text)


@pytest.mark.parametrize(("text", "reason"), MISFITS)
def test_a_class_that_does_not_take_every_call_provides_nothing(text, reason):
    assert matched(text) == []
    found = reading(prov=HEAD + text)
    assert reason in [*misfits(found.find("prov.P"), found.find("port.Store"), found)]


def test_an_abc_is_provided_by_those_that_derive_from_it_alone():
    assert matched("class P(Base):\n  def run(self): return 1") == [("prov.P", "port.Base", True)]
    assert matched("class P:\n  def run(self) -> int: ...") == []
    assert matched("from abc import abstractmethod\nclass P(Base):\n  @abstractmethod\n  def walk(self): ...") == []


def test_nobody_is_the_provider_of_what_they_take_themselves_and_data_alone_is_no_interface():
    own = f"{HEAD}def f(a: Store): ...\nclass P:\n  def get(self, key, *, again=False): ..."
    assert pairs(reading(consumer=own)) == pairs(reading(consumer="")) == ()
    data = "from typing import Protocol\nclass Named(Protocol):\n  name: str\ndef f(a: Named): ..."
    assert pairs(reading(consumer=data, prov="class P:\n  name = 'x'")) == ()


def test_a_protocol_of_the_consumers_own_is_provided_by_another_module():
    own = (
        "from typing import Protocol\nclass Own(Protocol):\n  def get(self, key: str) -> bytes: ...\ndef f(a: Own): ..."
    )
    (pair,) = pairs(reading(consumer=own))
    assert (pair.consumer, pair.provider, [match.cls.path for match in pair.matches]) == (
        "consumer",
        "port",
        ["port.Plain"],
    )
