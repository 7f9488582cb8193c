"""Row C of the fault catalogue: a version that cannot be released. What is malformed is exit 2 with the spelling to
write, what is taken or too low is exit 6; nothing is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kit.facts import on_index, prepare_facts
from kit.refused import process, run, state
from kit.repo import repository
from kit.repo import suite as suite_files
from trainer_release.errors import ReleaseError
from trainer_release.release import preflight

# The argument | what stands in the hint
MALFORMED = [
    ("C-1.0", "1.0", "write 1.0.0"),
    ("C-v1.0.0", "v1.0.0", "write 1.0.0"),
    ("C-blank-1.0.0", " 1.0.0", "write 1.0.0"),
    ("C-1.0.0-newline", "1.0.0\n", "write 1.0.0"),
    ("C-1.0.0-1", "1.0.0-1", "write 1.0.0.post1"),
    ("C-01.2.3", "01.2.3", "write 1.2.3"),
    ("C-local", "1.0.0+local", "write 1.0.0"),
    ("C-epoch", "1!1.0", "write 1.0.0"),
    ("C-full-width", "１.0", "write 1.0.0"),
    ("C-5000-digits", "1" * 5000, "write a version such as 1.2.0"),
    ("C-minus", "-1.0", "write 1.0.0"),
    ("C-help", "--help", "write a version such as 1.2.0"),
    ("C-shell", "$(id)", "write a version such as 1.2.0"),
    ("C-path", "../x", "write a version such as 1.2.0"),
    ("C-empty", "", "write a version such as 1.2.0"),
]
COMMANDS = ("prepare", "execute", "tag", "push", "abandon", "withdraw", "rehearse", "drill")


@pytest.fixture
def home(tmp_path):
    return repository(tmp_path / "repo", suite_files())


def refused(home, answer, code, name):
    assert (answer.code, answer.out, "Traceback" in answer.err) == (code, "", False), answer
    assert answer.err.startswith(f"error[{name}]: "), answer.err
    assert len(answer.err) < 500
    return answer.err


@pytest.mark.parametrize(("version", "hint"), [pytest.param(*rest, id=name) for name, *rest in MALFORMED])
def test_a_malformed_version_is_exit_2_with_the_spelling_to_write(home, version, hint):
    """A word that begins with `-` is an option to every command line: behind `--` it is a version."""
    before = state(home.root)
    for command in COMMANDS:
        assert f"   = {hint}" in refused(home, run(home.root, command, "--", version), 2, "version-invalid")
    assert state(home.root) == before


@pytest.mark.parametrize("version", ["-1.0", "v1.0.0", "", "$(id)", "1" * 5000], ids=lambda each: f"C-{each[:8]}")
def test_a_process_refuses_it_too(home, version):
    before = state(home.root)
    answer = process(home.root, "prepare", version)
    assert (answer.code, answer.out, "Traceback" in answer.err) == (2, "", False)
    assert state(home.root) == before


@pytest.mark.parametrize("version", ["1.0.0+local", "1!1.0.0"], ids=["C-local", "C-epoch"])
def test_what_no_index_takes_is_told(home, version):
    assert "an epoch or a local part" in refused(home, run(home.root, "prepare", version), 2, "version-invalid")


def test_c_what_no_version_says_is_asked_for(home):
    assert "neither VERSION nor --bump" in refused(home, run(home.root, "prepare"), 2, "usage")


@pytest.mark.parametrize(
    ("version", "tag", "name"),
    [
        pytest.param("1.0.5", "v1.1.0", "version-not-newer", id="C-lower-than-released"),
        pytest.param("1.1.0rc1", "v1.1.0", "version-not-newer", id="C-pre-release-of-what-is-released"),
        pytest.param("1.1.0", "v1.1.0", "tag-taken", id="C-already-tagged"),
        pytest.param("1.0.0", "v1.0.0", "tag-taken", id="C-equal-to-current-and-tagged"),
    ],
)
def test_a_version_that_is_taken_or_too_low_is_exit_6(home, version, tag, name):
    """The catalog's own version is no obstacle while it is not tagged: it is what the first release takes (the
    contract's section 5); versions are compared with those that this branch has released."""
    home.git("tag", tag)
    before = state(home.root)
    for words in (["--dry-run"], ["--dry-run", "--json"]):
        assert refused(home, run(home.root, "prepare", version, *words), 6, name).count("\n   = ") >= 1
    after = state(home.root)
    assert {path: held for path, held in after.items() if held != before.get(path)} == {}


@pytest.mark.parametrize("yanked", [False, True], ids=["C-on-the-index", "C-yanked-from-the-index"])
def test_a_version_that_the_index_has_is_taken_yanked_or_not(yanked):
    listed = on_index("demo-words 1.1.0", "demo-speech 1.1.0", "demo-core 1.1.0")
    listings = {
        package: {version: tuple(replace(file, yanked=yanked) for file in files) for version, files in versions.items()}
        for package, versions in listed.items()
    }
    with pytest.raises(ReleaseError) as caught:
        preflight.check(preflight.PREPARE, prepare_facts("1.1.0", listings=listings))
    first = caught.value.problems[0]
    assert (first.code, caught.value.exit, bool(first.hint)) == ("version-taken", 6, True)


@pytest.mark.parametrize("version", ["1.1.0rc1", "1.1.0a1", "1.1.0.dev1", "1.0.0.post1"], ids=lambda each: f"C-{each}")
def test_pre_and_post_releases_need_no_permission(home, version):
    """The contract has no key that forbids them: what may pin a pre-release is judged, not its version."""
    answer = run(home.root, "prepare", version, "--dry-run")
    assert answer.code == 0, answer
    assert version in answer.out
