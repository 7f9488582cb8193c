"""Stages: tests and their pytest configuration, copied to where the source is not."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from trainer_release.errors import fail
from trainer_release.model.testing import TestSource
from trainer_release.world import exports, files

FOLDERS = ("tests", "test")
_CONFIG = {
    "pytest.toml": "",
    ".pytest.toml": "",
    "pytest.ini": "",
    ".pytest.ini": "",
    "pyproject.toml": "[tool.pytest",
    "tox.ini": "[pytest]",
    "setup.cfg": "[tool:pytest]",
}
"""pytest's configuration files and what must stand in one for it to count ("Configuration", docs.pytest.org)."""

_CACHES = ("__pycache__", ".pytest_cache", ".hypothesis")
_NOT_FOUND = re.compile(r"No such file or directory: '([^'\n]+)'")
_HINT = "{} is in the repository and not beside the tests here: list it under `stage-also`, or move it below tests/"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where to run pytest: `folder` is the working directory, `target` and `ignore` are below it, posix. `root` is the
    stage's top folder, `source` the one that it stands for."""

    folder: Path
    target: str
    ignore: tuple[str, ...] = ()
    root: Path = Path()
    source: Path = Path()

    def hint(self, text: str) -> str:
        """What to say of a text in which a test did not find a file that the source has; empty where it says no such
        thing."""
        for name in _NOT_FOUND.findall(text):
            place = Path(os.path.normpath(self.folder / name))
            if place.is_relative_to(self.root) and not place.exists():
                below = place.relative_to(self.root)
                if (self.source / below).exists():
                    return _HINT.format(below.as_posix())
        return ""


def configured(folder: Path) -> bool:
    """Whether pytest would take its configuration from this very folder."""
    texts = {name: files.text_or_none(folder / name) for name in _CONFIG}
    return any(text is not None and _CONFIG[name] in text for name, text in texts.items())


def stage(source: TestSource, folder: Path) -> Stage:
    """Copy a source's whole tests folder, so that `tests.helpers` can be imported, and the configuration that counts.

    The tests folder keeps its name and its place below the folder of the configuration; what the source names in
    `also` does, too; nothing else comes along.
    """
    path = Path(source.path)
    config = Path(source.config) if source.config else path.parent
    top = _tests_folder(path, config)
    below = top.parent.relative_to(config) if top.parent.is_relative_to(config) else Path()
    base = folder / below
    exports.copy_tests(top, base / top.name, _CACHES)
    for name in source.also:
        _along(config, folder, name)
    for origin, place in ((config, folder), (top.parent, base)):
        _copy_configuration(origin, place)
    if not configured(folder):
        files.replace_text(
            folder / "pytest.ini", "", lasting=False
        )  # or pytest would look for one in the folders above
    within = path.relative_to(top.parent)
    ignored = tuple((within / name).as_posix() for name in source.ignore)
    return Stage(base, within.as_posix(), ignored, folder, config)


def _along(config: Path, folder: Path, name: str) -> None:
    """Copy what the tests read beside themselves. ReleaseError `stage-missing` where it is not there."""
    place, target = config / name, folder / name
    if place.is_dir():
        files.copy_tree(place, target, without=_CACHES)
    elif place.is_file():
        files.replace_bytes(target, place.read_bytes(), lasting=False)
    else:
        hint = "correct the path under `stage-also`: it is relative to the module's folder"
        raise fail("stage-missing", f"there is no {place}, which is to go along with the tests", hint=hint)


def _tests_folder(path: Path, config: Path) -> Path:
    around = (path, *path.parents)
    inside = [folder for folder in around if folder.is_relative_to(config) and folder != config]
    return next((folder for folder in inside if folder.name in FOLDERS), path)


def _copy_configuration(origin: Path, place: Path) -> None:
    for name in (*_CONFIG, "conftest.py"):
        text = files.text_or_none(origin / name)
        if text is not None:
            files.replace_bytes(place / name, text.encode(errors="surrogateescape"), lasting=False)
