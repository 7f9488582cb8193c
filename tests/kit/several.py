"""A suite whose modules live in repositories of their own: bare remotes, one beside another."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from kit.suite import Workspace, add_module, project

NEEDS = {"a": (), "b": ("mill-a>=1.0,<2",), "c": ("mill-b==1.0.0", "mill-a~=1.0")}
"""Three modules, each in a repository of its own; the umbrella lies beside the catalog."""


@dataclass(frozen=True)
class Several:
    """The workspace of the catalog, with a remote, and the bare remotes of all repositories by name (`suite` the
    catalog's own)."""

    work: Workspace
    remotes: dict[str, Path]

    def clone(self, name: str) -> Path:
        """Where the tool keeps its clone."""
        return self.work.data / "repositories" / f"{name}.git"

    def refs(self) -> dict[str, str]:
        """Every ref of every repository that a release moves here, remote-tracking ones aside."""
        places = {"": self.work.top, **{name: self.clone(name) for name in NEEDS}}
        return {
            name: self.work.git("for-each-ref", "refs/heads", "refs/tags", "refs/trainer-release", cwd=place)
            for name, place in places.items()
            if place.exists()
        }

    def copy(self, folder: Path) -> Several:
        """The same in another place, remotes and clones, too."""
        shutil.copytree(self.work.root.parent, folder, symlinks=True)
        work = Workspace(folder / "suite", folder / "home")
        work.git("remote", "set-url", "origin", str(folder / "suite.git"))
        return Several(work, {name: folder / place.name for name, place in self.remotes.items()})

    def there(self) -> dict[str, str]:
        """Every ref of every remote."""
        return {name: self.work.git("for-each-ref", cwd=place) for name, place in self.remotes.items()}

    def push_to(self, name: str, path: str, text: str, *, fetch: str = "main") -> None:
        """Somebody else's commit on a remote's branch."""
        other = self.work.home / f"somebody-{name}"
        self.work.git("clone", "--quiet", "--branch", fetch, str(self.remotes[name]), str(other), cwd=self.work.home)
        (other / path).write_text(text)
        self.work.git("add", "--all", cwd=other)
        self.work.git("commit", "--quiet", "-m", "Somebody else's", cwd=other)
        self.work.git("push", "--quiet", "origin", fetch, cwd=other)


def several(folder: Path, home: Path, *, release: str = "{index: local}", uris: bool = False) -> Several:
    """The suite, committed and pushed, nothing prepared. The catalog names the remotes by paths beside the workspace, so
    that the folder can be copied, or by file URLs."""
    home.mkdir(parents=True, exist_ok=True)
    remotes: dict[str, Path] = {}
    for name, needs in NEEDS.items():
        own = Workspace(folder / f"{name}-work", home)
        own.root.mkdir(parents=True)
        add_module(own, name, path=".", needs=needs)
        _published(own, remotes, name, folder)
    work = Workspace(folder / "suite", home)
    work.root.mkdir()
    listed = "".join(
        f"  {name}: {{version: '1.0.0', repository: {remotes[name].as_uri() if uris else f'../{name}.git'}, {more}}}\n"
        for name, more in {"a": "", "b": "ref: main", "c": "ref: main, path: ."}.items()
    )
    text = f'mill:\n  version: "1.0.0"\nmodules:\n{listed}release: {release}\n'
    work.write("versions.yaml", text)
    needs = [f"mill-{name}>=1.0.0,<2" for name in NEEDS]
    work.write("apps/core/pyproject.toml", project("mill-core", "1.0.0", needs))
    work.write("apps/core/mill_core.py", '"""The umbrella."""\n')
    test = "import mill_a, mill_b, mill_c\n\n\ndef test_all_are_here():\n    assert mill_c.name() == 'c'\n"
    work.write("tests/integration/test_together.py", test)
    _published(work, remotes, "suite", folder)
    work.git("remote", "add", "origin", str(remotes["suite"]))
    return Several(work, remotes)


def _published(work: Workspace, remotes: dict[str, Path], name: str, folder: Path) -> None:
    work.git("init", "--quiet", "--initial-branch=main")
    work.commit("The beginning")
    remotes[name] = folder / f"{name}.git"
    work.git("clone", "--quiet", "--bare", str(work.root), str(remotes[name]))
