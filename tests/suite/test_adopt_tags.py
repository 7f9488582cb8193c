"""Patterns of tags, as they are found in the wild."""

import pytest

from trainer_release.suite.adopt.tags import tag_patterns

PACKAGES = ("Flask", "my_pkg", "core")


@pytest.mark.parametrize(
    ("tags", "suite", "module"),
    [
        (["v1.0.0", "v1.1.0rc1", "latest", "nightly-build"], "v{version}", None),
        (["1.0.0", "1.2"], "{version}", None),
        (["release-1.0", "release-2.0"], "release-{version}", None),
        (["rel/v1.0", "rel/v2.0", "v0.1"], "rel/v{version}", None),
        (["core-v1.0", "my-pkg-v2.0", "v3.0"], "v{version}", "{package}-v{version}"),
        (["flask==1.0", "core==2.0"], None, "{package}=={version}"),
        (["core/v1.0"], None, "{package}/v{version}"),
        (["my_pkg@1.0", "core@1.0", "core-1.0"], None, "{package}@{version}"),
        ([], None, None),
        (["weird name v1.0", "*1.0"], None, None),
    ],
)
def test_the_most_frequent_pattern_is_the_one_in_use(tags, suite, module):
    found = tag_patterns(tags, PACKAGES)
    assert (found.suite, found.module) == (suite, module)


def test_the_highest_version_counts_not_the_last_one():
    found = tag_patterns(["v1.10.0", "v1.9.0", "core-v0.2.0", "core-v0.10.0", "release-9.0"], PACKAGES)
    assert (found.latest, found.packages) == ("1.10.0", {"core": "0.10.0"})
