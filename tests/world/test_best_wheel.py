"""Of the wheels that an index lists, the one that an installer would take here."""

from __future__ import annotations

from packaging.tags import sys_tags

from trainer_release.model.index import IndexFile
from trainer_release.world.wheels import best_wheel


def chosen(*names):
    found = best_wheel([IndexFile(name, "u", None) for name in names])
    return found.name if found else None


def test_the_most_specific_wheel_that_fits_is_taken():
    special = f"x-1-{next(iter(sys_tags()))}.whl"
    assert chosen("x-1-py3-none-any.whl", special, "x-1.tar.gz") == special
    assert chosen("x-1-py3-none-any.whl", "x-1-cp35-cp35m-win32.whl") == "x-1-py3-none-any.whl"
    assert chosen("x-1-py2.py3-none-any.whl") == "x-1-py2.py3-none-any.whl"


def test_where_no_wheel_fits_there_is_none():
    assert chosen() is None
    assert chosen("x-1.tar.gz", "x-1-cp35-cp35m-win32.whl") is None
