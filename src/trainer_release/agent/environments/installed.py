"""Are modules installed in an environment, in the right version, and can they be imported?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trainer_release.agent.environments.asking import ask, same
from trainer_release.errors import Problem, ReleaseError

ABSENT = "absent"
METADATA_ONLY = "metadata-only"
NOT_IMPORTABLE = "not-importable"
WRONG_VERSION = "wrong-version"
IMPORTABLE = "importable"


@dataclass(frozen=True, slots=True)
class State:
    """How one package stands: absent, wrong-version, metadata-only (installed, and nothing of it is there to import),
    not-importable (its import fails) or importable.

    `version` is what is installed, `expected` what was asked for (None: any), `reason` why it is not importable."""

    package: str
    status: str
    version: str | None = None
    expected: str | None = None
    reason: str = ""
    editable: bool = False

    @property
    def words(self) -> str:
        """The state as a clause."""
        if self.status == WRONG_VERSION:
            return f"{self.package} {self.version} is installed, {self.expected} is wanted"
        if self.status == METADATA_ONLY:
            return f"{self.package} {self.version} is installed by its metadata alone: there is no {self.reason}"
        if self.status == NOT_IMPORTABLE:
            return f"{self.package} {self.version} is installed and cannot be imported ({self.reason})"
        return f"{self.package} {self.version or 'is not installed'}"

    @property
    def requirement(self) -> str:
        """What to install."""
        return f"{self.package}=={self.expected}" if self.expected else self.package


class ModulesNotInstalled(ReleaseError, ValueError):  # noqa: N818 (the seed's vocabulary)
    """Modules that have to be tested together are not all there; `modules` are their names, `states` how each stands.

    The text begins `Modules not installed: [...]` and ends with the line that installs them.
    """

    def __init__(self, python: str, missing: Mapping[str, State]) -> None:
        self.modules = tuple(missing)
        self.states = tuple(missing.values())
        self.text = f"Modules not installed: {list(self.modules)}"
        wanted = " ".join(f"'{state.requirement}'" for state in self.states)
        hint = f"{python} -m pip install {wanted}"
        lines = tuple(state.words for state in self.states)
        super().__init__(Problem("modules-not-installed", self.text, hint=hint, context=lines))
        self.hint = hint

    def __str__(self) -> str:
        return "\n".join((self.text, *(f"  {state.words}" for state in self.states), self.hint))


def check(python: str, packages: Mapping[str, str | None]) -> tuple[State, ...]:
    """How each package stands in the environment of an interpreter; None as a version means any.

    Metadata is read in one child of that interpreter, each import is tried in a further one: a module that crashes
    or exits while it is imported is a result. A path that is no interpreter is ReleaseError `interpreter-missing`.
    """
    found = ask(python, "facts", *packages)["packages"]
    return tuple(_state(python, package, expected, found.get(package)) for package, expected in packages.items())


def require(python: str, packages: Mapping[str, str], versions: Mapping[str, str] | None = None) -> tuple[State, ...]:
    """As `check`, for packages by module name; raises ModulesNotInstalled with all that are not as wanted."""
    wanted = versions or {}
    states = check(python, {package: wanted.get(package) for package in packages.values()})
    by_name = dict(zip(packages, states, strict=True))
    missing = {name: state for name, state in by_name.items() if state.status != IMPORTABLE}
    if missing:
        raise ModulesNotInstalled(python, missing)
    return states


def _state(python: str, package: str, expected: str | None, found: Mapping[str, Any] | None) -> State:
    if found is None:
        return State(package, ABSENT, expected=expected)
    version, editable = found["version"], found["editable"]
    if expected is not None and not same(version, expected):
        return State(package, WRONG_VERSION, version, expected, editable=editable)
    if not found["there"]:
        return State(package, METADATA_ONLY, version, expected, ", ".join(found["imports"]), editable)
    wrong = _imports(python, found["imports"])
    return State(package, NOT_IMPORTABLE if wrong else IMPORTABLE, version, expected, "; ".join(wrong), editable)


def _imports(python: str, names: Iterable[str]) -> list[str]:
    answer = ask(python, "import", *names)
    return list(answer) if answer is not None else ["importing it ended the interpreter"]
