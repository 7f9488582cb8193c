"""The contract's full form, as printed there."""

from pathlib import Path

from trainer_release.suite.catalog.reader import read

TEXT = (Path(__file__).parent / "catalog_cases" / "full_form.yaml").read_text(encoding="utf-8")


def test_the_full_form_of_the_contract_loads_and_a_row_that_differs_is_a_warning():
    catalog, warnings = read(TEXT, "versions.yaml")
    assert [problem.code for problem in warnings] == ["row-differs"]
    assert catalog.rows["1.0.1"].base == "1.0.0"
    assert catalog.retired["old-name"]["replaced-by"] == "llm-provider"


def test_a_group_lists_its_members_and_gives_them_its_version_where_a_row_is_silent():
    catalog, _ = read(TEXT, "versions.yaml")
    assert list(catalog.modules) == ["prompt-manager", "llm-provider", "format-converter"]
    assert catalog.modules["format-converter"].version == "0.5b0"
    assert catalog.rows["1.0.1"].modules == {
        "prompt-manager": "1.0.0",
        "llm-provider": "1.0.1",
        "format-converter": "0.5b0",
    }
