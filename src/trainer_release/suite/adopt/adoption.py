"""A repository's projects and tags as the catalog that describes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from trainer_release.suite.adopt import names
from trainer_release.suite.adopt.tags import Tags, tag_patterns
from trainer_release.suite.adopt.versions import Linked, asked_for, linked, policy, suite_version
from trainer_release.suite.catalog.values import canonical

if TYPE_CHECKING:
    from trainer_release.model.catalog import Pin
    from trainer_release.model.project import Pinned, Project
    from trainer_release.suite.adopt.choice import Choice, LeftOut


@dataclass(frozen=True, slots=True)
class Adopted:
    """A module of the catalog to be written; `package` and `path` only where the name alone would not find it, `also`
    the further places of its version."""

    name: str
    version: str
    project: Project
    package: str | None = None
    path: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adoption:
    """What is to be written, each finding with the words that say where it comes from. `guessed` are the packages of
    which neither a file nor a tag tells the version."""

    suite: str
    version: str
    version_why: str
    umbrella: Adopted | None
    umbrella_why: str
    modules: tuple[Adopted, ...]
    linked: Linked
    left_out: tuple[LeftOut, ...]
    templates: tuple[str, ...]
    guessed: tuple[str, ...]
    pin: Pin
    pin_why: str
    tags: Tags
    branch: str | None
    index: str

    @property
    def everything(self) -> tuple[Adopted, ...]:
        """The modules and the umbrella, which is not among them but where it is the only one."""
        apart = self.umbrella is not None and self.umbrella not in self.modules
        return (*self.modules, self.umbrella) if self.umbrella and apart else self.modules


def adopt(
    choice: Choice,
    folder: str,
    *,
    tags: Sequence[str] = (),
    branch: str | None = None,
    suite: str | None = None,
    index: str = "pypi",
    further: Mapping[str, tuple[str, ...]] | None = None,
) -> Adoption:
    """The catalog of what `choice` found; `folder` is what the repository is called, `suite` a person's own word,
    `further` the further places of versions by a project's folder.

    There is at least one released project.
    """
    projects = choice.released
    called = suite or names.suite_name(projects, folder)
    found = tag_patterns(tags, [project.package for project in projects])
    stated: dict[str, str | None] = {
        canonicalize_name(project.package): stated_version(project, found) for project in projects
    }
    guessed = tuple(sorted(name for name, known in stated.items() if known is None))
    stated |= {name: asked_for(pin.specifier for pin in _pins_on(name, projects)) for name in guessed}
    umbrella, umbrella_why = names.umbrella(called, projects, stated)
    if umbrella is None:
        called = names.not_taken_for_umbrella(called, projects)
    own = stated[canonicalize_name(umbrella.package)] if umbrella else None
    version, version_why = suite_version([each for each in stated.values() if each], own)
    known = {project.path: stated[canonicalize_name(project.package)] or version for project in projects}
    entries = [entry(each, called, known[each.path], choice, (further or {}).get(each.path, ())) for each in projects]
    top = next((each for each in entries if each.project is umbrella), None)
    modules = tuple(each for each in entries if each is not top) or tuple(entries)
    pin, pin_why = policy(_internal(projects, stated, version), sure=not guessed)
    return Adoption(
        suite=called,
        version=version,
        version_why=version_why,
        umbrella=top,
        umbrella_why=umbrella_why,
        modules=modules,
        linked=linked(version, {each.name: each.version for each in modules}, sure=not guessed),
        left_out=choice.left_out,
        templates=choice.templates,
        guessed=guessed,
        pin=pin,
        pin_why=pin_why,
        tags=found,
        branch=branch,
        index=index,
    )


def _internal(projects: Sequence[Project], stated: Mapping[str, str | None], version: str) -> list[tuple[Pinned, str]]:
    return [(pinned, stated[name] or version) for name in stated for pinned in _pins_on(name, projects)]


def _pins_on(name: str, projects: Sequence[Project]) -> Iterator[Pinned]:
    return (pinned for project in projects for pinned in project.requirements if pinned.name == name)


def stated_version(project: Project, tags: Tags) -> str | None:
    """The version that the project says, or that its tag does, in canonical spelling; None where neither does."""
    if project.version is not None:
        return canonical(project.version)
    return tags.packages.get(canonicalize_name(project.package), tags.latest) if project.from_tag else None


def entry(project: Project, suite: str, version: str, choice: Choice, also: tuple[str, ...]) -> Adopted:
    """A project as a module: with `package` where its name would lead to another, with `path` where the workspace's own
    rules do not lead to its folder; `also` are further places of its version."""
    package = canonicalize_name(project.package)
    known = {canonicalize_name(each.package) for each in choice.released}
    name = names.module_name(package, suite, known)
    leads_to = next((each for each in (f"{suite}-{name}", name) if each in known), None)
    return Adopted(
        name=name,
        version=version,
        project=project,
        package=None if leads_to == package else project.package,
        path=None if project.path in choice.members else project.path,
        also=also,
    )
