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
    "sources-unparsable": Page(
        3,
        "Sources cannot be parsed",
        "Tests are generated from the modules' sources, which are parsed and never run, and a file cannot be parsed.",
        "Mend the file that the message names, or run test-agent with the Python that it is written for.",
    ),
    "generated-edited": Page(
        4,
        "A generated file was changed by hand",
        "A file below `tests/integration/generated` is not as it was generated, and would be written over or removed.",
        "Move your own tests into a file one folder up, remove the generated one, run `test-agent generate` again.",
    ),
}
