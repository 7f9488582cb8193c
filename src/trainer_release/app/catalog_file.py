"""What stands where the catalog should stand: a file of this repository, or a complaint."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from trainer_release.errors import ReleaseError, fail
from trainer_release.world.files import is_link, kind_of


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
        raise _outside(place.name, real, f"put the file itself there, or name it: `--catalog {real}`")
    return real


def refuse_links(root: Path, paths: Iterable[str]) -> None:
    """ReleaseError `path-outside` for every file below a folder that is a link out of the repository."""
    for path in paths:
        if is_link(f"{root}/{path}"):
            from trainer_release.world.git import open_repository

            git, real = open_repository(root), (root / path).resolve()
            if not real.is_relative_to(git.root if git else root):
                raise _outside(path, real, "put the file itself there")


def _outside(path: str, real: Path, hint: str) -> ReleaseError:
    message = f"{path} is a symbolic link to {real}, which lies outside the repository"
    return fail("path-outside", message, hint=hint, path=path)
