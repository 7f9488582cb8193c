"""Projects whose version flit, pdm-backend or maturin reads: from the module, a named file, or the crate."""

import pytest

from trainer_release.errors import ReleaseError
from trainer_release.model.project import Wanted
from trainer_release.suite.layouts import edit_project, read_project
from trainer_release.suite.layouts.cargo import semantic


def project_with(backend):
    return f'[build-system]\nbuild-backend = "{backend}"\n[project]\nname = "my-pkg"\ndynamic = ["version"]\n'


FLIT, PDM, MATURIN = map(project_with, ("flit_core.buildapi", "pdm.backend", "maturin"))
CRATE = '[package]\nname = "c"\nversion = "1.0.0"\n'
INHERITS = '[package]\nname = "c"\nversion = { workspace = true }\n'
WORKSPACE = '[workspace]\nmembers = ["c"]\n[workspace.package]\nversion = "3.0.0"\n'


def read(text, **files):
    return read_project("p", {"p/pyproject.toml": text, **{f"p/{name}": each for name, each in files.items()}}.get)


def problem_of(text, **files):
    with pytest.raises(ReleaseError) as caught:
        read(text, **files)
    (problem,) = caught.value.problems
    assert (caught.value.exit, bool(problem.hint)) == (3, True)
    return problem.code, problem.path


@pytest.mark.parametrize(
    "path", ["my_pkg/__init__.py", "my_pkg.py", "src/my_pkg/__init__.py", "src/my_pkg.py", "my_pkg/_version.py"]
)
def test_flit_finds_the_module_as_package_or_file_below_src_or_not(path):
    files = {"my_pkg/__init__.py": "", path: "__version__ = '1.2'"}
    project = read(FLIT, **files)
    assert (project.layout, project.version, project.version_path) == ("flit", "1.2", f"p/{path}")


def test_flit_takes_what_the_package_states_before_what_its_version_file_states():
    files = {"my_pkg/__init__.py": "__version__ = '1'\n__version__ = '2'", "my_pkg/version.py": "__version__ = '3'"}
    assert read(FLIT, **files).version == "1"


def test_flit_without_a_module_or_a_version_is_refused():
    assert problem_of(FLIT) == ("version-file-missing", "p/pyproject.toml")
    files = {"my_pkg/__init__.py": "from ._version import __version__"}
    assert problem_of(FLIT, **files) == ("version-not-found", "p/my_pkg/__init__.py")
    assert problem_of(FLIT, **{"my_pkg/__init__.py": "def ("}) == ("version-not-found", "p/my_pkg/__init__.py")


@pytest.mark.parametrize(
    "literal", ['f"{1}.0"', '"1" ".0"', r'"1\x2e0"', 'b"1.0"', '("1.0", 2)[0]', "'''1'''\\\n'2'", "1.0"]
)
def test_a_string_that_is_put_together_is_not_taken_for_a_version(literal):
    code, _ = problem_of(FLIT, **{"my_pkg.py": f"__version__ = {literal}"})
    assert code == "version-not-found"


def test_pdm_reads_the_file_that_is_named():
    text = PDM + '[tool.pdm.version]\nsource = "file"\npath = "v.py"\n'
    assert read(text, **{"v.py": "__version__ = '1.2' # kept"}).version == "1.2"
    assert read(text + "pattern = 'is (.*)!'", **{"v.py": "it is 1.3!"}).version == "1.3"
    assert problem_of(text) == ("version-file-missing", "p/pyproject.toml")
    assert problem_of(text, **{"v.py": "version = '1'"}) == ("version-not-found", "p/v.py")
    assert problem_of(text + "pattern = 'is .*'", **{"v.py": ""}) == ("version-not-found", "p/pyproject.toml")


def test_pdm_takes_a_file_where_no_source_is_named():
    assert read(PDM + '[tool.pdm.version]\npath = "v.py"\n', **{"v.py": "VERSION = '1.2'"}).version == "1.2"


@pytest.mark.parametrize("table", ["source = 'call'\ngetter = 'm:f'", "source = 'file'", "path = 1", ""])
def test_pdm_without_a_file_is_refused(table):
    assert problem_of(f"{PDM}[tool.pdm.version]\n{table}") == ("layout-unknown", "p/pyproject.toml")


@pytest.mark.parametrize(
    ("more", "files", "path", "version"),
    [
        ("", {"Cargo.toml": CRATE}, "p/Cargo.toml", "1.0.0"),
        ("", {"Cargo.toml": CRATE, "rust/Cargo.toml": WORKSPACE}, "p/Cargo.toml", "1.0.0"),
        ('[tool.maturin]\npython-source = "py"', {"rust/Cargo.toml": CRATE}, "p/rust/Cargo.toml", "1.0.0"),
        ("", {"rust/Cargo.toml": CRATE, "src/my_pkg/__init__.py": ""}, "p/rust/Cargo.toml", "1.0.0"),
        ('[tool.maturin]\nmanifest-path = "r/Cargo.toml"', {"r/Cargo.toml": CRATE}, "p/r/Cargo.toml", "1.0.0"),
        ("", {"Cargo.toml": INHERITS, "../Cargo.toml": WORKSPACE}, "Cargo.toml", "3.0.0"),
        ("", {"Cargo.toml": INHERITS + WORKSPACE}, "p/Cargo.toml", "3.0.0"),
        ("", {"Cargo.toml": INHERITS + 'workspace = "w"', "w/Cargo.toml": WORKSPACE}, "p/w/Cargo.toml", "3.0.0"),
    ],
)
def test_maturin_finds_the_manifest_that_states_the_version(more, files, path, version):
    texts = {"p/pyproject.toml": MATURIN + more}
    texts |= {f"p/{name}".replace("p/../", ""): text for name, text in files.items()}
    project = read_project("p", texts.get)
    assert (project.layout, project.version_path, project.version) == ("maturin", path, version)
    assert [(edit.path, edit.after) for edit in edit_project(project, Wanted("4.0.0", {}))] == [
        (path, texts[path].replace(version, "4.0.0"))
    ]


def test_the_lock_of_a_cargo_workspace_is_found_above():
    lock = '[[package]]\nname = "c"\nversion = "1.0.0"\n'
    texts = {"p/pyproject.toml": MATURIN, "p/Cargo.toml": CRATE, "Cargo.lock": lock}
    edits = edit_project(read_project("p", texts.get), Wanted("1.1.0", {}))
    assert {edit.path: edit.after for edit in edits} == {
        "p/Cargo.toml": CRATE.replace("1.0.0", "1.1.0"),
        "Cargo.lock": lock.replace("1.0.0", "1.1.0"),
    }


def test_maturin_without_a_manifest_or_a_version_is_refused():
    assert problem_of(MATURIN) == ("version-file-missing", "p/pyproject.toml")
    outside = '[tool.maturin]\nmanifest-path = "/Cargo.toml"'
    assert problem_of(MATURIN + outside) == ("version-file-missing", "p/pyproject.toml")
    assert problem_of(MATURIN, **{"Cargo.toml": INHERITS}) == ("version-not-found", "p/Cargo.toml")
    assert problem_of(MATURIN, **{"Cargo.toml": "[package]"}) == ("version-not-found", "p/Cargo.toml")
    assert problem_of(MATURIN, **{"Cargo.toml": "[package"}) == ("toml-invalid", "p/Cargo.toml")
    wrong = CRATE.replace("1.0.0", "one")
    assert problem_of(MATURIN, **{"Cargo.toml": wrong}) == ("project-version-invalid", "p/Cargo.toml")


@pytest.mark.parametrize(
    ("version", "spelled"),
    [
        ("1.2", "1.2.0"),
        ("1.2.3a1", "1.2.3-alpha.1"),
        ("1.2.3b2", "1.2.3-beta.2"),
        ("1.2.3rc10", "1.2.3-rc.10"),
        ("1.2.3.dev4", "1.2.3-dev.4"),
        ("1.2.3.4", None),
        ("1.2.3.post1", None),
        ("1.2.3rc1.dev1", None),
        ("1!1.2.3", None),
        ("1.2.3+local", None),
    ],
)
def test_a_version_is_spelled_as_cargo_wants_it(version, spelled):
    assert semantic(version) == spelled


def test_a_version_that_cargo_cannot_spell_is_refused_and_another_spelling_is_no_drift():
    project = read(MATURIN, **{"Cargo.toml": CRATE.replace("1.0.0", "1.0.0-rc.1")})
    assert edit_project(project, Wanted("1.0.0rc1", {})) == ()
    with pytest.raises(ReleaseError) as caught:
        edit_project(project, Wanted("1.0.0.post1", {}))
    assert [problem.code for problem in caught.value.problems] == ["version-edit-failed"]
