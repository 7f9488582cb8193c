"""Further places of a version: where they are found in a file, and what an edit of them leaves alone."""

import pytest

from trainer_release.errors import ReleaseError
from trainer_release.suite.layouts.also_file import spans, written

FOUND = {
    "a plain name": ("x.py", '__version__ = "1.2.3"\n', ["1.2.3"]),
    "an annotated name": ("x.py", 'VERSION: str = "1.2.3"\n', ["1.2.3"]),
    "several names": ("x.py", '__version__ = "1.2.3"\nversion = "1.2.3"\n', ["1.2.3", "1.2.3"]),
    "the only name that ends so": ("x.py", 'SDK_VERSION = "1.2.3"\n', ["1.2.3"]),
    "two names that end so": ("x.py", 'API_VERSION = "1.2"\nDB_VERSION = "3.4"\n', []),
    "a fallback under an except": ("x.py", 'try:\n    a()\nexcept E:\n    __version__ = "0.0.0"\n', []),
    "no version": ("x.py", '__version__ = "2024-01-01x"\nrelease = "7"\n', []),
    "no Python": ("x.py", "__version__ = (\n", []),
    "Sphinx with its short form": ("docs/conf.py", 'version = "1.2"\nrelease = "1.2.3"\n', ["1.2.3"]),
    "a crate": ("Cargo.toml", '[package]\nname = "x"\nversion = "1.2.3"\n[dependencies]\ny = "9.9.9"\n', ["1.2.3"]),
    "a bump tool": (
        "pyproject.toml",
        '[tool.commitizen]\nversion = "1.2.3"\n[tool.poetry]\nversion = "9"\n',
        ["1.2.3"],
    ),
    "npm": ("package.json", '{\n  "name": "x",\n  "version": "1.2.3",\n  "a": {"version": "2"}\n}\n', ["1.2.3"]),
    "npm, where another version comes first": (
        "p.json",
        '{\n"a": {\n"version": "2.0"\n},\n"version": "1.2.3"\n}\n',
        [],
    ),
    "no JSON": ("package.json", "{", []),
    "a file that holds nothing else": ("VERSION", "v1.2.3\n", ["1.2.3"]),
    "an install line": ("README.md", "pip install my_pkg==1.2.3.\n", ["1.2.3"]),
    "an install line with extras": ("README.md", "pip install 'my-pkg[a, b] == 1.2.3'\n", ["1.2.3"]),
    "a file's name": ("README.md", "my_pkg-1.2.3rc1-py3-none-any.whl my-pkg-1.2.3.tar.gz\n", ["1.2.3rc1", "1.2.3"]),
    "a badge": ("README.rst", "https://img.example/badge/version-1.2.3-blue\n", ["1.2.3"]),
    "a tag": ("README.md", "uses: team/My.Pkg@v1.2.3\n", ["1.2.3"]),
    "a bound of others": ("README.md", "my-pkg>=1.0, my-pkg==1.*, not-my-pkg==4.5, my-pkg-x==6.7, version 1.0\n", []),
    "a line of its own": ("CITATION.cff", "cff-version: 1.2.0\nversion: 1.2.3\n", ["1.2.3"]),
    "a bump tool's own file": (".bumpversion.cfg", "[bumpversion]\ncurrent_version = 1.2.3\n", ["1.2.3"]),
    "another language": ("x.ts", 'export const VERSION = "1.2.3";\n', ["1.2.3"]),
    "no line of a page": ("README.md", "version: 3.8\n", []),
}


@pytest.mark.parametrize(("path", "text", "values"), FOUND.values(), ids=FOUND)
def test_a_place_is_known_by_the_kind_of_its_file(path, text, values):
    assert [each.value for each in spans(path, text, "my-pkg")] == values


def test_only_the_version_changes_in_every_place():
    text = 'a = 1\r\n__version__ = "1.2.3"  # and 1.2.3\r\nVERSION = \'v1.0.0\'\r\nb = "1.2.3"\r\n'
    after = written("x.py", text, "x", "2.0.0rc1")
    assert after == text.replace('"1.2.3"  #', '"2.0.0rc1"  #').replace("v1.0.0", "2.0.0rc1")
    assert written("x.py", after, "x", "2.0.0rc1") == after


def test_a_version_in_another_spelling_stays_as_it_is():
    for path, text, version in (
        ("x.py", '__version__ = "v1.45.0.dev"\n', "1.45.0.dev0"),
        ("Cargo.toml", '[package]\nversion = "1.0.0-rc.1"\n', "1.0rc1"),
    ):
        assert written(path, text, "x", version) == text


def test_a_file_of_three_numbers_says_them_as_its_tool_does():
    assert written("package.json", '{\n  "version": "1.0.0"\n}\n', "x", "2.0rc1") == '{\n  "version": "2.0.0-rc.1"\n}\n'
    with pytest.raises(ReleaseError) as caught:
        written("package.json", '{\n  "version": "1.0.0"\n}\n', "x", "2.0.post1")
    assert caught.value.problems[0].code == "version-edit-failed"


def test_an_edit_after_which_the_place_would_not_be_found_is_refused():
    with pytest.raises(ReleaseError) as caught:
        written("README.md", "x==1.2.3\n", "x", "3")
    assert (caught.value.problems[0].code, caught.value.problems[0].path) == ("version-edit-failed", "README.md")
