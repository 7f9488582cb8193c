"""Refs, here and on the remote: one transaction with compare-and-swap, and pushes that say what was refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trainer_release.errors import Problem, ReleaseError
from trainer_release.world import git_locks
from trainer_release.world.git import Answer, Git, Settings
from trainer_release.world.secrets import redact

ASK = 120.0
MOVE = 1800.0
"""Seconds that a remote has to say what it has; and that a fetch or a push may take, hooks and a whole history
counted."""


@dataclass(frozen=True, slots=True)
class RefChange:
    """Set a ref from `old` to `new`; None stands for absent."""

    ref: str
    old: str | None
    new: str | None


def update(git: Git, changes: Sequence[RefChange]) -> None:
    """Make all changes in one transaction or none; a ref that is not what `old` says refuses all (`ref-moved`)."""
    lines = ["start"]
    for change in changes:
        if change.new is None:
            lines.append(f"delete {change.ref} {change.old}")
        elif change.old is None:
            lines.append(f"create {change.ref} {change.new}")
        else:
            lines.append(f"update {change.ref} {change.new} {change.old}")
    answer = git.ask("update-ref", "--stdin", stdin="\n".join([*lines, "prepare", "commit", ""]).encode())
    if answer.code != 0:
        raise ReleaseError(_refused(git, changes, answer))


def _refused(git: Git, changes: Sequence[RefChange], answer: Answer) -> Problem:
    now, said = git.refs(*(change.ref for change in changes)), tuple(answer.err.splitlines()[:5])
    moved = [change.ref for change in changes if change.new != change.old and now.get(change.ref) == change.new]
    if moved and (answer.code < 0 or "fatal: commit:" in answer.err):  # else they were there before
        message = f"git ended with code {answer.code}; of the refs it had moved {', '.join(moved)}"
        return Problem("refs-half-moved", message, context=said, hint="run the same command again: it finishes them")
    return git_locks.problem(answer.err, git.common) or Problem(
        "ref-moved",
        "git refused the ref transaction; nothing of it was made",
        context=said,
        hint="another command moved a ref: look, then run the same command again",
    )


def remote_name(settings: Settings, branch: str | None) -> str | None:
    """The remote that the branch pushes to, else `origin`, else the only one there is, else None."""
    names = settings.remotes
    for name in (settings.get(f"branch.{branch}.pushRemote") or settings.get(f"branch.{branch}.remote"), "origin"):
        if name in names:
            return name
    return names[0] if len(names) == 1 else None


def remote_refs(git: Git, remote: str, *only: str) -> dict[str, str]:
    """Every ref of the remote as it is now (peeled entries end in `^{}`), or only some. Unreachable:
    `remote-unreachable`."""
    answer = git.ask("ls-remote", "--end-of-options", remote, *only, limit=ASK)
    if answer.code != 0:
        raise ReleaseError(
            Problem(
                "remote-unreachable",
                f"git cannot read the remote {remote}",
                context=tuple(redact(answer.err).splitlines()[-5:]),
                hint=f"mend access (`git ls-remote {remote}` must work), then run the same command again",
            )
        )
    return {ref: oid for oid, _, ref in (line.partition("\t") for line in answer.text.splitlines())}


def push(git: Git, remote: str, specs: Sequence[str]) -> None:
    """Push refspecs, all or none where the remote can. Push hooks run. A refusal is `push-refused`."""
    answer = git.ask("push", "--atomic", "--porcelain", "--no-follow-tags", remote, *specs, hooks=True, limit=MOVE)
    if answer.code != 0 and "does not support --atomic" in answer.err:
        answer = git.ask("push", "--porcelain", "--no-follow-tags", remote, *specs, hooks=True, limit=MOVE)
    if answer.code == 0 or _arrived(git, remote, specs):
        return
    refused = [line for line in answer.text.splitlines() if line.startswith("!")]
    said = [line for line in redact(answer.err).splitlines() if line.strip() and not line.startswith("hint:")]
    moved = any("(fetch first)" in line or "(non-fast-forward)" in line for line in refused)
    locked = re.search(r"cannot lock ref.*", answer.err)
    rights = "ask for the right to push, or set `release: {push: pull-request}` in the catalog and prepare again"
    if locked:
        rights = "another push is under way, or one was cut off there: look at the remote, then run it again"
    raise ReleaseError(
        Problem(
            "push-refused",
            f"the remote {remote} refused the push; nothing was uploaded",
            context=tuple(refused + said)[-12:],
            hint=f"{remote} has moved on: abandon the release, pull, prepare it again" if moved else rights,
        )
    )


def _arrived(git: Git, remote: str, specs: Sequence[str]) -> bool:
    """Whether the remote has what was pushed, whatever became of the answer: the line may break after it was taken."""
    try:
        there = remote_refs(git, remote)
    except ReleaseError:
        return False
    pairs = [spec.partition(":")[::2] for spec in specs]
    known = git.refs(*(source for source, _ in pairs if source.startswith("refs/")))
    return all(
        holds(git, ref, there.get(ref), known.get(source, source)) if source else ref not in there
        for source, ref in pairs
    )


def fetch(git: Git, remote: str, specs: Sequence[str]) -> None:
    """Bring refs of the remote here, tags only where a refspec names them."""
    git.do("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", remote, *specs, limit=MOVE)


def holds(git: Git, ref: str, there: str | None, oid: str) -> bool:
    """Whether a remote's ref, which is `there`, has `oid`: it is that object, or a branch that has gone on from it."""
    return there is not None and (there == oid or (ref.startswith("refs/heads/") and contains(git, there, oid)))


def contains(git: Git, tip: str, commit: str) -> bool:
    """Whether the history of `tip` has `commit`."""
    return tip == commit or git.ask("merge-base", "--is-ancestor", commit, tip).code == 0
