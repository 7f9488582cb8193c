"""Row A13: another process changes the catalog while a release is prepared from it. Its text is never overwritten."""

from __future__ import annotations


def test_a13_a_catalog_that_changes_while_prepare_runs_is_never_overwritten(fresh):
    work = fresh({"a": ()}, umbrella=False, commit=False)
    place = work.root / "versions.yaml"
    note = f"    with open({str(place)!r}, 'a') as catalog:\n        catalog.write('# somebody else was here\\n')\n"
    test = "packages/a/tests/test_mill_a.py"
    work.write(test, work.read(test) + f"\n\ndef test_somebody_edits_the_catalog():\n{note}")
    work.commit("The suite")
    before = work.read("versions.yaml")

    told = work.run("prepare", "1.1.0", code=6).err

    assert "error[file-changed]: " in told
    assert "--> versions.yaml\n" in told
    assert "\n   = the prepared text is in commit " in told
    assert work.read("versions.yaml").startswith(before)
    assert set(work.read("versions.yaml").removeprefix(before).splitlines()) == {"# somebody else was here"}
    assert 'version = "1.0.0"' in work.read("packages/a/pyproject.toml")
