"""init: an existing repository's projects and tags become a catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trainer_release.app.check import Checked, judge
from trainer_release.app.load import CATALOG, Loaded
from trainer_release.errors import ReleaseError, fail
from trainer_release.suite.adopt import also
from trainer_release.suite.adopt.adoption import Adoption, adopt
from trainer_release.suite.adopt.choice import Choice, choose
from trainer_release.suite.adopt.text import catalog_text
from trainer_release.suite.assemble import Texts, assemble
from trainer_release.suite.discovery import MARKERS, folders_of
from trainer_release.world.files import find_named, replace_text, text_or_none
from trainer_release.world.git import Git, open_repository


@dataclass(frozen=True, slots=True)
class Repository:
    """What a look found: where the catalog is to lie, every file that tells of a project, what is released, the further
    places of versions by folder, and what git knows (nothing where there is no git)."""

    place: Path
    paths: tuple[str, ...]
    texts: Texts
    choice: Choice
    called: str
    further: Mapping[str, tuple[str, ...]]
    tags: tuple[str, ...] = ()
    branch: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The catalog that would be written, what it is made of, and what `check` says of it."""

    place: Path
    text: str
    adoption: Adoption
    checked: Checked


def look(start: Path, output: Path | None = None) -> Repository:
    """Find every project at and below the folder in which the catalog is to lie (`output`, else `start`).

    ReleaseError `nothing-to-adopt` where none is released, with what is wrong with those that could not be read.
    """
    place = (start / (output or CATALOG)).resolve()
    if place.is_dir():
        place /= CATALOG
    root = place.parent
    paths = tuple(find_named(root, *MARKERS))
    texts = Texts(lambda path: text_or_none(root / path))
    choice = choose(paths, texts)
    if not choice.released:
        nothing = fail(
            "nothing-to-adopt",
            f"no project in {root.name} is released ({len(choice.left_out)} are not)",
            hint="run it in the root of the repository; --output PATH lies above the projects",
        )
        raise ReleaseError(*choice.unread, *nothing.problems)
    named = find_named(root, *also.NAMES)
    places = also.further(choice.released, folders_of(paths), named, texts)
    git = open_repository(root)
    if git is None:
        return Repository(place, paths, texts, choice, root.name, places)
    return Repository(place, paths, texts, choice, name_of(git, root), places, tags_of(git), branch_of(git))


def propose(found: Repository, suite: str | None = None, index: str = "pypi") -> Proposal:
    """The catalog for what was found, checked before anything is written."""
    adoption = adopt(
        found.choice,
        found.called,
        tags=found.tags,
        branch=found.branch,
        suite=suite,
        index=index,
        further=found.further,
    )
    text = catalog_text(adoption)
    name = found.place.name

    def loaded() -> Loaded:
        read = Texts(lambda path: text if path == name else found.texts(path))
        joined, problems = assemble(name, found.paths, read)
        return Loaded(found.place.parent, name, joined, problems, read.found, read)

    checked = judge(loaded)
    told = {problem.where for problem in checked.problems}
    unread = tuple(problem for problem in found.choice.unread if problem.where not in told)
    return Proposal(found.place, text, adoption, Checked((*unread, *checked.problems), checked.edits, checked.suite))


def refuse_existing(place: Path) -> None:
    """`catalog-exists` where there is one already: a person's work is not replaced."""
    if place.exists():
        raise fail(
            "catalog-exists",
            f"{place.name} is there already",
            path=place.name,
            hint="look with `trainer-release init --dry-run`, or give --output another PATH",
        )


def write(proposal: Proposal) -> None:
    """Write the catalog. ReleaseError `catalog-exists` where there is one by now."""
    refuse_existing(proposal.place)
    replace_text(proposal.place, proposal.text)


def name_of(git: Git, root: Path) -> str:
    """What the repository is called: by its address, else by its folder; a workspace inside one by its own."""
    address = git.settings().get("remote.origin.url") if root == git.root else None
    return (address or "").rstrip("/").removesuffix(".git").replace(":", "/").rpartition("/")[2] or root.name


def tags_of(git: Git) -> tuple[str, ...]:
    return tuple(name.removeprefix("refs/tags/") for name in git.refs("refs/tags/"))


def branch_of(git: Git) -> str | None:
    """The branch that is checked out, None where it is none."""
    return git.ask("symbolic-ref", "--quiet", "--short", "HEAD").text.strip() or None
