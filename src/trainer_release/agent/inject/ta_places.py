"""Where a test's temporary files lie: a folder of its own, so that what is left in it is known to be its leak."""

import os
import re
import shutil
import tempfile
from contextlib import suppress
from typing import List, Optional

_NAMES = ("TMPDIR", "TEMP", "TMP")


class Places:
    """Points `tempfile` and TMPDIR at a test's own folder below `top`; fixtures of higher scope get a shared one.

    What a failed test left goes to `kept`, where that is given.
    """

    def __init__(self, top: str, kept: Optional[str] = None) -> None:
        self.top, self.kept = top, kept
        self.shared = os.path.join(top, "s" + os.environ.get("PYTEST_XDIST_WORKER", ""))
        self.folder = top
        self.count = 0
        self.clean = False
        os.makedirs(self.shared, exist_ok=True)
        self.point(top)

    def point(self, folder: str) -> str:
        """Make this folder the one for temporary files; what was it before."""
        before, tempfile.tempdir = tempfile.tempdir, folder
        for name in _NAMES:
            os.environ[name] = folder
        return before or self.top

    def enter(self) -> None:
        """An empty folder for the next test: that of the one before it, where nothing is in it."""
        while not self.clean:
            self.count += 1
            self.folder = os.path.join(self.top, str(self.count))
            try:
                os.mkdir(self.folder)
            except FileExistsError:  # of the worker before this one
                continue
            self.clean = True
        self.point(self.folder)

    def left(self, folder: Optional[str] = None) -> List[str]:
        """The paths of what lies in the test's folder, or in another."""
        place = folder or self.folder
        try:
            return sorted(os.path.join(place, name) for name in os.listdir(place))
        except OSError:  # the test has removed it
            return []

    def leave(self) -> None:
        """The test has ended."""
        self.point(self.top)
        try:
            self.clean = not os.listdir(self.folder)  # else a fixture's, or what nothing can remove
        except OSError:  # the test has removed it
            self.clean = False

    def keep(self, paths: List[str], test: str) -> bool:
        """Move what a failed test left to where its author finds it; whether that could be done."""
        if not self.kept:
            return False
        place = os.path.join(self.kept, re.sub(r"[^\w.-]+", "-", test)[-100:] + "-" + str(self.count))
        os.makedirs(place, exist_ok=True)
        for path in paths:
            shutil.move(path, os.path.join(place, os.path.basename(path)))
        return True


def remove(path: str) -> bool:
    """Remove a file or a tree, write-protected folders included; whether it is gone."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
        if os.path.exists(path):
            for folder, _, _ in os.walk(path):
                os.chmod(folder, 0o700)
            shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            os.unlink(path)
    return not os.path.lexists(path)
