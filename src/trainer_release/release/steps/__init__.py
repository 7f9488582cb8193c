"""The steps, in order: the table of contents of the product.

A step is one file here, with `NAME`, `plan`, `seen` and `run` (see `release/step.py`), and its name in one of these two
tuples. Steps do not know each other; what an earlier one found out reaches a later one as `so_far`.
"""

from __future__ import annotations

from trainer_release.release.step import AnyStep
from trainer_release.release.steps import (
    bring_files,
    bring_forward,
    build_dists,
    check_metadata,
    check_out,
    draft_release,
    fetch_carried,
    make_locks,
    point_refs,
    publish_dists,
    publish_release,
    push_module_tags,
    push_refs,
    run_integration_tests,
    run_isolated_tests,
    verify_installed,
    write_commit,
    write_manifest,
)

PREPARE: tuple[AnyStep, ...] = (
    write_commit,  # the release commit: an object that nothing refers to yet
    check_out,  # a full linked work tree of it
    fetch_carried,  # published files of the modules that did not change
    build_dists,  # sdist and wheel of every other
    check_metadata,  # METADATA against the plan
    run_isolated_tests,  # each module alone
    run_integration_tests,  # all of them
    point_refs,  # branch, record and tags, in one transaction: from here on the release exists
    bring_forward,  # the person's files
)

ALONE = frozenset({"bring_files", "verify_installed", "write_manifest", "make_locks"})
"""The steps of `execute` that change nothing which another machine could change at the same time."""

EXECUTE: tuple[AnyStep, ...] = (
    bring_files,  # what is not at hand: from the draft release, or built again, the recorded bytes or none
    push_refs,  # branch and record, then the suite tag
    draft_release,  # every file, on GitHub: the last moment at which nothing is published
    publish_dists,  # module by module, dependencies first
    verify_installed,  # the whole suite from the index, in a clean environment
    push_module_tags,  # where the catalog wants them
    write_manifest,  # what was published
    make_locks,  # those that could not be made before it was
    publish_release,  # the page on GitHub, with all of it: the last act
)
