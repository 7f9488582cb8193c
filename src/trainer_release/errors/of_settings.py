"""Pages of the error codes about: what test-agent is told to do, and the workflows that it writes."""

from __future__ import annotations

from trainer_release.errors.page import Page

SETTINGS: dict[str, Page] = {
    "setting-unknown": Page(
        3,
        "test-agent has no such setting",
        "A key of the section `test-agent` (or of [tool.test-agent] in a pyproject.toml) is misspelt or stands at the "
        "wrong level, or `modules` there names what is no module.",
        "Take the spelling that the hint proposes; `trainer-release schema` lists every key. test-agent ends with 2.",
    ),
    "setting-invalid": Page(
        3,
        "A setting of test-agent is wrong",
        "A value of the section `test-agent` (or of [tool.test-agent] in a pyproject.toml) is not of its kind: a time, "
        "a whole number, one of a few words, a list.",
        "Write what the hint shows; `trainer-release schema` says what each key takes. test-agent ends with 2.",
    ),
    "setting-later": Page(
        3,
        "A setting that has no effect yet",
        "The key belongs to what test-agent will have in a later version: language models, gates, contracts by name.",
        "Leave it where it is, or take it out.",
    ),
    "layer-unknown": Page(
        2,
        "There is no such layer of tests",
        "--layer, or the variable TEST_MODE where --layer is not given, names none of unit, integration and e2e.",
        "Give one of the three, or unset TEST_MODE to run tests of every layer.",
    ),
    "workflow-differs": Page(
        4,
        "A workflow is not what the catalog asks for",
        "`test-agent ci check` found a module without a workflow, one that was changed by hand or is behind the "
        "catalog, or one of a module that is no more. test-agent ends with 7.",
        "Run `test-agent ci write` and commit what it wrote. A workflow of your own has another name.",
    ),
}
