"""A suite of two modules with a contract between them, its generated tests, and mutants of what is provided."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from kit.cells import write
from trainer_release.agent.contracts.generate import Generated, generate

SHOP = dedent(
    '''
    """What is sold."""
    from __future__ import annotations

    from abc import ABC, abstractmethod
    from collections.abc import Iterator
    from dataclasses import dataclass
    from enum import Enum
    from typing import Optional, Protocol, runtime_checkable


    class Colour(Enum):
        RED = "red"
        BLUE = "blue"


    class OutOfStock(LookupError):
        """There is none left."""


    @dataclass(frozen=True)
    class Order:
        article: str
        amount: int = 1
        colour: Colour = Colour.RED


    @dataclass(frozen=True)
    class Receipt:
        order: Order
        total: float
        notes: tuple[str, ...] = ()


    @runtime_checkable
    class Store(Protocol):
        name: str

        @property
        def size(self) -> int: ...

        def price(self, article: str, /) -> float: ...

        def order(self, order: Order, *, express: bool = False) -> Receipt:
            """Order something.

            Raises:
                OutOfStock: there is none left.
            """

        async def fetch(self, article: str, timeout: float = 1.0) -> bytes: ...

        def articles(self, prefix: str = "") -> list[str]: ...

        def walk(self) -> Iterator[Order]: ...

        def find(self, article: str) -> Optional[Order]: ...


    class Codec(ABC):
        @abstractmethod
        def encode(self, text: str) -> bytes: ...

        @abstractmethod
        def decode(self, data: bytes) -> str: ...


    class Shop:
        name = "shop"

        def __init__(self) -> None:
            self._prices = {"text": 2.5}

        @property
        def size(self) -> int:
            return len(self._prices)

        def price(self, article: str, /) -> float:
            return self._prices[article]

        def order(self, order: Order, *, express: bool = False) -> Receipt:
            if order.article not in self._prices:
                raise OutOfStock(order.article)
            return Receipt(order, order.amount * self.price(order.article))

        async def fetch(self, article: str, timeout: float = 1.0) -> bytes:
            return article.encode()

        def articles(self, prefix: str = "") -> list[str]:
            return [name for name in self._prices if name.startswith(prefix)]

        def walk(self) -> Iterator[Order]:
            for name in self._prices:
                yield Order(name)

        def find(self, article: str) -> Optional[Order]:
            return Order(article) if article in self._prices else None


    class Utf8(Codec):
        def encode(self, text: str) -> bytes:
            return text.encode()

        def decode(self, data: bytes) -> str:
            return data.decode()


    class Closed(Codec):
        """Not to be made without something that nobody can guess."""

        def __init__(self, lock: Lock) -> None:
            self.lock = lock

        def encode(self, text: str) -> bytes:
            return text.encode()

        def decode(self, data: bytes) -> str:
            return data.decode()
    '''
)
TILL = dedent(
    '''
    """Who sells."""
    from __future__ import annotations

    from typing import TYPE_CHECKING, Annotated, Protocol

    if TYPE_CHECKING:
        from kit_shop import Store
    from kit_shop import Codec as Encoding


    class Priced(Protocol):
        def price(self, article: str, /) -> float: ...


    class Till:
        def __init__(self, store: "Store", codec: Annotated[Encoding, "any"] | None = None) -> None:
            self.store, self.codec = store, codec


    def total(shops: list[Priced], article: str = "text") -> float:
        return sum(shop.price(article) for shop in shops)
    '''
)
MUTANTS: Mapping[str, tuple[str, str]] = {
    "method renamed": ("def articles(self, prefix", "def list_articles(self, prefix"),
    "method removed": (
        "def find(self, article: str) -> Optional[Order]:\n        return",
        "def _find(self, article):\n        return",
    ),
    "required parameter added": (
        'def articles(self, prefix: str = "") -> list[str]:\n        return',
        'def articles(self, shelf: int, prefix: str = "") -> list[str]:\n        return',
    ),
    "keyword-only parameter made positional-only": (
        "def order(self, order: Order, *, express: bool = False) -> Receipt:\n        if",
        "def order(self, order: Order, express: bool = False, /) -> Receipt:\n        if",
    ),
    "keyword-only parameter removed": (
        "def order(self, order: Order, *, express: bool = False) -> Receipt:\n        if",
        "def order(self, order: Order) -> Receipt:\n        if",
    ),
    "positional parameter made keyword-only": (
        "def find(self, article: str) -> Optional[Order]:\n        return",
        "def find(self, *, article: str) -> Optional[Order]:\n        return",
    ),
    "positional-only parameter made keyword-only": (
        "def price(self, article: str, /) -> float:\n        return",
        "def price(self, *, article: str) -> float:\n        return",
    ),
    "parameter renamed": (
        "async def fetch(self, article: str, timeout: float = 1.0) -> bytes:\n        return article",
        "async def fetch(self, name: str, timeout: float = 1.0) -> bytes:\n        return name",
    ),
    "default removed": (
        "async def fetch(self, article: str, timeout: float = 1.0) -> bytes:\n        return",
        "async def fetch(self, article: str, timeout: float) -> bytes:\n        return",
    ),
    "parameter retyped": (
        "def encode(self, text: str) -> bytes:\n        return text.encode()",
        "def encode(self, text: bytes) -> bytes:\n        return bytes(text)",
    ),
    "coroutine made a function": (
        "async def fetch(self, article: str, timeout: float = 1.0) -> bytes:\n        return",
        "def fetch(self, article: str, timeout: float = 1.0) -> bytes:\n        return",
    ),
    "function made a coroutine": (
        'def articles(self, prefix: str = "") -> list[str]:\n        return',
        'async def articles(self, prefix: str = "") -> list[str]:\n        return',
    ),
    "property made a method": (
        "@property\n    def size(self) -> int:\n        return",
        "def size(self) -> int:\n        return",
    ),
    "method made a property": (
        'def articles(self, prefix: str = "") -> list[str]:\n        return [name for name in self._prices if name.startswith(prefix)]',
        "@property\n    def articles(self) -> list[str]:\n        return [*self._prices]",
    ),
    "method made static with its self": (
        "def price(self, article: str, /) -> float:\n        return",
        "@staticmethod\n    def price(self, article: str, /) -> float:\n        return",
    ),
    "method made one of the class": (
        "def price(self, article: str, /) -> float:\n        return",
        "@classmethod\n    def price(self, article: str, /) -> float:\n        return",
    ),
    "wrong type returned": ("return self._prices[article]", "return str(self._prices[article])"),
    "wrong type returned by a coroutine": ("return article.encode()", "return article"),
    "None returned": ("return [name for name in self._prices if name.startswith(prefix)]", "return None"),
    "wrong type inside a list": (
        "return [name for name in self._prices if name.startswith(prefix)]",
        "return [len(name) for name in self._prices]",
    ),
    "generator for a list": (
        "return [name for name in self._prices if name.startswith(prefix)]",
        "return (name for name in self._prices)",
    ),
    "list for an iterator": (
        "for name in self._prices:\n            yield Order(name)",
        "return [Order(name) for name in self._prices]",
    ),
    "wrong type yielded": ("yield Order(name)", "yield name"),
    "wrong return annotation": (
        "def decode(self, data: bytes) -> str:\n        return data.decode()\n\n\nclass Closed",
        "def decode(self, data: bytes) -> bytes:\n        return data\n\n\nclass Closed",
    ),
    "undeclared exception": (
        "if order.article not in self._prices:\n            raise OutOfStock(order.article)",
        "raise RuntimeError(order.article)",
    ),
    "undeclared exception in a property": ("return len(self._prices)", "raise ValueError"),
    "exception no longer what it was": ("class OutOfStock(LookupError)", "class Sold(LookupError)"),
    "enum member removed": ('    BLUE = "blue"\n', ""),
    "enum value changed": ('BLUE = "blue"', 'BLUE = "navy"'),
    "field removed": ("    notes: tuple[str, ...] = ()\n", ""),
    "field renamed": ("    amount: int = 1\n", "    count: int = 1\n"),
    "field retyped": ("    total: float\n", "    total: str\n"),
    "field's default removed": (
        "    amount: int = 1\n    colour: Colour = Colour.RED\n",
        "    amount: int\n    colour: Colour\n",
    ),
    "required field added": ("    total: float\n", "    total: float\n    tax: float\n"),
    "constructor needs more": (
        "def __init__(self) -> None:\n        self._prices",
        "def __init__(self, prices) -> None:\n        self._prices",
    ),
    "attribute missing": ('    name = "shop"\n', ""),
    "attribute of another type": ('    name = "shop"\n', "    name = 7\n"),
    "no longer derived from the ABC": ("class Utf8(Codec):", "class Utf8:"),
    "abstract method not made": (
        "class Utf8(Codec):\n    def encode(self, text: str) -> bytes:\n        return text.encode()\n",
        "class Utf8(Codec):",
    ),
}
"""What each does to a text: it is there once, or the first place is the provider's."""


def sources(shop: str = SHOP, till: str = TILL) -> dict[str, dict[str, bytes]]:
    return {"shop": {"kit_shop/__init__.py": shop.encode()}, "till": {"kit_till/__init__.py": till.encode()}}


def generated(shop: str = SHOP, till: str = TILL, factories: Mapping[str, str] | None = None) -> Generated:
    return generate(sources(shop, till), factories or {})


def installed(folder: Path, shop: str = SHOP, till: str = TILL) -> Path:
    return write(folder, {"kit_shop/__init__.py": shop, "kit_till/__init__.py": till})


def mutant(text: str, old: str, new: str) -> str:
    assert old in text, old
    head, _, tail = text.rpartition(old)
    return f"{head}{new}{tail}"


def run(tests: Path, *paths: Path) -> subprocess.CompletedProcess[str]:
    """Real pytest on generated tests, with these folders to import from."""
    words = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--tb=short", "-W", "error", "."]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONDONTWRITEBYTECODE": "1"}
    env |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(words, cwd=tests, env=env, capture_output=True, text=True, check=False)
