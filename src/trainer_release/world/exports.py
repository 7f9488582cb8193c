"""What a repository holds at a commit, as files outside of it; and copies of tests without the code around them."""

from __future__ import annotations

import atexit
import shutil
import tarfile
from collections.abc import Collection
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

from trainer_release.world import worktree
from trainer_release.world.cache import Shelf, fingerprint, key_of
from trainer_release.world.files import remove_tree
from trainer_release.world.git import Git

_UNUSED = 14
_CODE = {".py", ".pyc", ".pth", ".so", ".pyd"}


def exported(git: Git, commit: str, inside: str, cache: Path | None) -> Path:
    """A folder with the files of a repository's folder (`inside`, empty: all of it) as they are at a commit. It is kept
    below `cache`, else until this process ends; the repository itself is only read."""

    def made(place: Path) -> tuple[Path, Any]:
        folder = place / f"tree-{uuid4().hex[:8]}"
        folder.mkdir(parents=True)
        archive = place / f"{folder.name}.tar"
        git.do("archive", "--format=tar", f"--output={archive}", f"{commit}:{inside}" if inside else commit)
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        archive.unlink()
        return folder, {"folder": str(folder), "files": fingerprint(folder)}

    def sound(place: Path, said: Any) -> Path | None:
        folder = Path(said["folder"])
        return folder if folder.parent == place and fingerprint(folder) == said["files"] else None

    if cache is None:
        place = Path(mkdtemp(prefix="trainer-release-repository-"))
        atexit.register(remove_tree, place)
        return made(place)[0]
    return Shelf(cache / "test-agent" / "repositories", _UNUSED).having(key_of([commit, inside]), sound, made)


def uncommitted(git: Git, inside: str) -> bool:
    """Whether files of a repository's folder (empty: any) are not as HEAD has them, or not known to git."""
    state = worktree.state(git)
    lead = f"{inside}/" if inside else ""
    return any(path.startswith(lead) for path in (*state.changed, *state.untracked))


def copy_tests(source: Path, target: Path, without: Collection[str]) -> None:
    """Copy a folder of tests. A link becomes what it points to, but for code that lies outside the folder: that would
    be the source, and the wheel is to be tested; and for one that leads back to where it lies."""
    top = source.resolve()
    named = shutil.ignore_patterns(*without)

    def ignored(folder: str, names: list[str]) -> set[str]:
        places = {name: Path(folder, name) for name in names}
        strange = {name for name, place in places.items() if _strange(place, top)}
        return named(folder, names) | strange

    shutil.copytree(top, target, ignore=ignored, dirs_exist_ok=True)


def _strange(place: Path, top: Path) -> bool:
    real = place.resolve()
    if not real.exists():
        return True
    if real.is_dir():
        around = place.parent.resolve()
        return place.is_symlink() and (around.is_relative_to(real) or top.is_relative_to(real))
    return real.suffix in _CODE and not real.is_relative_to(top)
