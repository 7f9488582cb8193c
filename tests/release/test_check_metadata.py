"""What the METADATA of a module is held against."""

from __future__ import annotations

from kit.facts import prepare_facts
from trainer_release.release.steps import check_metadata


def test_what_the_build_alone_requires_is_held_against_the_versions_of_the_suite():
    for check in check_metadata.plan(prepare_facts()):
        assert check.versions == {"demo-core": "1.1.0", "demo-speech": "1.1.0", "demo-words": "1.1.0"}
