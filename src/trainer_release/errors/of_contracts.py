"""Pages of the error codes about: stub wheels and generated tests."""

from __future__ import annotations

from trainer_release.errors.page import Page

CONTRACTS: dict[str, Page] = {
    "stub-impossible": Page(
        3,
        "A module cannot be stubbed",
        "A stub wheel is made by parsing the module's wheel, and one of its files cannot be parsed.",
        "Have the real module there (`siblings: real`), or run test-agent with the Python that it is for.",
    ),
}
