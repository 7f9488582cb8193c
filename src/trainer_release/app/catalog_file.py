"""What stands where the catalog should stand: a file of this repository, or a complaint."""

from __future__ import annotations

from pathlib import Path

from trainer_release.errors import ReleaseError, fail
from trainer_release.world.files import kind_of


def checked(place: Path) -> Path:
    """The file at a path, symbolic links followed.

    ReleaseError `catalog-not-a-file` for a folder, a pipe and the like, of which nothing is read; `path-outside` for a
    link that leaves the repository (without git, the folder): what it leads to is in no tag, and is not ours to write.
    """
    kind = kind_of(place)
    if kind != "file":
        hint = "put a file there: take that away, and run `trainer-release init`"
        raise fail("catalog-not-a-file", f"{place.name} is {kind}", hint=hint, path=place.name)
    real = place.resolve()
    if not place.is_symlink():
        return real
    from trainer_release.world.git import open_repository

    git = open_repository(place.parent)
    if not real.is_relative_to(git.root if git else place.parent):
        raise _outside(place, real)
    return real


def _outside(place: Path, real: Path) -> ReleaseError:
    message = f"{place.name} is a symbolic link to {real}, which lies outside the repository"
    hint = f"put the file itself there, or name it: `--catalog {real}`"
    return fail("path-outside", message, hint=hint, path=place.name)
