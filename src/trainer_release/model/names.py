"""The name of a distribution in the one spelling that stands for all (PEP 503)."""

from __future__ import annotations

from functools import lru_cache

from packaging.utils import NormalizedName
from packaging.utils import canonicalize_name as _canonicalize_name


@lru_cache(16384)
def canonicalize_name(name: str) -> NormalizedName:
    """The canonical name: a suite of a thousand modules asks for each one thirty times."""
    return _canonicalize_name(name)
