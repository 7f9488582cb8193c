"""`also:` in the catalog: read beside the project, compared with it, edited with it; and found by init."""

import pytest

from trainer_release.errors import ReleaseError
from trainer_release.release.change import sync_edits
from trainer_release.suite.adopt import also
from trainer_release.suite.adopt.adoption import adopt
from trainer_release.suite.adopt.choice import choose
from trainer_release.suite.adopt.text import catalog_text
from trainer_release.suite.assemble import assemble
from trainer_release.suite.discovery import folders_of

CATALOG = 'mill:\n  version: "1.0.0"\nmodules:\n  a: {version: "1.0.0", also: [%s]}\n'
A = '[project]\nname = "mill-a"\nversion = "1.0.0"\n'


def joined(listed, catalog=CATALOG, **files):
    texts = {path.replace("__", "/").replace("_py", ".py").replace("_md", ".md"): text for path, text in files.items()}
    texts |= {"versions.yaml": catalog % listed if "%" in catalog else catalog, "packages/a/pyproject.toml": A}
    return assemble("versions.yaml", texts, texts.get)


def told(problems):
    return [(problem.code, problem.path, problem.line) for problem in problems]


def test_places_that_agree_are_silent_and_move_with_the_project():
    text = '__version__ = "1.0.0"\n'
    suite, problems = joined("src/v.py, README.md", packages__a__src__v_py=text, README_md="mill-a==1.0.0\n")
    assert problems == ()
    edits = {edit.path: edit for edit in sync_edits(suite, {"a": "1.1.0"})}
    assert set(edits) == {"packages/a/pyproject.toml", "packages/a/src/v.py", "README.md"}
    assert (edits["packages/a/src/v.py"].before, edits["packages/a/src/v.py"].after) == (
        text,
        '__version__ = "1.1.0"\n',
    )
    assert sync_edits(suite, {"a": "1.0.0"}) == ()


def test_places_that_disagree_are_told_with_file_and_line():
    suite, problems = joined("v.py", packages__a__v_py='"""V."""\n\n__version__ = "0.9.0"\n')
    assert told(problems) == [("version-places-differ", "packages/a/v.py", 3)]
    assert ReleaseError(*problems).exit == 4
    assert "says mill-a 0.9.0, but packages/a/pyproject.toml says 1.0.0" in problems[0].message
    assert [edit.after for edit in sync_edits(suite, {"a": "1.0.0"})] == ['"""V."""\n\n__version__ = "1.0.0"\n']


def test_a_place_that_is_not_there_or_says_nothing_is_told():
    _, problems = joined("gone.py, empty.py", packages__a__empty_py="")
    assert told(problems) == [
        ("version-file-missing", "versions.yaml", 4),
        ("version-not-found", "packages/a/empty.py", 1),
    ]
    assert "there is no packages/a/gone.py and no gone.py" in problems[0].message


def test_a_place_in_the_pyproject_itself_is_one_edit_with_the_version():
    table = '[tool.commitizen]\nversion = "0.9.0"\n'
    texts = {"versions.yaml": CATALOG % "pyproject.toml", "packages/a/pyproject.toml": A + table}
    suite, problems = assemble("versions.yaml", texts, texts.get)
    assert told(problems) == [("version-places-differ", "packages/a/pyproject.toml", 5)]
    (edit,) = sync_edits(suite, {"a": "1.1.0"})
    assert (edit.before, edit.after) == (A + table, (A + table).replace("1.0.0", "1.1.0").replace("0.9.0", "1.1.0"))


def test_the_file_that_states_the_version_is_no_further_place():
    project = '[build-system]\nrequires = []\nbuild-backend = "hatchling.build"\n[project]\nname = "mill-a"\n'
    project += 'dynamic = ["version"]\n[tool.hatch.version]\npath = "v.py"\n'
    texts = {"versions.yaml": CATALOG % "v.py", "packages/a/pyproject.toml": project, "packages/a/v.py": SAYS}
    suite, problems = assemble("versions.yaml", texts, texts.get)
    assert (suite.modules["a"].project.also, problems) == ((), ())


def test_the_umbrella_has_further_places_beside_its_package():
    catalog = 'mill:\n  version: "1.0.0"\n  package: mill-a\n  also: [v.py]\nmodules: {b: "1.0.0"}\n'
    suite, problems = joined("", catalog, packages__a__v_py='__version__ = "0.9.0"\n')
    assert suite.umbrella.project.also == ("packages/a/v.py",)
    assert ("version-places-differ", "packages/a/v.py", 1) in told(problems)


def found(*, version="1.0.0", folder="packages/a", more="", **files):
    """What init finds for a project whose folder holds these files."""
    project = (
        f'[build-system]\nrequires = []\nbuild-backend = "b"\n[project]\nname = "mill-a"\nversion = "{version}"\n{more}'
    )
    texts = {f"{folder}/{path}": text for path, text in files.pop("texts", {}).items()} | {
        f"{folder}/pyproject.toml": project
    }
    texts |= files.pop("beside", {})
    choice = choose([path for path in texts if path.endswith("pyproject.toml")], texts.get)
    named = [path for path in texts if path.rpartition("/")[2] in also.NAMES]
    return also.further(choice.released, folders_of(texts), named, texts.get).get(folder, ())


SAYS, OLD = '__version__ = "1.0.0"\n', '__version__ = "0.9.0"\n'


@pytest.mark.parametrize(
    "path", ["src/mill_a/__init__.py", "mill_a/_version.py", "src/mill/a/version.py", "src/mill_a/version/__init__.py"]
)
def test_init_finds_a_module_that_says_the_version_also_where_it_drifted(path):
    packages = (
        {f"{path.rpartition('/')[0]}/__init__.py": ""}
        if not path.endswith("version/__init__.py")
        else {"src/mill_a/__init__.py": ""}
    )
    for text in (SAYS, OLD):
        assert found(texts={**packages, path: text}) == (path,)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/mill_a/__init__.py", 'VERSION = "1.0.0"\n'),
        ("src/mill_a/sub/version.py", OLD),
        ("src/mill_a/version.py", '__version__ = "0.0.0"\n'),
        ("src/mill_a/version.py", 'VERSION = "0.9.0"\n'),
        ("src/mill_a/version.py", '__version__ = "0.9.0"\nVERSION = "3.0"\n'),
        ("src/mill_a/version.py", 'try:\n    pass\nexcept ImportError:\n    __version__ = "1.0.0"\n'),
        ("tests/data/version.py", SAYS),
        ("examples/x/__init__.py", SAYS),
        ("README.md", "pip install mill-a==0.9.0, or 1.0.0\n"),
        ("docs/README.md", "pip install mill-a==1.0.0\n"),
        ("VERSION", "2.0.0\n"),
        ("pyproject.toml.txt", "version = 1.0.0\n"),
    ],
)
def test_init_leaves_alone_what_may_be_another_version(path, text):
    assert found(texts={"src/mill_a/__init__.py": "", path: text}) == ()


def test_init_finds_pages_tools_and_crates_that_agree():
    texts = {
        "README.md": "[![v](https://img.example/badge/pypi-v1.0.0-green)](x)\n\n    pip install mill_a==1.0.0\n",
        "docs/conf.py": 'version = "1.0"\nrelease = "1.0.0"\n',
        "Cargo.toml": '[package]\nname = "a"\nversion = "1.0.0"\n',
        "CITATION.cff": "cff-version: 1.2.0\nversion: 1.0.0\n",
        ".bumpversion.cfg": "[bumpversion]\ncurrent_version = 1.0.0\n",
    }
    assert found(texts=texts) == tuple(sorted(texts))
    assert found(more='[tool.bumpversion]\ncurrent_version = "1.0.0"\n') == ("pyproject.toml",)


def test_a_file_belongs_to_the_nearest_project_alone():
    inner = {"packages/a/examples/b/pyproject.toml": '[project]\nname = "b"\nversion = "1.0.0"\n'}
    assert found(beside={**inner, "packages/a/examples/b/version.py": OLD}) == ()


def test_a_version_that_a_tag_gives_or_a_file_states_has_no_further_place_there():
    states = '[tool.hatch.version]\npath = "mill_a.py"\n'
    project = '[build-system]\nrequires = []\nbuild-backend = "hatchling.build"\n[project]\nname = "mill-a"\ndynamic = ["version"]\n'
    for more, path in (
        (states.replace("mill_a", "_version"), "_version.py"),
        ('[tool.hatch.version]\nsource = "vcs"\n', "_version.py"),
    ):
        texts = {"pyproject.toml": project + more, path: SAYS}
        choice = choose(["pyproject.toml"], texts.get)
        assert also.further(choice.released, folders_of(texts), [path], texts.get) == {}


def test_what_was_found_stands_in_the_catalog_and_reads_back():
    text = '[build-system]\nrequires = []\nbuild-backend = "b"\n[project]\nname = "{}"\nversion = "1.0.0"\ndependencies = {}\n'
    files = {
        "a/pyproject.toml": text.format("mill-a", []),
        "a/v.py": SAYS,
        "core/pyproject.toml": text.format("mill-core", ["mill-a"]),
        "core/v.py": OLD,
    }
    choice = choose(files, files.get)
    written = catalog_text(adopt(choice, "mill", further={"a": ("v.py",), "core": ("v.py",)}))
    assert 'a: {version: "1.0.0", also: [v.py]}' in written
    suite, problems = assemble("versions.yaml", files, {**files, "versions.yaml": written}.get)
    assert {name: module.project.also for name, module in suite.modules.items()} == {
        "a": ("a/v.py",),
        "core": ("core/v.py",),
    }
    assert told(problems) == [("version-places-differ", "core/v.py", 1)]
