"""What the METADATA of a module is held against."""

from __future__ import annotations

from kit.facts import prepare_facts
from trainer_release.release.steps import check_metadata


def test_a_sibling_that_the_files_do_not_name_may_be_required_by_the_build_where_its_version_is_admitted():
    checks = {check.subject: check for check in check_metadata.plan(prepare_facts())}
    assert checks["core"].admitting == {}
    assert checks["words"].admitting == {"demo-core": "1.1.0", "demo-speech": "1.1.0"}
