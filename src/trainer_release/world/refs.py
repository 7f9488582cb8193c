"""Refs, here and on the remote: one transaction with compare-and-swap, and pushes that say what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trainer_release.errors import Problem, ReleaseError
from trainer_release.world.git import ZERO, Git, without_secrets


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
        else:
            lines.append(f"update {change.ref} {change.new} {change.old or ZERO}")
    answer = git.ask("update-ref", "--stdin", stdin="\n".join([*lines, "prepare", "commit", ""]).encode())
    if answer.code != 0:
        raise ReleaseError(
            Problem(
                "ref-moved",
                "git refused the ref transaction; nothing of it was made",
                context=tuple(answer.err.splitlines()[:5]),
                hint="another command moved a ref, or left a *.lock beside it: look, then run the same command again",
            )
        )


def remote_name(git: Git, branch: str | None) -> str | None:
    """The remote that the branch pushes to, else `origin`, else the only one there is, else None."""
    names = git.do("remote").split()
    asked = (git.config(f"branch.{branch}.pushRemote") or git.config(f"branch.{branch}.remote")) if branch else None
    for name in (asked, "origin"):
        if name in names:
            return name
    return names[0] if len(names) == 1 else None


def remote_refs(git: Git, remote: str) -> dict[str, str]:
    """Every ref of the remote as it is now (peeled entries end in `^{}`). Unreachable: `remote-unreachable`."""
    answer = git.ask("ls-remote", "--end-of-options", remote)
    if answer.code != 0:
        raise ReleaseError(
            Problem(
                "remote-unreachable",
                f"git cannot read the remote {remote}",
                context=tuple(without_secrets(answer.err).splitlines()[-5:]),
                hint=f"mend access (`git ls-remote {remote}` must work), then run the same command again",
            )
        )
    return {ref: oid for oid, _, ref in (line.partition("\t") for line in answer.text.splitlines())}


def push(git: Git, remote: str, specs: Sequence[str]) -> None:
    """Push refspecs, all or none where the remote can. Push hooks run. A refusal is `push-refused`."""
    answer = git.ask("push", "--atomic", "--porcelain", "--no-follow-tags", remote, *specs, hooks=True)
    if answer.code != 0 and "does not support --atomic" in answer.err:
        answer = git.ask("push", "--porcelain", "--no-follow-tags", remote, *specs, hooks=True)
    if answer.code == 0:
        return
    refused = [line for line in answer.text.splitlines() if line.startswith("!")]
    said = [line for line in without_secrets(answer.err).splitlines() if line.strip() and not line.startswith("hint:")]
    moved = any("(fetch first)" in line or "(non-fast-forward)" in line for line in refused)
    rights = "ask for the right to push, or set `release: {push: pull-request}` in the catalog and prepare again"
    raise ReleaseError(
        Problem(
            "push-refused",
            f"the remote {remote} refused the push; nothing was uploaded",
            context=tuple(refused + said)[-12:],
            hint=f"{remote} has moved on: abandon the release, pull, prepare it again" if moved else rights,
        )
    )


def fetch(git: Git, remote: str, specs: Sequence[str]) -> None:
    """Bring refs of the remote here, tags only where a refspec names them."""
    git.do("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", remote, *specs)


def holds(git: Git, ref: str, there: str | None, oid: str) -> bool:
    """Whether a remote's ref, which is `there`, has `oid`: it is that object, or a branch that has gone on from it."""
    if there is None or there == oid:
        return there is not None
    return ref.startswith("refs/heads/") and git.ask("merge-base", "--is-ancestor", oid, there).code == 0
