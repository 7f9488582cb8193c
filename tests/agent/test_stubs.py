"""Stub wheels: a module's interface, made by reading its wheel, installed and used for real."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from textwrap import dedent

import pytest
from packaging.specifiers import SpecifierSet

from kit.cells import oldest, tools, wheel
from trainer_release.agent.contracts.stubs import stub_version, stub_wheel
from trainer_release.errors import ReleaseError
from trainer_release.world.artifacts import read_metadata, record_of
from trainer_release.world.venvs import interpreter

SHOP = """
    '''A shop.'''
    from __future__ import annotations
    import enum, os, re, sys
    from dataclasses import dataclass, field
    from typing import TYPE_CHECKING, Callable, NamedTuple, Optional, Protocol, TypedDict, Union, runtime_checkable
    import absent_library
    from absent_library import Model, LibraryError, deco
    from .parts import Till, open_till
    if TYPE_CHECKING:
        from .later import Late

    print("the module ran")
    (lambda: 1 / 0) if os.environ.get("NEVER") else None
    __version__ = os.environ.get("VERSION", "9")
    __all__ = ["Colour", "buy", "Late"]
    LIMIT = 3 * 7
    NAMES = ("a", "b")
    COMPUTED = [len(word) for word in os.listdir("/")]
    Key = Union[str, "os.PathLike[str]"]
    Scorer = Callable[[str, str], float]

    class Colour(enum.Enum):
        RED = "red"
        GREEN = "green"
        def paint(self) -> str:
            return "painted"

    class Size(enum.Enum):
        SMALL = enum.auto()
        LARGE = enum.auto()

    class Mode(str, enum.Enum):
        FAST = "fast"

    class ShopError(LookupError):
        def __init__(self, article: str, left: int = 0) -> None:
            self.article = article
            self.left = left
            super().__init__("no " + article)

    class SoldOut(ShopError): ...
    class Far(LibraryError): ...

    @dataclass(frozen=True)
    class Article:
        name: str
        price: float = 1.5
        tags: tuple[str, ...] = ()
        made: list = field(default_factory=list, compare=False)
        parsed: object = field(init=False)
        colour: Colour = Colour.RED
        def __post_init__(self):
            raise RuntimeError("behaviour")
        @property
        def gross(self) -> float:
            return self.price * 1.2

    DEFAULT = Article("none")

    class Point(NamedTuple):
        x: int
        y: int = 0

    class Row(TypedDict, total=False):
        a: int

    @runtime_checkable
    class Seller(Protocol):
        name: str
        def sell(self, article: Article, *, times: int = 1) -> bool: ...

    class Model2(Model):
        a: int

    class Counter:
        kind = "plain"
        def __init__(self, start: int, limit: int = LIMIT, *, names=NAMES, spare=os.getcwd()) -> None:
            self.start = start
        def __repr__(self): return 1 / 0
        @classmethod
        def make(cls, /, word: str) -> Counter: return cls(1)
        @staticmethod
        def add(a: int, b: int) -> int: return a + b
        @property
        def size(self) -> int: return 1
        async def wait(self, seconds: float) -> None: ...
        async def stream(self):
            yield 1

    class Bare: ...

    @deco(1)
    def buy(article: Article, mode: Mode = Mode.FAST, *words: str, colour: Optional[Colour] = None, **more: int) -> bool:
        '''Buy it.'''
        return True

    async def fetch(url: str) -> bytes: ...

    if sys.version_info >= (3, 9):
        NEW = True
    else:
        from nowhere import NEW
    if sys.platform.startswith("win"):
        import msvcrt
        SEP = msvcrt.SEP
    else:
        SEP = "/"
    try:
        import faster as engine
    except ImportError:
        engine = None
    for _word in NAMES:
        LAST = _word
    if __name__ == "__main__":
        sys.exit(buy(None))

    def __getattr__(name):
        from .later import Late
        return Late
"""
FILES = {
    "shop/__init__.py": SHOP,
    "shop/parts.py": "class Till:\n    def open(self): pass\ndef open_till() -> Till: return Till()\n",
    "shop/later.py": "class Late:\n    pass\n",
    "shop/native.pyi": "def fast(a: int, b: int = ...) -> int: ...\nclass Quick:\n    size: int\n",
    "shop/py.typed": "",
    "shop/data.json": "{}",
}


def shop(folder: Path, version: str = "1.0", **files):
    texts = {path: dedent(text) for path, text in (FILES | files).items()}
    lines = ["Provides-Extra: fast", "Requires-Python: >=3.9"]
    return wheel(folder / "real", "kit-shop", version, ["absent-library>=2"], lines, **texts)


@pytest.fixture(scope="module")
def stub(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stub")
    return stub_wheel(shop(folder), folder / "made")


def told(stub, code: str, chosen: str | None = None):
    """What code prints as JSON in a process that has the stub, and nothing else, to import."""
    program = f"import json, sys; sys.path.insert(0, {stub.path!r})\n{dedent(code)}"
    done = subprocess.run([chosen or interpreter(), "-I", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def raised(stub, expression: str, **more) -> str:
    """The message with which an expression on the stub raises StubCalled."""
    code = f"""
        import asyncio, shop
        from _testagent_stub import StubCalled
        try:
            {expression}
        except StubCalled as error:
            print(json.dumps(str(error)))
    """
    return told(stub, code, **more)


def test_a_stub_is_a_whole_wheel_that_requires_nothing_and_keeps_its_extras(stub):
    said = read_metadata(Path(stub.path))
    assert (said.name, said.version, said.requires_dist) == ("kit-shop", "1.0+testagent.stub", ())
    assert (said.provides_extra, said.requires_python) == (("fast",), ">=3.9")
    assert Path(stub.path).name == "kit_shop-1.0+testagent.stub-py3-none-any.whl"
    with zipfile.ZipFile(stub.path) as archive:
        held = {name for name in archive.namelist() if not name.endswith("/RECORD")}
    assert set(record_of(Path(stub.path))) == held
    assert {"shop/__init__.py", "shop/native.py", "shop/py.typed", "_testagent_stub.py"} <= held


@pytest.mark.parametrize(
    ("version", "made"),
    [("1.0", "1.0+testagent.stub"), ("2.1rc1", "2.1rc1+testagent.stub"), ("1.0+cpu", "1.0+cpu.testagent.stub")],
)
def test_a_stub_has_a_version_that_every_pin_but_the_arbitrary_one_takes(version, made):
    assert stub_version(version) == made
    for pin in (f"=={version}", f">={version.partition('+')[0]}", f"~={version.partition('+')[0]}"):
        if "+" not in pin:
            assert SpecifierSet(pin, prereleases=True).contains(made), pin
    assert not SpecifierSet(f"==={version}", prereleases=True).contains(made)


def test_the_same_wheel_gives_the_same_bytes(stub, tmp_path):
    assert stub_wheel(shop(tmp_path), tmp_path / "again").sha256 == stub.sha256


@pytest.mark.parametrize("chosen", [None, "oldest"])
def test_a_stub_is_installed_beside_another_and_imports_in_every_module(stub, tmp_path, chosen):
    if chosen and oldest() is None:
        pytest.skip("no Python 3.9 here")
    other = stub_wheel(wheel(tmp_path / "w", "kit-other", **{"kit_other.py": "def f(): ..."}), tmp_path)
    venvs = type(tools().venvs)(oldest() if chosen else interpreter(), tools().venvs.uv)
    python = venvs.create(tmp_path / "env")
    venvs.install(python, (stub.path, other.path))
    code = "import json, shop, shop.parts, shop.later, shop.native, kit_other; print(json.dumps(shop.__file__))"
    done = subprocess.run([python, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert str(tmp_path / "env") in done.stdout
    assert {"kit-shop==1.0+testagent.stub", "kit-other==1.0+testagent.stub"} <= set(venvs.freeze(python))


def test_data_is_real_in_a_stub(stub):
    code = """
        import shop
        a = shop.Article("tea", tags=("x",))
        e = shop.SoldOut("tea", 3)
        print(json.dumps({
            "article": [a.name, a.price, list(a.tags), a.made, a == shop.Article("tea", tags=("x",)), a.colour.value],
            "enum": [shop.Colour.RED.value, shop.Colour("red").name, len(shop.Colour), shop.Mode.FAST == "fast", shop.Size.LARGE.value],
            "error": [isinstance(e, LookupError), isinstance(e, shop.ShopError), e.article, e.left, list(e.args)],
            "far": issubclass(shop.Far, Exception),
            "point": list(shop.Point(1)), "row": shop.Row(a=1), "default": shop.DEFAULT.name,
            "constants": [shop.LIMIT, list(shop.NAMES), shop.SEP, shop.engine, shop.NEW, shop.Counter.kind],
            "version": shop.__version__, "all": shop.__all__, "late": shop.Late.__module__,
            "protocol": [isinstance(type("S", (), {"name": "n", "sell": print})(), shop.Seller),
                         isinstance(object(), shop.Seller)],
        }))
    """
    assert told(stub, code) == {
        "article": ["tea", 1.5, ["x"], [], True, "red"],
        "enum": ["red", "RED", 2, True, 2],
        "error": [True, True, "tea", 3, ["tea", 3]],
        "far": True,
        "point": [1, 0],
        "row": {"a": 1},
        "default": "none",
        "constants": [21, ["a", "b"], "/", None, True, "plain"],
        "version": "1.0",
        "all": ["Colour", "buy", "Late"],
        "late": "shop.later",
        "protocol": [True, False],
    }


def test_signatures_are_the_real_ones(stub):
    code = """
        import inspect, shop, shop.native
        from typing import get_type_hints
        found = [shop.buy, shop.Counter, shop.Counter.make, shop.Counter.add, shop.Seller.sell, shop.native.fast]
        kinds = [inspect.iscoroutinefunction(shop.fetch), inspect.isasyncgenfunction(shop.Counter.stream),
                 isinstance(vars(shop.Counter)["size"], property), get_type_hints(shop.Article)["colour"].__name__]
        print(json.dumps([[str(inspect.signature(each)) for each in found], kinds]))
    """
    assert told(stub, code) == [
        [
            "(article: 'Article', mode: 'Mode' = <Mode.FAST: 'fast'>, *words: 'str', colour: 'Optional[Colour]' = None, **more: 'int') -> 'bool'",
            "(start: 'int', limit: 'int' = 21, *, names=('a', 'b'), spare=Ellipsis) -> 'None'",
            "(word: 'str') -> 'Counter'",
            "(a: 'int', b: 'int') -> 'int'",
            "(self, article: 'Article', *, times: 'int' = 1) -> 'bool'",
            "(a: 'int', b: 'int' = Ellipsis) -> 'int'",
        ],
        [True, True, True, "Colour"],
    ]


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("shop.buy(None)", "shop:buy"),
        ("shop.Counter(1)", "shop:Counter"),
        ("shop.Bare()", "shop:Bare"),
        ("shop.Counter.make('x')", "shop:Counter.make"),
        ("shop.Article('x').gross", "shop:Article.gross"),
        ("shop.Colour.RED.paint()", "shop:Colour.paint"),
        ("asyncio.run(shop.fetch(''))", "shop:fetch"),
        ("list(shop.COMPUTED)", "shop:COMPUTED"),
        ("shop.COMPUTED == []", "shop:COMPUTED"),
        ("shop.LAST + 'x'", "shop:LAST"),
        ("shop.Article('x').parsed.go()", "shop:Article.parsed.go"),
        ("shop.Model2(a=1)", "shop:Model2"),
        ("shop.deco()", "absent_library:deco"),
        ("shop.open_till()", "shop.parts:open_till"),
        ("shop.native.Quick()", "shop.native:Quick"),
    ],
)
def test_behaviour_raises_and_says_how_to_mock_it(stub, expression, named):
    message = raised(stub, f"import shop.native; {expression}")
    assert message.startswith(f"{named} was called, but ")
    assert f'monkeypatch.setattr("{named.replace(":", ".")}", ...)' in message


def test_a_mock_that_a_test_registers_takes_the_place_of_a_stub(stub, tmp_path):
    test = """
        import shop

        def test_mocked(monkeypatch):
            monkeypatch.setattr(shop.Counter, "__init__", lambda self, start: None)
            monkeypatch.setattr(shop.Counter, "add", staticmethod(lambda a, b: a + b))
            monkeypatch.setattr("shop.buy", lambda article: True)
            assert shop.buy(shop.Article("tea"))
            assert shop.Counter(1).add(1, 2) == 3

        def test_subclassed():
            class Own(shop.Seller):
                name = "own"
                def sell(self, article, *, times=1): return True
            assert Own().sell(shop.Article("tea"))
    """
    (tmp_path / "test_mock.py").write_text(dedent(test))
    program = f"import sys, pytest; sys.path.insert(0, {stub.path!r}); sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider']))"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "2 passed" in done.stdout, done.stdout


def test_a_module_that_cannot_be_parsed_is_named(tmp_path):
    with pytest.raises(ReleaseError) as caught:
        stub_wheel(shop(tmp_path, **{"shop/broken.py": "def f(:\n"}), tmp_path / "made")
    (problem,) = caught.value.problems
    assert problem.code == "stub-impossible"
    assert "shop/broken.py" in problem.message
    assert "siblings: real" in problem.hint
