"""Lock files in the suite's other repositories: made there where it can be, else listed, and told after publishing."""

from __future__ import annotations

from kit.several import several

HEAD = 'version = 1\nrequires-python = ">=3.9"\n'


def entry(name, version, source):
    return f'\n[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ {source} }}\n'


def test_locks_of_other_repositories_are_part_of_their_release_commits(tmp_path):
    made = several(tmp_path, tmp_path / "home")
    own = {name: entry(f"mill-{name}", "1.0.0", 'editable = "."') for name in "abc"}
    index = 'registry = "https://index.example/simple"'
    unsure = own["b"].replace('"1.0.0"', "'''1.0.0'''")  # as no tool writes it: left for its tool
    locks = {
        "a": HEAD.replace("3.9", "3.8") + own["a"],  # its project says 3.9: uv has to write it anew
        "b": HEAD + unsure + entry("mill-a", "1.0.0", 'editable = "../a"'),
        "c": HEAD + entry("mill-a", "1.0.0", index) + entry("mill-b", "1.0.0", index) + own["c"],
    }
    for name, text in locks.items():
        made.push_to(name, "uv.lock", text)
    made.work.write(
        "uv.lock", HEAD + entry("mill-a", "1.0.0", index) + entry("mill-core", "1.0.0", 'editable = "apps/core"')
    )
    made.work.commit("A lock that awaits")

    plan = made.work.run("prepare", "2.0.0", "--dry-run", "--json").json
    edits = {edit["path"]: edit["diff"] for edit in plan["edits"]}
    notes = [note for note in plan["notes"] if "uv.lock" in note]
    assert notes == [
        "uv.lock is made after publishing (mill-a): `uv lock` in .",
        "b:/uv.lock is made after publishing (mill-a): `uv lock` in . of the repository b",
        "c:/uv.lock is made after publishing (mill-a, mill-b): `uv lock` in . of the repository c",
    ]
    assert {path for path in edits if path.endswith("uv.lock")} == {"uv.lock", "a:/uv.lock", "c:/uv.lock"}

    made.work.run("prepare", "2.0.0")
    tagged = {name: made.work.git("show", "v2.0.0:uv.lock", cwd=made.clone(name)) for name in "abc"}
    assert 'name = "mill-a"\nversion = "2.0.0"\nsource = { editable = "." }' in tagged["a"]
    assert 'requires-python = ">=3.9"' in tagged["a"]
    assert tagged["c"] == locks["c"].replace(own["c"], own["c"].replace("1.0.0", "2.0.0")).strip()
    assert tagged["b"] == locks["b"].strip()
    assert made.work.record("v2.0.0")["build"]["uv"][0].isdigit()

    clone = made.clone("a")
    made.work.git("update-ref", "refs/heads/main", "v2.0.0~1", cwd=clone)
    noted = made.work.run("check", "--json").json["problems"]
    found = {
        (each["code"], each["path"], each["line"], each["severity"]) for each in noted if "uv.lock" in each["path"]
    }
    assert found == {("drift", "a:/uv.lock", 6, "note"), ("lock-stale", "b:/uv.lock", None, "note")}
    made.work.git("update-ref", "refs/heads/main", "v2.0.0^{commit}", cwd=clone)

    told = made.work.run("execute").err
    assert told.count("note[lock-awaited]") == 3
    assert "no address of the embedded index may stand in a lock" in told
    assert "`uv lock` in . of the repository c, then commit it" in told
    assert made.work.git("status", "--porcelain") == ""
