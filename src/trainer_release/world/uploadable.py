"""What installers and indexes refuse in built files, beyond what their metadata says of itself."""

from __future__ import annotations

import base64
import csv
import hashlib
import re
import tarfile
import zipfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from trainer_release.errors import Problem
from trainer_release.world.archives import DAMAGE, invalid, record_bytes
from trainer_release.world.artifacts import Metadata, read_metadata

BOMB_SIZE, BOMB_RATIO = 64 << 20, 50
"""A wheel that unpacks to more bytes, and to so many times its own, is taken for a bomb; PyPI draws the same lines."""

_UNREADABLE = {None, "text/x-rst"}  # Markdown and plain text can always be shown; without a type it is taken for rst
_SIGNATURES = (".dist-info/RECORD", ".dist-info/RECORD.jws", ".dist-info/RECORD.p7s")


def problems(sdist: Path, wheel: Path, *, publish: bool) -> tuple[Problem, ...]:
    """What is wrong with the two files of a package whose metadata can be read. `publish`: they are meant for an index.
    Codes: `artifact-invalid`, `metadata-differs`, `upload-unfit`."""
    found, said = [*_wheel_problems(wheel)], read_metadata(wheel)
    found += [*_disagreements(sdist, read_metadata(sdist), said), *_lacking(sdist, wheel, said.name)]
    found += _unfit(wheel, said) if publish else ()
    return tuple(found)


def _wheel_problems(wheel: Path) -> Iterator[Problem]:
    """Whether it is one archive, no bomb, and holds exactly what its RECORD lists (PEP 427)."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            size = sum(each.file_size for each in members)
            if size > BOMB_SIZE and size > BOMB_RATIO * wheel.stat().st_size:
                yield from invalid(wheel, f"it unpacks to {size} bytes, {BOMB_RATIO} times its own and more").problems
                return
            if not _is_whole(wheel):
                yield from invalid(wheel, "something stands before or behind its archive").problems
            wrong = sorted(_unrecorded(wheel, archive, members))
    except DAMAGE as error:
        yield from invalid(wheel, f"it cannot be read: {error}").problems
        return
    if wrong:
        shown = ", ".join(wrong[:5]) + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
        yield from invalid(wheel, f"its RECORD does not list what it holds: {shown}").problems


def _is_whole(wheel: Path) -> bool:
    """Whether the file begins with an entry and ends with the end of the directory, without a comment."""
    with wheel.open("rb") as file:
        first = file.read(4)
        file.seek(-22, 2)
        last = file.read()
    return first == b"PK\3\4" and last.startswith(b"PK\5\6") and last.endswith(b"\0\0")


def _unrecorded(wheel: Path, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> Iterator[str]:
    rows = csv.reader(record_bytes(wheel).decode(errors="surrogateescape").splitlines())
    listed = {row[0]: row[1] for row in rows if len(row) > 1}
    held = {each.filename: each for each in members if not each.filename.endswith(_SIGNATURES)}
    yield from (path for path in listed if path not in held and not path.endswith(_SIGNATURES))
    for path, member in held.items():
        kind, _, digest = listed.get(path, "").partition("=")
        if kind not in {"sha256", "sha384", "sha512"}:
            yield path
            continue
        with archive.open(member) as file:
            really = hashlib.file_digest(file, kind).digest()  # type: ignore[arg-type]  # it reads, as files do
        if base64.urlsafe_b64encode(really).rstrip(b"=").decode() != digest:
            yield path


def _disagreements(sdist: Path, source: Metadata, built: Metadata) -> Iterator[Problem]:
    """What the sdist does not leave to the build, the wheel says, too (PEP 643)."""
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet

    if not source.complete:
        return
    needs, pythons = (
        [set(map(str, map(Requirement, each.requires_dist))) for each in (source, built)],
        [{str(SpecifierSet(each.requires_python or ""))} - {""} for each in (source, built)],
    )
    fixed = {"Requires-Dist": needs} | ({} if "requires-python" in source.dynamic else {"Requires-Python": pythons})
    for field, (ours, theirs) in fixed.items():
        if ours != theirs:
            texts = (", ".join(sorted(each)) or "nothing" for each in (ours - theirs, theirs - ours))
            yield Problem(
                "metadata-differs",
                "{}: {}: it says {}, its wheel {}".format(sdist.name, field, *texts),
                path=str(sdist),
                hint="state the same for both, or declare the field `dynamic`",
            )


def _lacking(sdist: Path, wheel: Path, name: str) -> Iterator[Problem]:
    """A package of the distribution's own name that the sources have, the wheel has."""
    own = re.sub(r"[-_.]+", "_", name)
    with tarfile.open(sdist, "r:gz") as archive:
        sources = (path for path in archive.getnames() if re.fullmatch(rf"[^/]+/(src/)?{own}(/__init__)?\.py", path))
        source = next(sources, None)
    with zipfile.ZipFile(wheel) as built:
        if source and not any(re.match(rf"([^/]+\.data/(pure|plat)lib/)?{own}[./]", path) for path in built.namelist()):
            yield from invalid(wheel, f"it lacks {own}, which its sdist has: {source.partition('/')[2]}").problems


def _unfit(wheel: Path, said: Metadata) -> Iterator[Problem]:
    """What an index answers with 400 at upload: then others would be published already."""
    private = [each for each in said.classifiers if each.lower().startswith("private ::")]
    if private:
        yield Problem(
            "upload-unfit",
            f"{wheel.name}: it is not to be published: {private[0]}",
            path=str(wheel),
            hint="write `publish: false` at its module in the catalog, or take the classifier out",
        )
    kind = said.description_type and said.description_type.partition(";")[0].strip().lower()
    if said.description and said.description.strip() and kind in _UNREADABLE:
        from readme_renderer import rst

        heard = StringIO()
        if rst.render(said.description, stream=heard) is None:
            first = next(iter(heard.getvalue().splitlines()), "it cannot be read")
            yield Problem(
                "upload-unfit",
                f"{wheel.name}: its description is no reStructuredText that can be shown: {first}",
                path=str(wheel),
                hint="mend the README, or give its type: `readme = {file = …, content-type = …}`",
            )
