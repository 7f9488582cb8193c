"""Which distribution brings a module, as far as names tell. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

_NAMED_OTHERWISE = {
    "_pytest": "pytest",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "Crypto": "pycryptodome",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "git": "gitpython",
    "jwt": "pyjwt",
    "magic": "python-magic",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyopenssl",
    "PIL": "pillow",
    "pkg_resources": "setuptools",
    "psycopg2": "psycopg2-binary",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "usb": "pyusb",
    "websocket": "websocket-client",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
"""Modules whose distribution has another name, of those that are met most."""


def distribution_of(module: str, known: Mapping[str, str]) -> str:
    """The distribution that would bring a module: by `known` (packages by import name), else the likeliest."""
    parts = module.split(".")
    names = [".".join(parts[:size]) for size in range(len(parts), 0, -1)]
    found = next((known[name] for name in names if name in known), None)
    return found or _NAMED_OTHERWISE.get(parts[0]) or canonicalize_name(parts[0].strip("_") or parts[0])


def for_extras(requires_dist: Iterable[str]) -> frozenset[str]:
    """The distributions that a wheel requires for an extra alone, by its metadata's lines."""
    found: dict[str, bool] = {}
    for text in requires_dist:
        try:
            asked = Requirement(text)
        except InvalidRequirement:
            continue
        always = asked.marker is None or "extra" not in str(asked.marker)
        name = canonicalize_name(asked.name)
        found[name] = found.get(name, False) or always
    return frozenset(name for name, always in found.items() if not always)


def brought_by(module: str, packages: Iterable[str]) -> bool:
    """Whether one of these distributions is likely to bring the module."""
    top = canonicalize_name(module.partition(".")[0].strip("_"))
    likely = {top, f"python-{top}", f"py{top}", f"{top}-python", distribution_of(module, {})}
    dotted = canonicalize_name(module.replace(".", "-"))
    held = set(packages)
    return bool(likely & held) or ("." in module and any(f"{name}-".startswith(f"{dotted}-") for name in held))
