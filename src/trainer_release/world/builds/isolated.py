"""Isolated builds: PyPA build's front end (PEP 517) in shared environments, under fixed conditions."""

from __future__ import annotations

import os
import signal
import subprocess
import tarfile
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from trainer_release.errors import ReleaseError, fail
from trainer_release.world.builds import uv_build
from trainer_release.world.builds.profile import guarded, imports_ahead
from trainer_release.world.builds.shared import Environments
from trainer_release.world.builds.workers import Call, Workers, possible
from trainer_release.world.process import Finished, run
from trainer_release.world.venvs import FOREIGN

if TYPE_CHECKING:
    from build import ProjectBuilder

Kind = Literal["sdist", "wheel"]
Answer = TypeVar("Answer")
_SUFFIX = {"sdist": ".tar.gz", "wheel": ".whl"}
_FIXED = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "PYTHONNOUSERSITE": "1",
    "PYTHONIOENCODING": "utf-8",
}
_SECRET = ("TWINE_", "UV_PUBLISH_", "ACTIONS_ID_TOKEN_")
_BACKEND, _IN_TREE = "_PYPROJECT_HOOKS_BUILD_BACKEND", "_PYPROJECT_HOOKS_BACKEND_PATH_JSON"
_STRAY = (*FOREIGN, "PYTHONOPTIMIZE", "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE")


class Backend:
    """Calls the build backend of one package: on its source folder, or on the extracted sdist."""

    def __init__(
        self,
        environments: Environments,
        workers: Workers | None,
        source: Path,
        scratch: Path,
        epoch: int,
        timeout: float,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._environments = environments
        self._workers = workers
        self._source = source
        self._name = source.name
        self._scratch = scratch  # backends that fail leave temporary files: they go with it
        self._epoch = epoch
        self._timeout = timeout
        self._env = dict(env or {})
        self._python = Path()
        self._last: Finished | None = None

    def build(self, tree: Path, kind: Kind, out: Path) -> Path:
        """Build one artifact into a new folder, in an environment that holds every requirement."""
        out.mkdir()
        self._last = None
        project = self._calling(tree, kind, lambda: self._project(tree))
        self._python = self._environments.having(project.build_system_requires)
        extra = self._calling(tree, kind, lambda: project.get_requires_for_build(kind))
        self._python = self._environments.having(project.build_system_requires | extra)
        self._calling(tree, kind, lambda: project.build(kind, out))
        built = sorted(out.iterdir())
        if len(built) != 1 or not built[0].name.endswith(_SUFFIX[kind]):
            found = ", ".join(path.name for path in built) or "nothing"
            raise fail(
                "build-incomplete",
                f"{self._name}: one {kind} ({_SUFFIX[kind]}) was to be built, the backend left {found}",
                hint="configure the backend so that it makes exactly one",
                context=self._last.tail if self._last else (),
            )
        return built[0]

    def _project(self, tree: Path) -> ProjectBuilder:
        import pyproject_hooks
        from build import ProjectBuilder

        said = getattr(pyproject_hooks, "BuildBackendWarning", None)  # from 1.3 on it repeats a backend's warnings here
        if said:
            warnings.simplefilter("ignore", said)
        return ProjectBuilder(tree, "python", self._run)  # which interpreter it is, `_run` knows

    def _calling(self, tree: Path, kind: Kind, call: Callable[[], Answer]) -> Answer:
        """Do something with PyPA build and turn its complaints into ours."""
        from build import BuildBackendException, BuildException

        try:
            return call()
        except (BuildException, BuildBackendException) as error:
            raise self._complaint(kind, str(error), extracted=tree != self._source) from error

    def _complaint(self, kind: Kind, said: str, *, extracted: bool) -> ReleaseError:
        context = self._last.tail if self._last else ()
        if self._last is not None and self._last.code is None:
            return fail(
                "build-timeout",
                f"{self._name}: building the {kind} took longer than {self._timeout:g} s",
                hint=f"find what waits: `python -m build` in {self._name}",
                context=context,
            )
        origin = " from the extracted sdist" if extracted else ""
        lacking = "does the sdist hold every file that the wheel needs?"
        return fail(
            "build-failed",
            f"{self._name}: the {kind} could not be built{origin}: {said}",
            hint=lacking if extracted else "mend what the backend names",
            context=context,
        )

    def _run(self, cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None) -> None:
        """Run a backend's hook: fixed time, seed and locale, no credentials."""
        dropped = (*_STRAY, *(name for name in os.environ if name.startswith(_SECRET)))
        fixed = {
            "SOURCE_DATE_EPOCH": str(self._epoch),
            "PATH": f"{self._python.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        }
        common = {key: value for key, value in os.environ.items() if key not in dropped} | _FIXED | fixed
        env = {**common, **(extra_environ or {}), **self._env, **_FIXED, **fixed, "TMPDIR": str(self._scratch)}
        call = Call((str(self._python), *cmd[1:]), cwd or os.curdir, env, self._timeout)
        plain = guarded(*call.argv) if possible() else call.argv  # what it leaves behind is ended
        self._last = self._forked(call, common) or run(
            plain, cwd=Path(call.cwd), env=env, drop=dropped, timeout=call.timeout
        )
        if not self._last.ok:
            raise subprocess.CalledProcessError(self._last.code or -1, list(call.argv))

    def _forked(self, call: Call, common: Mapping[str, str]) -> Finished | None:
        """The call done by a worker, or by uv_build's own binary. None where none can do it, and where it failed there:
        what a new interpreter says of it counts. A second try has no sense where time ran out, or after a KILL."""
        python, backend = call.argv[0], call.env.get(_BACKEND)
        if self._workers is None or backend is None or _IN_TREE in call.env or _read_at_start(self._env):
            return None
        if backend == uv_build.NAME:
            return uv_build.call_binary(call)
        modules = imports_ahead(python, backend, self._environments.notes(python), common)
        key = (python, backend, call.env["SOURCE_DATE_EPOCH"])
        done = None if modules is None else self._workers.run(call, modules, common, key)
        return done if done is None or done.code in (0, None, -signal.SIGKILL) else None


def requirements(source: Path) -> frozenset[str]:
    """What pyproject.toml names for its build; nothing where it cannot be read: the build will say it."""
    from build import BuildException, ProjectBuilder

    try:
        return frozenset(ProjectBuilder(source).build_system_requires)
    except (BuildException, OSError):
        return frozenset()


def _read_at_start(names: Iterable[str]) -> bool:
    """Whether an interpreter, or the system's loader, reads one of these variables when it starts, and never again."""
    return any(name.startswith(("PYTHON", "LC_", "LANG", "LD_", "DYLD_")) for name in names)


def unpack(sdist: Path, folder: Path, name: str) -> Path:
    """Extract an sdist safely (PEP 706), return its one top folder. `name` is for complaints."""
    folder.mkdir()
    try:
        with tarfile.open(sdist, "r:gz") as archive:
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise fail("artifact-invalid", f"{name}: {sdist.name} cannot be extracted: {error}") from error
    tops = list(folder.iterdir())
    if len(tops) != 1 or not tops[0].is_dir():
        found = ", ".join(sorted(top.name for top in tops)) or "nothing"
        raise fail("build-incomplete", f"{name}: {sdist.name} must hold one top folder, it holds {found}")
    return tops[0]
