"""Stages: tests and their pytest configuration, copied to where the source is not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trainer_release.model.testing import TestSource
from trainer_release.world import files

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


@dataclass(frozen=True, slots=True)
class Stage:
    """Where to run pytest: `folder` is the working directory, `target` and `ignore` are below it, posix."""

    folder: Path
    target: str
    ignore: tuple[str, ...] = ()


def configured(folder: Path) -> bool:
    """Whether pytest would take its configuration from this very folder."""
    texts = {name: files.text_or_none(folder / name) for name in _CONFIG}
    return any(text is not None and _CONFIG[name] in text for name, text in texts.items())


def stage(source: TestSource, folder: Path) -> Stage:
    """Copy a source's whole tests folder, so that `tests.helpers` can be imported, and the configuration that counts.

    The tests folder keeps its name and its place below the folder of the configuration; nothing else comes along.
    """
    path = Path(source.path)
    config = Path(source.config) if source.config else path.parent
    top = _tests_folder(path, config)
    below = top.parent.relative_to(config) if top.parent.is_relative_to(config) else Path()
    base = folder / below
    files.copy_tree(top, base / top.name, without=("__pycache__", ".pytest_cache", ".hypothesis"))
    for origin, place in ((config, folder), (top.parent, base)):
        _copy_configuration(origin, place)
    if not configured(folder):
        files.replace_text(folder / "pytest.ini", "")  # or pytest would look for one in the folders above
    within = path.relative_to(top.parent)
    return Stage(base, within.as_posix(), tuple((within / name).as_posix() for name in source.ignore))


def _tests_folder(path: Path, config: Path) -> Path:
    around = (path, *path.parents)
    inside = [folder for folder in around if folder.is_relative_to(config) and folder != config]
    return next((folder for folder in inside if folder.name in FOLDERS), path)


def _copy_configuration(origin: Path, place: Path) -> None:
    for name in (*_CONFIG, "conftest.py"):
        text = files.text_or_none(origin / name)
        if text is not None:
            files.replace_bytes(place / name, text.encode(errors="surrogateescape"))
