"""Names that are a test's own, over all sessions and workers at once, and a working folder and variables put back."""

import os
from collections import Counter
from typing import Any, Dict, Generator, Optional

import ta_order
from ta_config import Settings

LEVELS = ("full", "namespace", "session")
MARKER = "isolated(level=...): full (in a forked child), namespace or session; what the fixture `namespace` gives"


class Namespace:
    """A prefix and names made of it. `level` full: variables and the working folder are put back after the test;
    namespace: the names alone are the test's; session: the names are the whole session's."""

    def __init__(self, prefix: str, level: str) -> None:
        self.prefix = prefix
        self.program_prefix = prefix
        self.session_id = prefix + "_session"
        self.level = level

    def name(self, what: str) -> str:
        """A name of this namespace: `database` is `<prefix>_database`."""
        return "{}_{}".format(self.prefix, what)

    def __str__(self) -> str:
        return self.prefix


class Names:
    """Makes prefixes: from the run's token and from (seed, test), so that a run that is repeated draws the same."""

    def __init__(self, settings: Settings) -> None:
        self.seed = settings["seed"]
        run = settings.info.get("namespace") or settings["run"]
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        known = (run, settings["events"]) if run else (os.urandom(16).hex(),)
        self.token = "ta_" + digits(8, *known, worker)
        self.drawn: Dict[str, int] = Counter()

    def prefix(self, test: Optional[str]) -> str:
        """The prefix of a test, another each time it runs; of the session where no test is named."""
        if test is None:
            return self.token
        self.drawn[test] += 1
        return "{}_{}".format(self.token, digits(10, self.seed, test, self.drawn[test]))


def digits(count: int, *parts: object) -> str:
    """A few hexadecimal digits that these values alone decide."""
    return "{:064x}".format(ta_order.number(*parts))[:count]


def level_of(item: Any, usual: str) -> str:
    """The level that a test's marker asks for, else the usual one of its layer."""
    mark = item.get_closest_marker("isolated")
    if mark is None:
        return usual
    return str(mark.kwargs.get("level", mark.args[0] if mark.args else "full"))


def entered(names: Names, item: Any, usual: str) -> Generator[Namespace, None, None]:
    """The namespace of a test while it runs; its prefix is TA_NAMESPACE for the test's processes."""
    level = level_of(item, usual)
    space = Namespace(names.prefix(None if level == "session" else item.nodeid), level)
    variables, folder = dict(os.environ), os.getcwd()
    os.environ["TA_NAMESPACE"] = space.prefix
    yield space
    if level == "full":
        os.chdir(folder)
        for name in set(os.environ) - set(variables):
            del os.environ[name]
        os.environ.update(variables)
    elif "TA_NAMESPACE" in variables:
        os.environ["TA_NAMESPACE"] = variables["TA_NAMESPACE"]
    else:
        os.environ.pop("TA_NAMESPACE", None)
