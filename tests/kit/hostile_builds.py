"""Suites whose modules bring a build backend of their own, which may do whatever a test wants; they need no index."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from kit.repo import Repository, repository

BACKEND = dedent("""
    import base64, hashlib, io, os, socket, sys, tarfile, zipfile
    NAME, VERSION, HEADERS, BODY, ADDED = "mill-MODULE", "1.0.0", "", "", ""

    def text(added=""):
        return f"Metadata-Version: 2.2\\nName: {NAME}\\nVersion: {VERSION}\\n{HEADERS}{added}\\n{BODY}\\n"

    def stem():
        return f"{NAME.replace('-', '_')}-{VERSION}"

    def build_sdist(out, settings=None):
        with tarfile.open(os.path.join(out, stem() + ".tar.gz"), "w:gz") as archive:
            for name in ("pyproject.toml", "backend.py", "mill_MODULE.py"):
                archive.add(name, f"{stem()}/{name}")
            info, data = tarfile.TarInfo(stem() + "/PKG-INFO"), text().encode()
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        return stem() + ".tar.gz"

    def contents():
        return {"mill_MODULE.py": "x = 1\\n"}

    def record(files, info):
        hashes = {path: hashlib.sha256(said.encode()).digest() for path, said in files.items()}
        lines = [f"{path},sha256={base64.urlsafe_b64encode(each).rstrip(b'=').decode()}," for path, each in hashes.items()]
        return "\\n".join([*lines, info + "/RECORD,,", ""])

    def spoil(archive):
        pass

    def after(path):
        pass

    def build_wheel(out, settings=None, metadata=None):
        info, name = stem() + ".dist-info", stem() + "-py3-none-any.whl"
        files = {**contents(), info + "/METADATA": text(ADDED), info + "/WHEEL": "Wheel-Version: 1.0\\nTag: py3-none-any\\n"}
        files[info + "/RECORD"] = record(files, info)
        with zipfile.ZipFile(os.path.join(out, name), "w", zipfile.ZIP_DEFLATED) as archive:
            for path, said in files.items():
                archive.writestr(path, said)
            spoil(archive)
        after(os.path.join(out, name))
        return name
    """)
PROJECT = """[build-system]
requires = [{requires}]
build-backend = "backend"
backend-path = ["."]
[project]
name = "mill-{name}"
version = "1.0.0"
"""


def suite(folder: Path, faults: Mapping[str, str], *, requires: str = "") -> Repository:
    """A repository with a module for each fault: by its name, what is added to the code of its backend."""
    listed = "".join(f'  {name}: {{version: "1.0.0", path: {name}}}\n' for name in faults)
    files = {"versions.yaml": f'mill: {{version: "1.0.0"}}\nmodules:\n{listed}', ".gitignore": "dist/\n"}
    for name, code in faults.items():
        files[f"{name}/pyproject.toml"] = PROJECT.format(name=name, requires=requires)
        files[f"{name}/backend.py"] = (BACKEND + code).replace("MODULE", name)
        files[f"{name}/mill_{name}.py"] = "x = 1\n"
    return repository(folder, files)
