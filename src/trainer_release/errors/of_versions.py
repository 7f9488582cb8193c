"""Pages of the error codes about the next versions: bumps, groups, hotfixes, and what moved without a version."""

from __future__ import annotations

from trainer_release.errors.page import Page

VERSIONS: dict[str, Page] = {
    "bump-invalid": Page(
        2,
        "A bump that leads nowhere",
        "A bump is major, minor, patch, rc or stable, for one module also a version in canonical spelling; what comes "
        "out of it is above what was. A stable version has no suffix to take off.",
        "Give a level, or a higher version: `--bump minor`, `--bump llm-provider=1.2.0`.",
    ),
    "group-unknown": Page(
        2,
        "No such group",
        "`--group NAME=VERSION` names a group of the catalog's `groups`.",
        "Use one of the names that the hint lists.",
    ),
    "row-contradicted": Page(
        2,
        "The row says something else",
        "`compatibility` has a row for this version, and the row decides; an option asks for another version.",
        "Leave the option out, or mend the row.",
    ),
    "dependent-must-move": Page(
        3,
        "Another module would have to move",
        "A hotfix moves the modules that it names alone. A module that keeps its version is published as it is, and "
        "its pin does not admit the new version of what it needs.",
        "Name that module too (`--only A --only B`), or choose a version that the pin admits.",
    ),
    "changed-not-moved": Page(
        3,
        "Changed, but of the same version",
        "Files of a module differ from the suite tag that published it, and its version does not move: what is on the "
        "index is not what is in the repository, and the change would be left out of the release. While work goes on "
        "this is a note of `check`; `prepare` refuses it.",
        "Give the module a new version, in the row or by `--bump MODULE=LEVEL`, or take the change out.",
    ),
    "bump-too-small": Page(
        3,
        "A version that promises more than it keeps",
        "The public API of a module differs from its last published wheel, and its next version is a smaller step "
        "than that difference asks for: major where something was removed or cannot be called as before, minor for new "
        "names; below 1.0, minor for breakages, too. A user whose pin admits the new version gets what breaks their "
        "code. It is a warning: a static look cannot know what you promised.",
        "Give the version that the hint names, keep the old names beside the new ones, or go on: if nobody could rely "
        "on it, a leading underscore says so.",
    ),
    "follows-invalid": Page(
        3,
        "A group follows what it cannot",
        "`follows` names the suite, a group or a module of this catalog, no other follower and not the group itself; "
        "`as` is the shape of the version that comes of it, such as `0.{minor+21}b{patch}`.",
        "Use a name that the hint proposes, or mend the shape.",
    ),
    "offset-broken": Page(
        3,
        "A version out of step with the one it follows",
        "A group has `follows` and `as`, and its version in the catalog, or in a row that is not past, is another one "
        "than these lead to. It is a warning: the row decides, and there are good reasons for an exception.",
        "Write the version that the hint names, or leave it so; `prepare` leads the group back with the next version.",
    ),
    "stable-pins-prerelease": Page(
        3,
        "A stable module pins a pre-release",
        "Installing the stable module would bring in a pre-release that nobody asked for. Only a sibling in a group of "
        "its own may stay a pre-release, and then it is pinned exactly.",
        "Release the sibling as stable, make the module a pre-release too, or put the sibling into a group of its own "
        "and pin it with `==`.",
    ),
    "version-unknown": Page(
        2,
        "No such suite version",
        "Neither a row of `compatibility`, a suite tag, a record nor a manifest knows this version.",
        "Use a version that `trainer-release log` shows.",
    ),
}
