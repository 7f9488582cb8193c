"""git, by its plumbing commands.

Nothing here runs a hook but `push`; a hostile repository configuration (fsmonitor, hooks, ext:: transports, pagers)
is neutralised on every call. Names are passed as full refs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import ClassVar

from trainer_release.errors import Problem, ReleaseError
from trainer_release.world import git_locks, process
from trainer_release.world.secrets import learn, redact

_SAFE = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "protocol.ext.allow": "never",
    "core.quotePath": "false",
    "advice.detachedHead": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "submodule.recurse": "false",
    "core.fsync": "committed",  # objects too, which git by itself leaves to the next power cut
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
        return _text(self.out)


@dataclass(frozen=True, slots=True)
class Settings:
    """git's configuration: the value that counts of every key, as git spells the key (`branch.Main.pushremote`)."""

    values: Mapping[str, str]

    def get(self, key: str) -> str | None:
        """One value, None where it is not set."""
        section, _, rest = key.partition(".")
        middle, dot, name = rest.rpartition(".")
        return self.values.get(f"{section.lower()}.{middle}{dot}{name.lower()}")

    def flag(self, key: str) -> bool:
        """One boolean value, false where it is not set."""
        return (self.get(key) or "").lower() in ("true", "yes", "on", "1")

    @property
    def remotes(self) -> list[str]:
        """The names of the remotes that have an address."""
        return [key[7:-4] for key in self.values if key.startswith("remote.") and key.endswith(".url")]


class Git:
    """One repository: `root` is its top folder, `common` its common git folder (shared by linked work trees),
    `folder` the work tree's own one, None where that was not asked for. `cut_off` says whether any git command of this
    process was killed, which may have left lock files."""

    cut_off: ClassVar[Event] = Event()

    def __init__(self, root: Path, common: Path | None = None, folder: Path | None = None) -> None:
        self.root = root
        self.common = common or root / ".git"
        self.folder = folder

    def ask(
        self,
        *words: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        hooks: bool = False,
        limit: float | None = None,
    ) -> Answer:
        """Run one git command and answer with what it said, whatever its exit code. What asks another machine has a
        `limit`, in seconds."""
        settings = {key: value for key, value in _SAFE.items() if not (hooks and key == "core.hooksPath")}
        options = [word for pair in settings.items() for word in ("-c", "=".join(pair))]
        place = ["-C", str(self.root.absolute())]
        access = {} if limit is None else _workflow_access(os.environ)
        return _execute(["git", *place, "--no-pager", *options, *words], stdin, _ENV | access | dict(env or {}), limit)

    def do(
        self,
        *words: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        limit: float | None = None,
    ) -> str:
        """Run one git command that must succeed; its output without the final line end.

        A failure is a ReleaseError `git-failed` with what git said.
        """
        answer = self.ask(*words, stdin=stdin, env=env, limit=limit)
        if answer.code != 0:
            raise ReleaseError(git_locks.problem(answer.err, self.root) or _failed(words, answer))
        return answer.text.rstrip("\n")

    def settings(self, *words: str) -> Settings:
        """The configuration as it is now, in one question; `words` may narrow it (`--local`)."""
        pairs = (entry.partition("\n") for entry in self.do("config", *words, "--list", "-z").split("\0") if entry)
        values = {key: value if cut else "true" for key, cut, value in pairs}
        learn(*(text for pair in values.items() for text in pair if "://" in text and "@" in text))
        return Settings(values)

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

    def messages_of(self, tag_objects: Iterable[str]) -> dict[str, str]:
        """The texts of annotated tags by object id, in one question; what is no such tag is left out."""
        tags = {name: data for name, kind, data in self._contents(tag_objects) if kind == "tag"}
        return {name: _text(data).partition("\n\n")[2] for name, data in tags.items()}

    def message_of(self, tag_object: str) -> str | None:
        """The text of an annotated tag; None where the object is no tag."""
        return self.messages_of([tag_object]).get(tag_object)

    def paths(self, commit: str) -> tuple[str, ...]:
        """Every file of a commit, relative to the repository's root."""
        out = self.do("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit)
        return tuple(path for path in out.split("\0") if path)

    def texts(self, commit: str, paths: Iterable[str]) -> dict[str, str]:
        """The texts of files of a commit, in one question; what is missing is left out."""
        found = self._contents(f"{commit}:{path}" for path in paths)
        return {name.partition(":")[2]: _text(data) for name, kind, data in found if kind == "blob"}

    def _contents(self, names: Iterable[str]) -> Iterator[tuple[str, str, bytes]]:
        """Type and content of every object that is there, by the name that it was asked for."""
        wanted = [name for name in names if name and "\n" not in name]
        data = (
            self.ask("cat-file", "--batch", stdin="".join(f"{name}\n" for name in wanted).encode()).out
            if wanted
            else b""
        )
        at = 0
        for name in wanted:
            end = data.index(b"\n", at)
            head = data[at:end].decode(errors="replace")
            at = end + 1
            if match := re.fullmatch(r"[0-9a-f]+ (\w+) (\d+)", head):
                yield name, match[1], data[at : at + int(match[2])]
                at += int(match[2]) + 1


def _text(data: bytes) -> str:
    return data.decode(errors="surrogateescape")


def open_repository(start: Path) -> Git | None:
    """The repository that holds a folder, None where there is none (or git itself is missing)."""
    for name in _FOREIGN:
        os.environ.pop(name, None)
    folders = ("--path-format=absolute", "--git-common-dir", "--git-dir")
    answer = Git(start).ask("rev-parse", "--show-toplevel", *folders)
    if answer.code != 0:
        return None
    top, common, own = (Path(line).resolve() for line in answer.text.splitlines())
    return Git(top, common, own)


def refusal(start: Path) -> tuple[str, ...]:
    """What git has against reading the repository of a folder; nothing where there is none."""
    answer = Git(start).ask("rev-parse", "--git-dir")
    return () if answer.code == 0 or "not a git repository" in answer.err else tuple(answer.err.strip().splitlines())


def _workflow_access(environ: Mapping[str, str]) -> dict[str, str]:
    """In a workflow of GitHub's, what lets git read and push with the job's token, where one is given to this step: the
    clone need not keep it (actions/checkout, `persist-credentials: false`). A header that it keeps is replaced."""
    token, server = environ.get("GITHUB_TOKEN"), environ.get("GITHUB_SERVER_URL")
    if environ.get("GITHUB_ACTIONS") != "true" or not token or not server:
        return {}
    from base64 import b64encode

    first, key = int(environ.get("GIT_CONFIG_COUNT") or 0), f"http.{server.rstrip('/')}/.extraheader"
    header = f"Authorization: Basic {b64encode(f'x-access-token:{token}'.encode()).decode()}"
    values = {f"GIT_CONFIG_VALUE_{first}": "", f"GIT_CONFIG_VALUE_{first + 1}": header}
    return {
        f"GIT_CONFIG_KEY_{first}": key,
        f"GIT_CONFIG_KEY_{first + 1}": key,
        "GIT_CONFIG_COUNT": str(first + 2),
        **values,
    }


def _execute(command: list[str], stdin: bytes, env: Mapping[str, str], limit: float | None) -> Answer:
    # At a terminal git stays in our session: ssh and gpg ask the person there. Where nobody can be asked, a command
    # with a limit leads a group of its own, which ends as one: git leaves its ssh or curl behind where it is killed.
    import subprocess

    pipe, alone = subprocess.PIPE, limit is not None and not os.isatty(0)
    try:
        child = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, env=os.environ | env, start_new_session=alone
        )
    except FileNotFoundError:
        return Answer(127, b"", "git is not installed, or not on PATH")
    code, out, err = process.heard(child, stdin, limit)
    said = err.decode(errors="replace")
    if code is None or code < 0:
        Git.cut_off.set()
    return Answer(code, out, said) if code is not None else Answer(124, out, f"{said}\nno end after {limit:g} s")


def _failed(words: tuple[str, ...], answer: Answer) -> Problem:
    said = tuple(line for line in redact(answer.err).splitlines() if line.strip())[-10:]
    return Problem(
        "git-failed",
        f"git {words[0]} ended with code {answer.code}",
        hint="mend what git names, then run the same command again",
        context=said,
    )
