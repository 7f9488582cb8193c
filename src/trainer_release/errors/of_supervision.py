"""Pages of the error codes about: how tests are kept to themselves, and watched."""

from __future__ import annotations

from trainer_release.errors.page import Page

SUPERVISION: dict[str, Page] = {
    "confinement-missing": Page(
        5,
        "The tests cannot be confined as was asked",
        "The level of confinement that was required (`--confinement`) is not to be had on this machine: a container or "
        "AppArmor may forbid user namespaces, and other systems than Linux have none. test-agent ends with 3.",
        "Run it where the kernel allows it (`unshare -Ur true` tells), or take `--confinement auto`, which takes the "
        "best level there is and names it.",
    ),
    "module-foreign": Page(
        5,
        "A module came from elsewhere than the environment under test",
        "While the tests were collected, or ran, a module of the suite was imported from a file that does not lie in "
        "the environment: from a source tree, another environment, a folder that the tests put on sys.path. What was "
        "tested is then not what is to be released. test-agent ends with 3.",
        "Take the line out that leads there: a `pythonpath` setting, a conftest that changes sys.path, a .pth file.",
    ),
}
