"""How tags, branches and record refs of a release are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from trainer_release.suite.mounts import split

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trainer_release.model.catalog import Catalog
    from trainer_release.model.record import Record
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
    return shaped_version(tag_ref(catalog, "{version}"), ref)


def shaped_version(shape: str, name: str) -> Version | None:
    """The version in a name of this shape, which has `{version}` in it; None for every other name."""
    before, _, after = shape.partition("{version}")
    if not (name.startswith(before) and name.endswith(after)):
        return None
    try:
        return Version(name[len(before) : len(name) - len(after)])
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


def lease_ref(suite: str) -> str:
    """The ref on the remote that says which run pushes and uploads; `lease` is no version, so it is no record's."""
    return f"{RECORDS}/{suite}/lease"


def release_branch(version: str) -> str:
    """The branch that a pull request is made from."""
    return f"release/{version}"


def branch_ref(branch: str | None) -> str:
    """A branch's full ref, empty for a detached HEAD."""
    return f"refs/heads/{branch}" if branch else ""


def home(suite: Suite, name: str) -> str:
    """The repository of a module; empty: the catalog's own."""
    return split(suite.modules[name].path or "")[0]


def recorded_tags(catalog: Catalog, record: Record) -> tuple[str, ...]:
    """The full refs of the module tags that a prepared release may have set, in whatever repository."""
    shape = catalog.release.module_tag or ""
    published = (module for module in record.modules.values() if module.published and shape)
    return tuple(f"refs/tags/{_filled(shape, module.package, module.version)}" for module in published)


def _filled(shape: str, package: str, version: str) -> str:
    return shape.replace("{package}", package).replace("{version}", version)


def module_tags(suite: Suite, names: Iterable[str], repository: str = "") -> tuple[str, ...]:
    """The full refs of module tags in one repository, where the catalog wants them, for modules at their versions in
    `suite`."""
    shape = suite.catalog.release.module_tag
    if shape is None:
        return ()
    chosen = (suite.modules[name] for name in names if home(suite, name) == repository)
    return tuple(f"refs/tags/{_filled(shape, module.package, module.version)}" for module in chosen)
