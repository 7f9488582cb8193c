"""The preflight rules: what must hold before anything moves. All of them are asked, every problem is told at once.

A rule is one file in `rules/` with `NAME` and `check(facts)`, and its name in one of these two tuples.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from trainer_release.errors import Problem, ReleaseError, Severity
from trainer_release.release.preflight.rules import (
    big_enough,
    bound_once,
    branch_allowed,
    bytes_agree,
    clean_tree,
    covered_files,
    credentials_known,
    files_fit,
    free_names,
    in_step_with_remote,
    moved_if_changed,
    names_free_for_ever,
    newer_version,
    projects_fit,
    projects_open,
    published_needs,
    repositories_movable,
    repositories_unmoved,
    repository_ready,
    sound_change,
    tagged,
    window_open,
)

F_contra = TypeVar("F_contra", contravariant=True)


class Rule(Protocol[F_contra]):
    """A rule: pure, from facts to problems."""

    NAME: str

    def check(self, facts: F_contra) -> Iterable[Problem]: ...


PREPARE: tuple[Rule[Any], ...] = (
    repository_ready,
    clean_tree,
    branch_allowed,
    in_step_with_remote,
    repositories_movable,
    free_names,
    newer_version,
    bound_once,
    sound_change,
    moved_if_changed,
    published_needs,
    big_enough,
)

EXECUTE: tuple[Rule[Any], ...] = (
    tagged,
    repositories_unmoved,
    bytes_agree,
    names_free_for_ever,
    window_open,
    projects_open,
    projects_fit,
    files_fit,
    covered_files,
    credentials_known,
)


def check(rules: Iterable[Rule[Any]], facts: Any) -> tuple[Problem, ...]:
    """Ask every rule; the warnings. Errors raise one ReleaseError that holds all problems."""
    problems = tuple(problem for rule in rules for problem in rule.check(facts))
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise ReleaseError(*problems)
    return problems
