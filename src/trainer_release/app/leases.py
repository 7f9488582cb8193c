"""The lease of a suite on the remote that its catalog is pushed to, while a command changes what others see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from trainer_release.app.session import Session
from trainer_release.errors import Problem, ReleaseError, Severity
from trainer_release.model.catalog import Catalog
from trainer_release.model.facts import RemoteFacts
from trainer_release.release import steps
from trainer_release.release.names import lease_ref
from trainer_release.world import refs, worktree
from trainer_release.world.lease import Lease, Workflow, lent


@contextmanager
def lease(
    session: Session,
    catalog: Catalog,
    command: str,
    *,
    take_over: bool = False,
    warn: Callable[[Problem], None] = lambda _problem: None,
) -> Iterator[Lease]:
    """The lease, which is taken when it is first held, and given back at the end; nothing at all where the catalog says
    `push: none`, or there is no remote. `warn` is told where it could not be given back."""
    with lent(_made(session, catalog, command, take_over=take_over), warn) as made:
        yield made


def _made(session: Session, catalog: Catalog, command: str, *, take_over: bool = False) -> Lease:
    pushes = catalog.release.push != "none"
    remote = refs.remote_name(session.git.settings(), worktree.branch(session.git)) if pushes else None
    return Lease(session.git, remote, lease_ref(catalog.suite), command, over=is_over, take_over=take_over)


def holds(lease: Lease) -> Callable[[str], None]:
    """What a World calls before an action of a step: the lease is held for those that others could see."""
    return lambda step: None if step in steps.ALONE else lease.hold(step)


def warned(session: Session, catalog: Catalog, command: str, remote: RemoteFacts | None) -> tuple[Problem, ...]:
    """Who holds the lease, as a warning for a command that only looks."""
    try:
        refuse(_made(session, catalog, command), catalog.suite, remote)
    except ReleaseError as error:
        return tuple(replace(problem, severity=Severity.WARNING) for problem in error.problems)
    return ()


def refuse(lease: Lease, suite: str, remote: RemoteFacts | None) -> None:
    """`leased` where the remote's refs, as they were just seen, show another run that may still go on."""
    lease.refuse(remote.refs.get(lease_ref(suite)) if remote else None)


def is_over(run: Workflow) -> bool | None:
    """Whether a workflow run has ended; None where nobody tells."""
    from trainer_release.world.github import run_is_over

    return run_is_over(f"{run.server}/{run.repository}", run.run)
