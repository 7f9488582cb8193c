"""Environments that hold what is installed into them and nothing else, an installer neither."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from trainer_release.errors import fail
from trainer_release.world.files import scratch
from trainer_release.world.process import Finished, run
from trainer_release.world.site_packages import sites
from trainer_release.world.venvs import FOREIGN, Venvs

_OF_UV = ("_virtualenv.py", "_virtualenv.pth")  # a change of old distutils that no RECORD names


class Bare(Venvs):
    """Makes environments that hold what is installed into them and nothing else: no pip, no setuptools. Files are
    copies, so that nothing done to them reaches uv's cache; nothing is compiled."""

    def create(self, folder: Path, *, movable: bool = False) -> Path:
        """As Venvs, without what an environment usually begins with."""
        if self.uv:
            python = super().create(folder, movable=movable)
            for place in sites(folder):
                for name in _OF_UV:
                    (place / name).unlink(missing_ok=True)
            return python
        done = run([self.python, "-I", "-m", "venv", "--without-pip", str(folder)], drop=FOREIGN)
        if not done.ok:
            hint = f"try `{self.python} -m venv --without-pip /tmp/try`, or install uv"
            message = f"no virtual environment could be made with {self.python}"
            raise fail("environment-failed", message, hint=hint, context=done.tail)
        return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def bring(
        self,
        python: Path,
        wanted: Sequence[str],
        bounds: Sequence[str],
        resolution: str,
        wait: float,
        *,
        offline: bool = False,
    ) -> Finished:
        """Install requirements within constraints; `resolution` is highest or lowest-direct, which uv alone knows.
        `wait` is in seconds; `offline` takes all from what uv keeps, pip does not heed it."""
        if self.uv:
            words = ["--link-mode", "copy", "--resolution", resolution, *(["--offline"] if offline else [])]
            return self.install(python, [*words, *wanted], constraints=bounds, timeout=wait)
        if resolution != "highest":
            hint = "install uv: pip resolves to the highest versions alone"
            raise fail("environment-failed", f"versions cannot be resolved {resolution} without uv", hint=hint)
        with scratch("pip") as folder:
            alone = _PipElsewhere(self._pip(folder), None)
            return alone.install(python, ["--no-compile", *wanted], constraints=bounds, timeout=wait)

    def _pip(self, folder: Path) -> str:
        """An interpreter that has pip: the one that environments are made of, else one made for it."""
        if self.inspect(Path(self.python), "import pip").ok:
            return self.python
        return str(super().create(folder / "env"))


class _PipElsewhere(Venvs):
    """pip that installs into an environment from without."""

    def _command(self, python: Path, refresh: Sequence[str]) -> list[str]:
        first, isolated, module, pip, *rest = super()._command(python, refresh)
        del first
        return [self.python, isolated, module, pip, "--python", str(python), *rest]
