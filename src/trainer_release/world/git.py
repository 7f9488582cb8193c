"""git, by its plumbing commands, through GitPython's command interface.

Nothing here runs a hook but `push`; a hostile repository configuration (fsmonitor, hooks, ext:: transports, pagers)
is neutralised on every call. Names are passed as full refs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer_release.errors import Problem, ReleaseError

ZERO = "0" * 40
_SAFE = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "protocol.ext.allow": "never",
    "core.quotePath": "false",
    "advice.detachedHead": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "submodule.recurse": "false",
}
_ENV = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat", "GIT_EDITOR": "true"}
# What a hook or a caller may have set would redirect our commands to another repository.
_FOREIGN = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one git command said."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode(errors="surrogateescape")


class Git:
    """One repository: `root` is its top folder, `common` its common git folder (shared by linked work trees)."""

    def __init__(self, root: Path, common: Path | None = None) -> None:
        self.root = root
        self.common = common or root / ".git"

    def ask(self, *words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None, hooks: bool = False) -> Answer:
        """Run one git command and answer with what it said, whatever its exit code."""
        settings = {key: value for key, value in _SAFE.items() if not (hooks and key == "core.hooksPath")}
        options = [word for pair in settings.items() for word in ("-c", "=".join(pair))]
        place = ["-C", str(self.root.absolute())]  # GitPython would run it elsewhere where the folder is gone
        return _execute(self.root, ["git", *place, "--no-pager", *options, *words], stdin, dict(env or {}))

    def do(self, *words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> str:
        """Run one git command that must succeed; its output without the final line end.

        A failure is a ReleaseError `git-failed` with what git said.
        """
        answer = self.ask(*words, stdin=stdin, env=env)
        if answer.code != 0:
            raise ReleaseError(_failed(words, answer))
        return answer.text.rstrip("\n")

    def config(self, key: str) -> str | None:
        """One configuration value, None where it is not set."""
        answer = self.ask("config", "--get", key)
        return answer.text.rstrip("\n") if answer.code == 0 else None

    def flag(self, key: str) -> bool:
        """One boolean configuration value, false where it is not set."""
        return self.ask("config", "--type=bool", "--get", key).text.strip() == "true"

    def refs(self, *patterns: str) -> dict[str, str]:
        """Every ref under the patterns and the object that it names (a tag object, not what it points to)."""
        out = self.do("for-each-ref", "--format=%(objectname) %(refname)", *patterns)
        return {name: oid for oid, _, name in (line.partition(" ") for line in out.splitlines())}

    def commit_of(self, name: str) -> str | None:
        """The commit behind a full ref name or object id; None where there is none."""
        answer = self.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        return answer.text.strip() if answer.code == 0 else None

    def tree_of(self, commit: str) -> str:
        """The tree of a commit."""
        return self.do("rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}")

    def message_of(self, tag_object: str) -> str | None:
        """The text of an annotated tag; None where the object is no tag."""
        answer = self.ask("cat-file", "tag", tag_object)
        return answer.text.partition("\n\n")[2] if answer.code == 0 else None

    def paths(self, commit: str) -> tuple[str, ...]:
        """Every file of a commit, relative to the repository's root."""
        out = self.do("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit)
        return tuple(path for path in out.split("\0") if path)

    def texts(self, commit: str, paths: Iterable[str]) -> dict[str, str]:
        """The texts of files of a commit, in one question; what is missing or no UTF-8 is left out."""
        wanted = [path for path in paths if "\n" not in path]
        asked = "".join(f"{commit}:{path}\n" for path in wanted).encode()
        data = self.ask("cat-file", "--batch", stdin=asked).out
        found: dict[str, str] = {}
        at = 0
        for path in wanted:
            end = data.index(b"\n", at)
            head = data[at:end].decode(errors="replace")
            at = end + 1
            if match := re.fullmatch(r"[0-9a-f]+ (\w+) (\d+)", head):
                body = data[at : at + int(match[2])]
                at += int(match[2]) + 1
                if match[1] == "blob":
                    found[path] = body.decode(errors="surrogateescape")
        return found


def without_secrets(text: str) -> str:
    """What git said, fit to be shown: a remote's address may hold a password."""
    return re.sub(r"://[^/?#\s]+@", "://***@", text)


def open_repository(start: Path) -> Git | None:
    """The repository that holds a folder, None where there is none (or git itself is missing)."""
    for name in _FOREIGN:
        os.environ.pop(name, None)
    answer = Git(start).ask("rev-parse", "--show-toplevel", "--path-format=absolute", "--git-common-dir")
    if answer.code != 0:
        return None
    top, common = answer.text.splitlines()
    return Git(Path(top).resolve(), Path(common).resolve())


def _execute(root: Path, command: list[str], stdin: bytes, env: dict[str, str]) -> Answer:
    import subprocess

    from git.cmd import Git as Command

    shell = Command(str(root))
    child: Any = shell.execute(command, as_process=True, istream=subprocess.PIPE, env=_ENV | env, with_exceptions=False)
    out, err = child.proc.communicate(stdin)
    return Answer(child.proc.returncode, out, err.decode(errors="replace") if isinstance(err, bytes) else err)


def _failed(words: tuple[str, ...], answer: Answer) -> Problem:
    said = tuple(line for line in without_secrets(answer.err).splitlines() if line.strip())[-10:]
    return Problem(
        "git-failed",
        f"git {words[0]} ended with code {answer.code}",
        hint="mend what git names, then run the same command again",
        context=said,
    )
