"""Runs in a build environment: may a backend be imported ahead of the builds, and what does a build of it import?

`guard.py examine.py BACKEND`, in an empty folder. Answers, as the last line of the output, JSON: `objections`, what the
import does that would differ in, or be seen by, a later fork, none for a sound backend; `modules`, the names that
building a tiny project imports from the environment and the standard library, in their order.
"""

import importlib
import json
import os
import signal
import sys
import sysconfig
import threading
from pathlib import Path
from typing import Any, Dict, Iterable, List, Set

DEMO = """
[build-system]
requires = []
[project]
name = "demo"
version = "1.0"
description = "a demo"
readme = "README.md"
requires-python = ">=3.9"
authors = [{ name = "The authors", email = "a@demo.example" }]
classifiers = ["Programming Language :: Python :: 3"]
dependencies = ["other>=1,<2; python_version < '4'"]
optional-dependencies.more = ["other[more]~=1.0"]
urls.Source = "https://demo.example"
scripts.demo = "demo:main"
"""
_HOOKS = ("get_requires_for_build_sdist", "build_sdist", "get_requires_for_build_wheel", "build_wheel")
_STARTS = {"os.fork", "os.forkpty", "os.posix_spawn", "os.system", "subprocess.Popen", "socket.connect", "socket.bind"}
_LOOKS = {"open", "os.listdir", "os.scandir", "os.chdir"}
_EVER = frozenset(sys.modules)


def imported(backend: str) -> List[str]:
    """What building a demo project imports. A fork does it: this process stays as it was."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            _build_demo(backend)
        finally:
            os.write(writer, json.dumps(_own_modules()).encode())
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    os.waitpid(pid, 0)
    names: List[str] = json.loads(text or "[]")
    return names


def _build_demo(backend: str) -> None:
    """A project that any backend of PEP 621 can build; where one cannot, what it imported until then is known."""
    os.makedirs("src/demo")
    Path("src/demo/__init__.py").write_text('"""A demo."""\n')
    Path("README.md").write_text("# A demo\n")
    Path("pyproject.toml").write_text(DEMO)
    module, _, inside = backend.partition(":")
    hooks: Any = importlib.import_module(module)
    for name in filter(None, inside.split(".")):
        hooks = getattr(hooks, name)
    os.mkdir("out")
    for name in _HOOKS:
        if hasattr(hooks, name):
            getattr(hooks, name)(*(["out"] if name.startswith("build") else []))


def _own_modules() -> List[str]:
    """The imported modules that lie in this environment or in the standard library."""
    homes = tuple(os.path.join(sysconfig.get_path(name), "") for name in ("purelib", "platlib", "stdlib", "platstdlib"))
    found = []
    for name, module in list(sys.modules.items()):
        if name in _EVER:
            continue
        origin = getattr(getattr(module, "__spec__", None), "origin", None) or ""
        if origin in ("built-in", "frozen") or origin.startswith(homes):
            found.append(name)
    return found


class Watch:
    """Notes what an import does beyond making modules."""

    def __init__(self) -> None:
        self.seen: Set[str] = set()
        self._here = os.getcwd()
        self._before = self._state()
        self._on = True
        sys.addaudithook(self._heard)
        self._getcwd, os.getcwd = os.getcwd, self._asked

    def end(self) -> List[str]:
        """The objections."""
        self._on = False
        os.getcwd = self._getcwd
        after = self._state()
        self.seen |= {"changes " + name for name, value in self._before.items() if after[name] != value}
        return sorted(self.seen)

    def _asked(self) -> str:
        self.seen.add("asks for the current folder")
        return self._getcwd()

    def _heard(self, event: str, words: Any) -> None:
        if not self._on:
            return
        if event in _STARTS:
            self.seen.add("calls " + event)
        elif event in _LOOKS and isinstance(words[0], str) and not os.path.isabs(words[0]):
            self.seen.add("looks for {!r} in the current folder".format(words[0]))

    def _state(self) -> Dict[str, Any]:
        mask = os.umask(0o022)
        os.umask(mask)
        tasks = "/proc/self/task"
        try:
            os.waitpid(-1, os.WNOHANG)
            children = True
        except ChildProcessError:
            children = False
        return {
            "the current folder": os.path.realpath("."),
            "the environment": dict(os.environ),
            "the umask": mask,
            "signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)],
            "standard streams": [id(sys.stdin), id(sys.stdout), id(sys.stderr)],
            "the number of threads": (threading.active_count(), os.path.isdir(tasks) and len(os.listdir(tasks))),
            "the number of children": children,
        }


def objections(names: Iterable[str]) -> List[str]:
    """What speaks against importing these ahead."""
    watch = Watch()
    for name in names:
        try:
            importlib.import_module(name)
        except BaseException:  # noqa: BLE001, S112 (a job will see it again, and say it)
            continue
    return watch.end()


def main(backend: str) -> None:
    """Answer on standard output."""
    names = imported(backend)
    module = backend.partition(":")[0]
    against = objections([module, *names])
    sys.stdout.flush()
    os.write(1, "\n{}\n".format(json.dumps({"objections": against, "modules": names})).encode())


if __name__ == "__main__":
    main(sys.argv[1])
