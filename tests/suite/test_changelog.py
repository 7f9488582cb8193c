"""A changelog's unreleased section becomes the section of a version."""

import pytest

from trainer_release.suite.changelog import dated

DAY = "2026-11-22"

CASES = {
    "what was unreleased moves below": (
        "# Changelog\n\n## Unreleased\n\n- new\n\n## 1.0.0 - 2025-01-01\n\n- old\n",
        "# Changelog\n\n## Unreleased\n\n## 1.1.0 - 2026-11-22\n\n- new\n\n## 1.0.0 - 2025-01-01\n\n- old\n",
    ),
    "brackets stay brackets": (
        "## [Unreleased]\n### Added\n- new\n",
        "## [Unreleased]\n\n## [1.1.0] - 2026-11-22\n### Added\n- new\n",
    ),
    "a link stays with its heading": (
        "## [unreleased](https://git.example/compare)\n- new\n",
        "## [unreleased](https://git.example/compare)\n\n## [1.1.0] - 2026-11-22\n- new\n",
    ),
    "windows line ends stay": ("## UNRELEASED\r\n- new\r\n", "## UNRELEASED\r\n\r\n## 1.1.0 - 2026-11-22\r\n- new\r\n"),
    "a missing last line end stays missing": ("## Unreleased", "## Unreleased\n\n## 1.1.0 - 2026-11-22"),
    "a heading with something behind it": (
        "## Unreleased - soon\n- x\n",
        "## Unreleased - soon\n\n## 1.1.0 - 2026-11-22\n- x\n",
    ),
    "other words for unreleased": (
        "## Unreleased changes\n- x\n",
        "## Unreleased changes\n\n## 1.1.0 - 2026-11-22\n- x\n",
    ),
    "a section of the version is left": (
        "## Unreleased\n- later\n## 1.1.0 - 2020-01-01\n- x\n",
        "## Unreleased\n- later\n## 1.1.0 - 2020-01-01\n- x\n",
    ),
    "a section without a date gets it": (
        "## Unreleased\n## [1.1.0]\n- x\n",
        "## Unreleased\n## [1.1.0] - 2026-11-22\n- x\n",
    ),
    "a section that says unreleased gets the date": ("## v1.1.0 (unreleased)\r\n", "## v1.1.0 (2026-11-22)\r\n"),
    "a year in a link is no date": (
        "## [1.1.0](https://git.example/2020/x) ##\n",
        "## [1.1.0](https://git.example/2020/x) - 2026-11-22\n",
    ),
    "a date behind a blank is a date": ("## 1.1.0 2020-01-01\n", "## 1.1.0 2020-01-01\n"),
    "neither one: above the first": (
        "# Changelog\n\n## [1.0.0] - 2025-01-01\n- old\n",
        "# Changelog\n\n## [1.1.0] - 2026-11-22\n\n## [1.0.0] - 2025-01-01\n- old\n",
    ),
    "a candidate is another version": (
        "## 1.1.0rc1 - 2026-01-01\n## 1.1.0-rc2\n",
        "## 1.1.0 - 2026-11-22\n\n## 1.1.0rc1 - 2026-01-01\n## 1.1.0-rc2\n",
    ),
    "no section at all: at the end": ("# Changelog\n\nWords.", "# Changelog\n\nWords.\n\n## 1.1.0 - 2026-11-22\n"),
    "no text at all": ("", "## 1.1.0 - 2026-11-22\n"),
    "code is no heading": (
        "```md\n## Unreleased\n```\n~~~~\n~~~\n## 1.1.0\n~~~~\n## Unreleased\n- x\n",
        "```md\n## Unreleased\n```\n~~~~\n~~~\n## 1.1.0\n~~~~\n## Unreleased\n\n## 1.1.0 - 2026-11-22\n- x\n",
    ),
    "smaller and larger headings are none": (
        "# Unreleased\n### Unreleased\n",
        "# Unreleased\n### Unreleased\n\n## 1.1.0 - 2026-11-22\n",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_section_of_the_version_is_dated(case):
    before, after = CASES[case]
    assert dated(before, "1.1.0", DAY) == after


@pytest.mark.parametrize("case", CASES)
def test_running_it_twice_changes_nothing(case):
    once = dated(CASES[case][0], "1.1.0", DAY)
    assert dated(once, "1.1.0", "2027-01-01") == once
