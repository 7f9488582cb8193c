"""A suite of which only the catalog and the tests together are here: its modules lie on an index, in several versions."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kit.index import answering, make_wheel

SIX = tuple("abcdef")


@contextmanager
def house(folder: Path) -> Iterator[str]:
    """An index of the wheels in a folder; its simple address. A file `x.whl.yanked` beside one yanks it."""

    def listed(package: str) -> list[dict[str, object]]:
        found = sorted(folder.glob(f"{package.replace('-', '_')}-*.whl"))
        return [
            {
                "filename": path.name,
                "url": f"/files/{path.name}",
                "hashes": {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()},
                "yanked": path.with_name(f"{path.name}.yanked").exists(),
            }
            for path in found
        ]

    def answer(path: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
        name = path.strip("/").rpartition("/")[2]
        if path.startswith("/files/"):
            return 200, {"Content-Type": "application/zip"}, (folder / name).read_bytes()
        files = listed(name)
        page = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
        kind = {"Content-Type": "application/vnd.pypi.simple.v1+json"}
        return (200 if files else 404), kind, json.dumps(page).encode()

    with answering(answer) as url:
        yield f"{url}simple/"


def put(folder: Path, name: str, versions: Iterable[str], requires: Iterable[str] = ()) -> None:
    """Module `name` on that index, in several versions."""
    for version in versions:
        make_wheel(folder, f"kit-{name}", version, requires)


def suite(folder: Path, rows: Mapping[str, Mapping[str, str]], test: str, now: str) -> Path:
    """The catalog with these rows, at `now`, and one test of the modules together, whose body is `test`."""
    names = dict.fromkeys(name for row in rows.values() for name in row)
    lines = [f'kit: {{version: "{now}"}}', "modules:"]
    lines += [f'  {name}: {{version: "{rows[now][name]}", package: kit-{name}}}' for name in names]
    lines += ["compatibility:"]
    for version, row in rows.items():
        lines.append(f'  "{version}": {{' + ", ".join(f'{name}: "{said}"' for name, said in row.items()) + "}")
    (folder / "tests/integration").mkdir(parents=True)
    (folder / "versions.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    imports = "\n".join(f"import kit_{name}" for name in names)
    versions = "v = {" + ", ".join(f'"{name}": kit_{name}.__version__' for name in names) + "}"
    text = f"{imports}\n\n{versions}\n\n\ndef test_together():\n    {test}\n"
    (folder / "tests/integration/test_together.py").write_text(text, encoding="utf-8")
    return folder


def own_cache(folder: Path) -> dict[str, str]:
    """The variables for a cache of our own: what earlier runs kept is not there; uv has its downloads still."""
    usual = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return {"XDG_CACHE_HOME": str(folder), "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR") or str(usual / "uv")}
