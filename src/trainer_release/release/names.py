"""How tags, branches and record refs of a release are called."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.version import InvalidVersion, Version

from trainer_release.model.catalog import Catalog
from trainer_release.model.suite import Suite

RECORDS = "refs/trainer-release"


def tag_name(catalog: Catalog, version: str) -> str:
    """The suite tag's name: `release.tag` with the version in it."""
    return catalog.release.tag.replace("{version}", version)


def tag_ref(catalog: Catalog, version: str) -> str:
    """The suite tag's full ref."""
    return f"refs/tags/{tag_name(catalog, version)}"


def tagged_version(catalog: Catalog, ref: str) -> Version | None:
    """The version that a full ref names as a suite tag; None for every other ref, one that only begins alike too."""
    before, _, after = tag_ref(catalog, "{version}").partition("{version}")
    if not (ref.startswith(before) and ref.endswith(after)):
        return None
    try:
        return Version(ref[len(before) : len(ref) - len(after)])
    except InvalidVersion:
        return None


def record_ref(suite: str, version: str) -> str:
    """The ref of a prepared release's record."""
    return f"{RECORDS}/{suite}/{version}"


def recorded_version(suite: str, ref: str) -> Version | None:
    """The version whose record a full ref names; None for every other ref, also one that somebody else put there."""
    head, _, version = ref.rpartition("/")
    try:
        return Version(version) if head == f"{RECORDS}/{suite}" else None
    except InvalidVersion:
        return None


def release_branch(version: str) -> str:
    """The branch that a pull request is made from."""
    return f"release/{version}"


def branch_ref(branch: str | None) -> str:
    """A branch's full ref, empty for a detached HEAD."""
    return f"refs/heads/{branch}" if branch else ""


def module_tags(suite: Suite, names: Iterable[str]) -> tuple[str, ...]:
    """The full refs of module tags, where the catalog wants them, for modules at their versions in `suite`."""
    shape = suite.catalog.release.module_tag
    if shape is None:
        return ()
    chosen = (suite.modules[name] for name in names)
    return tuple(
        "refs/tags/" + shape.replace("{package}", module.package).replace("{version}", module.version)
        for module in chosen
    )
