"""Read, hash and replace files; a replacement is whole or not at all."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.model.edit import FileEdit

LEFTOVER = ".trainer-release-"
SCRATCH = "trainer-release-"
_ENDING = ".tmp"
"""What names begin with: of a file that is to replace another, until it does; and of temporary folders."""


def read_text(path: Path) -> str:
    """The text of a UTF-8 file with its line ends as they are. OSError and UnicodeDecodeError pass through."""
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def replace_text(path: Path | str, text: str, *, lasting: bool = True) -> None:
    """Replace a file atomically: written beside it, synced, renamed; the old mode is kept, a symlink is followed.

    What can be made again, as a work tree's file from git, need not be `lasting`: a power cut may then bring the old
    file back, and a thousand files take a tenth of a second, not ten.
    """
    replace_bytes(path, text.encode(), lasting=lasting)


def replace_bytes(path: Path | str, data: bytes, *, lasting: bool = True) -> None:
    """As `replace_text`, for bytes."""
    target = str(path)  # a thousand times in a large suite: pathlib and tempfile would take as long as the system
    try:
        mode = os.lstat(target).st_mode
        if stat.S_ISLNK(mode):
            target = os.path.realpath(target)
            mode = os.stat(target).st_mode  # noqa: PTH116
    except FileNotFoundError:
        mode = 0o644
        Path(target).parent.mkdir(parents=True, exist_ok=True)
    folder = os.path.dirname(target)  # noqa: PTH120
    temporary = os.path.join(folder, LEFTOVER + os.urandom(4).hex() + _ENDING)  # noqa: PTH118
    try:
        with open(temporary, "xb", opener=_private) as file:
            file.write(data)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        os.chmod(temporary, stat.S_IMODE(mode))  # noqa: PTH101
        os.replace(temporary, target)  # noqa: PTH105
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    if lasting:
        sync_folder(Path(folder))


def _private(path: str, flags: int) -> int:
    """Open a new file that nobody else may read until it has the mode it is to have."""
    return os.open(path, flags, 0o600)


def remove_leftovers(folders: Iterable[Path]) -> None:
    """Remove what a run that was killed while it replaced a file has left beside it. Only under the suite's lock."""
    for folder in folders:
        for leftover in folder.glob(f"{LEFTOVER}{8 * '[a-z0-9_]'}{_ENDING}"):
            if leftover.is_file():
                leftover.unlink(missing_ok=True)


def write_edits(root: Path, edits: Iterable[FileEdit]) -> None:
    """Make edits below a folder. Where a file no longer says what it said when it was read, that is somebody's newer
    text: then `file-changed` names each, and nothing is written."""
    ready = tuple(edits)
    changed = [edit.path for edit in ready if text_or_none(f"{root}/{edit.path}") != edit.before]
    if changed:
        hint = "run the command again: it reads the files anew"
        raise ReleaseError(*(Problem("file-changed", f"{p} was changed meanwhile", p, hint=hint) for p in changed))
    for edit in ready:
        replace_text(f"{root}/{edit.path}", edit.after, lasting=False)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256(path: Path) -> str:
    """The hex digest of a file's bytes."""
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_tree(path: Path) -> None:
    """Remove a folder and all in it, if it is there."""
    shutil.rmtree(path, ignore_errors=True)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, where they are not there."""
    path.mkdir(parents=True, exist_ok=True)


def copy_tree(source: Path, target: Path, *, without: Collection[str] = (), not_at_top: Collection[str] = ()) -> None:
    """Copy a folder. Entries of these names (patterns) are left out, at every depth or at the top alone; a link
    becomes what it points to."""
    everywhere, top = shutil.ignore_patterns(*without), shutil.ignore_patterns(*without, *not_at_top)

    def ignored(folder: str, names: list[str]) -> set[str]:
        gone = {name for name in names if not Path(folder, name).exists()}  # links that lead nowhere
        return gone | (top if Path(folder) == source else everywhere)(folder, names)

    shutil.copytree(source, target, ignore=ignored, dirs_exist_ok=True)


def copy_inside(root: Path, inside: str, target: Path, without: Collection[str], not_at_top: Collection[str]) -> Path:
    """Copy a folder of a workspace, as `copy_tree` does, to its place below `target`, and return that. What lies around
    it is there, too: copies of the files beside it and above, links to the folders."""
    here, there, ignored = root, target, shutil.ignore_patterns(*without)
    for part in Path(inside).parts:
        there.mkdir(parents=True)
        names = [entry.name for entry in here.iterdir() if entry.name != part]
        for name in sorted(set(names) - ignored(str(here), names)):
            if (here / name).is_dir():
                (there / name).symlink_to(here / name)
            elif (here / name).is_file():
                shutil.copy2(here / name, there / name)
        here, there = here / part, there / part
    copy_tree(here, there, without=without, not_at_top=not_at_top)
    return there


def copy_file(source: Path, target: Path) -> None:
    """Copy a file's bytes; the target appears whole, and whoever needs it later looks at its hash."""
    replace_bytes(target, source.read_bytes(), lasting=False)


@contextmanager
def scratch(prefix: str) -> Iterator[Path]:
    """A temporary folder outside every repository, removed at the end; its name tells whose it is."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix=f"{SCRATCH}{prefix}-{os.getpid()}-")).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_PRUNED = {"node_modules", "__pycache__", "build", "dist", "site-packages"}
_ENVIRONMENT = "pyvenv.cfg"


def find_named(root: Path, *names: str) -> Iterator[str]:
    """Every file of one of these names below a folder: its path relative to that, posix, sorted by folder. Hidden
    folders, build outputs and environments are passed over, symbolic links to folders are not followed.
    """
    waiting, wanted = [""], {*names, _ENVIRONMENT}
    while waiting:
        lead = waiting.pop()
        files, folders = _entries(f"{root}/{lead}", wanted)
        if _ENVIRONMENT in files and lead:
            continue
        if files:
            yield from (lead + name for name in names if name in files)
        if folders:
            waiting += [f"{lead}{name}/" for name in sorted(folders, reverse=True)]


def _entries(folder: str, wanted: Collection[str]) -> tuple[list[str], list[str]]:
    """The wanted files and the folders to look into in a folder; nothing of one that cannot be looked into."""
    files: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                name = entry.name
                if entry.is_dir(follow_symlinks=False):
                    if name not in _PRUNED and name[0] != ".":
                        folders.append(name)
                elif name in wanted:
                    files.append(name)
    except OSError:
        pass  # as os.walk does: what lies there is nobody's module
    return files, folders


_KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}


def kind_of(path: Path) -> str | None:
    """What stands at a path: `file`, or in words what else; None for nothing. Nothing is opened, so nothing hangs."""
    try:
        return _KINDS.get(stat.S_IFMT(path.stat().st_mode), "a device")
    except OSError:
        dangles = os.path.islink(path)  # noqa: PTH114 - Path's own one raises where a folder may not be searched
        return "a symbolic link that leads nowhere" if dangles else None


def is_file(path: str) -> bool:
    """Whether there is a regular file, or a link to one."""
    return os.path.isfile(path)  # noqa: PTH113 - a thousand times in a large suite


def is_link(path: str) -> bool:
    """Whether a symbolic link stands there."""
    return os.path.islink(path)  # noqa: PTH114 - as above


def text_or_none(path: Path | str) -> str | None:
    """The text of a regular file, None where there is none; bytes that are no UTF-8 survive as surrogates.

    ReleaseError `file-unreadable` where the file is there and the system does not give it.
    """
    name = str(path)  # a suite of a thousand modules asks three thousand times: pathlib would take most of it
    try:
        if not stat.S_ISREG(os.stat(name).st_mode):  # noqa: PTH116
            return None
    except OSError:
        return None
    try:
        with open(name, "rb", buffering=0) as file:  # noqa: PTH123
            return file.read().decode(errors="surrogateescape")
    except OSError as error:
        path = Path(path)
        shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
        message = f"{shown} cannot be read: {error.strerror}"
        hint = f"give yourself the right to read it: `ls -l {shown}` shows whose it is"
        raise fail("file-unreadable", message, hint=hint, path=str(shown)) from error


def keep_text(name: str, text: str) -> Path:
    """Write a text into a new folder below the machine's temporary one, for a person to look at; its path."""
    import tempfile

    path = Path(tempfile.mkdtemp(prefix="trainer-release-")) / name
    replace_text(path, text)
    return path
