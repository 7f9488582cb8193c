"""Which version each module takes, and which versions can be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from trainer_release.errors import ReleaseError, fail
from trainer_release.suite.catalog.source import shown
from trainer_release.suite.catalog.values import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trainer_release.model.catalog import Catalog


def check_argument(version: str, like: str = "1.0.0") -> None:
    """Refuse (`version-invalid`, exit 2) what is no version in canonical spelling (PEP 440).

    The hint proposes that spelling. Also refused: epochs, local versions, and a final version with fewer
    numbers than `like` has (`1.0` beside `1.0.0` is the same version under another name). `like` is best the
    suite's version until now.
    """
    spelled = canonical(version)
    if spelled is None:
        proposed = canonical(version.strip().lstrip("-"))
        hint = f"write {_written_out(proposed, like)}" if proposed else "write a version such as 1.2.0 or 1.2.0rc1"
        raise _refused(f'"{shown(version)}" is no version (PEP 440)', hint)
    wanted = _written_out(spelled, like)
    if wanted == version:
        return
    said = "is not in canonical spelling" if spelled != version else "is not written out"
    if Version(spelled).epoch or Version(spelled).local:
        said = "has an epoch or a local part, which is no version to publish"
    raise _refused(f'"{shown(version)}" {said}', f"write {wanted}")


def _refused(message: str, hint: str) -> ReleaseError:
    return fail("version-invalid", message, hint=hint)


def _written_out(spelled: str, like: str) -> str:
    version = Version(spelled)
    public = version.public.rpartition("!")[2]
    if version.is_prerelease or version.is_postrelease:
        return public
    return public + ".0" * (len(Version(like).release) - len(version.release))


def targets(catalog: Catalog, version: str, names: Iterable[str]) -> dict[str, str]:
    """The version that each module takes in suite version `version`; `names` leaves the umbrella out.

    The row decides. Without one, `fixed` gives every module the suite's version, members of a group their
    group's; `independent` raises `row-missing` (exit 3) with the row to write. A row that lacks a name is
    `row-incomplete`.
    """
    wanted = list(names)
    row = catalog.rows.get(version)
    if row is not None:
        missing = [name for name in wanted if name not in row.modules]
        if missing:
            message = f'row "{version}" does not name {", ".join(missing)}'
            hint = f'add `{missing[0]}: "…"` to the row'
            raise fail("row-incomplete", message, hint=hint, path=catalog.path, line=row.mark.line)
        return {name: row.modules[name] for name in wanted}
    if catalog.release.versioning == "independent":
        message = f'`compatibility` has no row "{version}", and versioning is independent'
        raise fail("row-missing", message, hint=_row_to_write(catalog, version, wanted), path=catalog.path)
    return {name: _of_group(catalog, name) or version for name in wanted}


def _of_group(catalog: Catalog, name: str) -> str | None:
    listed = catalog.modules.get(name)
    return catalog.groups[listed.group].version if listed and listed.group else None


def _row_to_write(catalog: Catalog, version: str, names: Iterable[str]) -> str:
    known = {name: listed.version for name, listed in catalog.modules.items()}
    lines = [f'    {name}: "{known.get(name) or version}"' for name in names]
    return "\n".join(["write under `compatibility:`, with the versions that move:", f'  "{version}":', *lines])
