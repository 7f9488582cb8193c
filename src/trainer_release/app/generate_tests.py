"""`test-agent generate`: tests of what modules rely on in each other, written beside the suite's integration tests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trainer_release.agent.contracts.generate import Generated, generate, origin
from trainer_release.agent.selection import import_names
from trainer_release.app.subject import Subject, of_catalog
from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.model.suite import Suite
from trainer_release.world import files, sources

FOLDER = "tests/integration/generated"
DRIFT = 7


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for: pairs of `modules` alone (empty: all); `check` writes nothing; `strict`: a gap is a fault."""

    modules: tuple[str, ...] = ()
    check: bool = False
    strict: bool = False
    catalog: Path | None = None
    start: Path = Path()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of each file, by its path below the root (`written`, `removed`, `same`; with `check`: `missing`,
    `differs`, `superfluous`, `same`), and what the tests leave out. `exit` is test-agent's exit code."""

    files: Mapping[str, str]
    uncovered: tuple[Mapping[str, str], ...]
    exit: int

    def as_json(self) -> dict[str, Any]:
        """The answer of `generate --json`."""
        shown = [{"path": path, "state": state} for path, state in self.files.items()]
        return {"files": shown, "uncovered": [dict(gap) for gap in self.uncovered], "exit": self.exit}


def generate_tests(options: Options) -> Outcome:
    """Write the tests, or with `check` look whether they are as they would be written.

    ReleaseError `catalog-missing`; `sources-unparsable` for a module that cannot be read; `generated-edited` with every
    file that was changed by hand, or is not ours, where one is to be written or removed: then nothing is.
    """
    subject = of_catalog(options.start, options.catalog, options.modules)
    if subject is None or subject.suite is None:
        hint = "run it where versions.yaml is, or give --catalog"
        raise fail("catalog-missing", "contracts are between the modules of a catalog, and there is none", hint=hint)
    chosen = {module.name for module in subject.modules} if options.modules else None
    made = _generated(subject, subject.suite, chosen)
    folder = subject.root / FOLDER
    found = (
        {path.name: files.text_or_none(path) or "" for path in sorted(folder.glob("*.py"))} if folder.is_dir() else {}
    )
    states = _states(made.files, found, partial=chosen is not None)
    if not options.check:
        _write(folder, made.files, found, states)
    uncovered = [{"file": f"{FOLDER}/{name}"} | asdict(gap) for name, gaps in made.gaps.items() for gap in gaps]
    drift = options.check and any(state != "same" for state in states.values())
    code = DRIFT if drift or (options.strict and uncovered) else 0
    words = {"missing": "written", "differs": "written", "superfluous": "removed"} if not options.check else {}
    shown = {f"{FOLDER}/{name}": words.get(state, state) for name, state in sorted(states.items())}
    return Outcome(shown, tuple(uncovered), code)


def _generated(subject: Subject, suite: Suite, chosen: Collection[str] | None) -> Generated:
    found: dict[str, Mapping[str, bytes]] = {}
    for name, module in suite.modules.items():
        if module.path is not None:
            here = sources.in_folder(subject.root / module.path, import_names(subject.root, module))
            found |= {name: here[1]} if here else {}
    try:
        return generate(found, subject.settings.factories, chosen)
    except (SyntaxError, UnicodeDecodeError) as error:
        message = f"the sources cannot be read: {error}"
        raise fail(
            "sources-unparsable", message, hint="mend the file, or run test-agent with a newer Python"
        ) from error


def _states(wanted: Mapping[str, str], found: Mapping[str, str], *, partial: bool) -> dict[str, str]:
    """How every file stands. Where some modules alone were asked for, the others' files are left as they are."""
    states = {name: "same" if found.get(name) == text else "differs" for name, text in wanted.items()}
    states |= {name: "missing" for name in wanted if name not in found}
    gone = [] if partial else [name for name, text in found.items() if name not in wanted and origin(text) != "other"]
    return states | dict.fromkeys(gone, "superfluous")


def _write(folder: Path, wanted: Mapping[str, str], found: Mapping[str, str], states: Mapping[str, str]) -> None:
    touched = [name for name, state in states.items() if state in {"differs", "superfluous"}]
    edited = [name for name in touched if origin(found[name]) != "generated"]
    if edited:
        hint = "move your own tests to a file of theirs, one folder up, and remove the file; then generate again"
        message = "was changed since it was generated"
        raise ReleaseError(
            *(
                Problem("generated-edited", f"{FOLDER}/{name} {message}", f"{FOLDER}/{name}", hint=hint)
                for name in edited
            )
        )
    for name, state in states.items():
        if state == "superfluous":
            (folder / name).unlink()
        elif state != "same":
            files.replace_text(folder / name, wanted[name])
