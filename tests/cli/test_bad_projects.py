"""Every row B1 to B7 of the fault catalogue: what is wrong with a pyproject.toml is exit 3 at its line, before anything
is built, and nothing is written; what is only unusual is edited without moving another byte."""

from __future__ import annotations

import pytest

from kit.refused import CATALOG, MEGABYTES, SECONDS, checked, measured, process, run, state, suite_in, told
from kit.repo import SPEECH, WORDS, project, repository
from kit.repo import suite as suite_files

PLAIN = project("demo-words")
OLD = project("demo-words", "0.9.0")
DYNAMIC = (
    '[build-system]\nrequires = [{}]\nbuild-backend = "{}"\n\n[project]\nname = "demo-words"\ndynamic = ["version"]\n'
)
MODULE = "packages/words/src/demo_words/__init__.py"
AT_PATH = 'demo: {version: "1.0.0"}\nmodules:\n  words: {version: "1.0.0", path: packages/words%s}\n  speech: "1.0.0"\n'


def needing(*needs, more=""):
    return {SPEECH: project("demo-speech", needs=needs, more=more)}


def words(text):
    return {WORDS: text}


# row and input | files | PATH:LINE:COLUMN code | what stands in message or hint
CASES = [
    ("B1-missing", {CATALOG: AT_PATH % "", WORDS: None}, "versions.yaml:3:3 path-missing", "packages/words"),
    ("B1-duplicate-table", words(PLAIN + "[project]\n"), f"{WORDS}:6:9 toml-invalid", "twice"),
    ("B1-duplicate-key", words(PLAIN + 'name = "x"\n'), f"{WORDS}:6:11 toml-invalid", "Cannot overwrite"),
    ("B1-byte-order-mark", words("\ufeff" + PLAIN), f"{WORDS}:1:1 toml-invalid", "without a byte order mark"),
    ("B1-latin-1-comment", words(PLAIN.encode() + b"# caf\xe9\n"), f"{WORDS}:6:6 toml-invalid", "0xE9 is no UTF-8"),
    ("B1-latin-1-name", words(PLAIN.encode().replace(b"words", b"w\xf6rds")), f"{WORDS}:1:9 toml-invalid", "0xF6"),
    ("B1-nul", words(PLAIN + "# \0\n"), f"{WORDS}:6:3 toml-invalid", "invalid character"),
    ("B1-lone-carriage-returns", words(PLAIN.replace("\n", "\r")), f"{WORDS}:1:13 toml-invalid", "invalid character"),
    ("B2-no-project", {CATALOG: AT_PATH % "", **words("[tool.x]\na = 1\n")}, "versions.yaml:3:3 path-missing", "project"),
    ("B2-unknown-backend", words(DYNAMIC.format('"own"', "own")), f"{WORDS} layout-unknown", "version is dynamic"),
    ("B2-version-twice", words(PLAIN + 'dynamic = ["version"]\n'), f"{WORDS} layout-unknown", "version is dynamic"),
    ("B2-version-as-a-table", words(PLAIN.replace('"1.0.0"', '{file = "V"}')), f"{WORDS} layout-unknown", "no string"),
    ("B2-no-version", words(PLAIN.replace('version = "1.0.0"\n', "")), f"{WORDS} layout-unknown", "no version"),
    ("B2-attribute-that-is-not-there", {
        **words(DYNAMIC.format('"setuptools"', "setuptools.build_meta")
                + '[tool.setuptools.dynamic]\nversion = {attr = "demo_words.__version__"}\n')
     }, f"{MODULE} version-not-found", "__version__"),
    ("B3-other-name", words(project("demo-wrds")), f"{WORDS} project-unlisted", "demo-wrds"),
    ("B3-other-name-at-the-path", {CATALOG: AT_PATH % ", package: demo-words", **words(project("demo-other"))},
     "versions.yaml:3:3 package-mismatch", "write `package: demo-other`"),
    ("B4-file-url", needing("demo-words @ file:///x"), f"{SPEECH}:6 direct-reference", "[tool.uv.sources]"),
    ("B4-git-url", needing("demo-words @ git+https://git.example/x"), f"{SPEECH}:6 direct-reference", "a specifier"),
    ("B4-url-in-an-extra", needing(more='[project.optional-dependencies]\nx = ["demo-words @ file:///x"]\n'),
     f"{SPEECH}:7 direct-reference", "a specifier"),
    *[(f"B6-{label}", needing(text), f"{SPEECH}:6 requirement-invalid", "PEP 508") for label, text in (
        ("requirement-with-a-space", "demo words"), ("requirement-without-a-name", ">=1"), ("empty-requirement", ""),
        ("operator", "demo-words>>1"), ("specifier-without-a-version", "demo-words>="), ("extra", "demo-words["),
        ("specifier", "demo-words>=1.x"), ("two-commas", "demo-words>=1,,<2"), ("url", "demo-words @"),
        ("marker", "demo-words; python_versio>'3'"))],
    ("B6-requirement-to-build", needing(more='[build-system]\nrequires = ["a b"]\n'),
     f"{SPEECH}:7 requirement-invalid", "build-system"),
    ("B6-requires-python", words(PLAIN + 'requires-python = ">=3.x"\n'), f"{WORDS}:6 metadata-invalid", '">=3.11"'),
    ("B6-requires-python-alone", words(PLAIN + 'requires-python = "3.11"\n'), f"{WORDS}:6 metadata-invalid", "specifier"),
    ("B6-requires-python-number", words(PLAIN + "requires-python = 3.11\n"), f"{WORDS} metadata-invalid", "no string"),
    ("B6-classifier", words(PLAIN + 'classifiers = ["Framework: x"]\n'), f"{WORDS}:6 metadata-invalid", "no classifier"),
    ("B6-classifiers", words(PLAIN + 'classifiers = "Private :: x"\n'), f"{WORDS}:6 metadata-invalid", "no list"),
    ("B6-license", words(PLAIN + 'license = "MIT OR"\n'), f"{WORDS}:6 metadata-invalid", "SPDX"),
    ("B6-license-unknown", words(PLAIN + 'license = "Our Own"\n'), f"{WORDS}:6 metadata-invalid", "LicenseRef-Own"),
    ("B6-license-table", words(PLAIN + "license = {}\n"), f"{WORDS} metadata-invalid", "`file`"),
    ("B6-readme-type", words(PLAIN + "readme = 3\n"), f"{WORDS} metadata-invalid", "README.md"),
    ("B6-version", words(project("demo-words", "one")), f"{WORDS}:4 project-version-invalid", "PEP 440"),
    ("B6-name", words(project("a name")), f"{WORDS} package-name-invalid", "letters, digits"),
    ("A11-stdlib-project", words(project("json")), f"{WORDS} project-unlisted", "json"),
    ("A11-stdlib-module-project", {CATALOG: 'demo: {version: "1.0.0"}\nmodules: {json: "1.0.0", speech: "1.0.0"}\n',
                                   **words(project("json"))}, f"{WORDS}:3 name-reserved", "Python's own"),
]  # fmt: skip
BOMBS = [
    ("B7-nested-arrays", "x = " + "[" * 10_000 + "]" * 10_000 + "\n", "100 levels"),
    ("B7-nested-inline-tables", "x = " + "{a=" * 10_000 + "1" + "}" * 10_000 + "\n", "100 levels"),
    ("B7-nested-by-dots", ".".join("a" * 10_000) + " = 1\n", "100 levels"),
    ("B7-nested-by-a-header", "[" + ".".join("a" * 10_000) + "]\n", "100 levels"),
    ("B7-nested-a-little-too-deep", "x = " + "[" * 101 + "]" * 101 + "\n", "100 levels"),
    ("B7-integer-of-5000-digits", "x = " + "1" * 5000 + "\n", "4300 digits"),
    ("B7-10-megabytes", "x = '" + "1" * 10_000_000 + "'\n", "1048576"),
]
SCM = "[tool.setuptools_scm]\n"
WORKS = {
    "B1-crlf": words(PLAIN.replace("\n", "\r\n")),
    "B1-mixed-line-ends": words(PLAIN.replace("\n", "\r\n", 2)),
    "B2-setuptools-scm": words(DYNAMIC.format('"setuptools", "setuptools-scm"', "setuptools.build_meta") + SCM),
    "B2-hatch-vcs": words(
        DYNAMIC.format('"hatchling", "hatch-vcs"', "hatchling.build") + '[tool.hatch.version]\nsource = "vcs"\n'
    ),
    "B2-attribute": {
        **words(
            DYNAMIC.format('"setuptools"', "setuptools.build_meta")
            + '[tool.setuptools.dynamic]\nversion = {attr = "demo_words.__version__"}\n'
        ),
        MODULE: '__version__ = "1.0.0"\n',
    },
    "B2-poetry-only": words('[tool.poetry]\nname = "demo-words"\nversion = "1.0.0"\n'),
    "B2-inline-table": words('project = {name = "demo-words", version = "1.0.0"}\n'),
    "B2-dotted-keys": words('project.name = "demo-words"\nproject.version = "1.0.0"\n'),
    "B3-name-in-another-spelling": words(project("Demo_Words")),
    "B6-license-file-that-is-there": {**words(PLAIN + 'license = {file = "L"}\n'), "packages/words/L": "MIT\n"},
    "B6-readme-that-is-there": {
        **words(PLAIN + 'readme = "R.md"\nlicense = "mit"\n'),
        "packages/words/R.md": "# R\n",
    },
    "B6-classifiers-that-look-like-some": words(
        PLAIN + 'classifiers = ["Private :: Do Not Upload", "Topic :: System :: Archiving"]\n'
    ),
}
GROUPS = '[dependency-groups]\na = [{include-group = "b"}]\nb = [{include-group = "a"}, "%s"]\n'
# row and input | the project before, `@` where the pin stands | the pin before | after
PINS = [
    ("B4-extras", '    "demo-words[fast]@",\n', ">=0.9,<1", ">=1.0.0,<2"),
    ("B4-markers", "    \"demo-words@; python_version > '3.8'\",\n", "==0.9.0", "==1.0.0"),
    ("B4-arbitrary-equality", '    "demo-words@",\n', "===0.9.0", "===1.0.0"),
    ("B4-compatible", '    "demo-words@",\n', "~=0.9.0", "~=1.0.0"),
    ("B4-upper-bound", '    "demo-words@",\n', "<1.0", "<2.0"),
    ("B5-twice", '    "demo-words@; python_version < \'4\'",\n    "demo-words@",\n', "==0.9.0", "==1.0.0"),
    ("B5-other-spelling", '    "Demo.Words@",\n', "==0.9.0", "==1.0.0"),
    ("B5-comment-inside", '    # why "demo-words"\n    "demo-words@",  # so\n', "==0.9.0", "==1.0.0"),
    ("B5-trailing-comma", '    "rich", "demo-words@",\n', "==0.9.0", "==1.0.0"),
    ("B5-no-trailing-comma", '    "demo-words@"\n', "==0.9.0", "==1.0.0"),
    ("B5-literal-string", "    'demo-words@',\n", "==0.9.0", "==1.0.0"),
    ("B5-multi-line-string", '    """demo-words@""",\n', "==0.9.0", "==1.0.0"),
    ("B5-multi-line-literal", "    '''demo-words@''',\n", "==0.9.0", "==1.0.0"),
]


def params(cases):
    return [pytest.param(*rest, id=name) for name, *rest in cases]


@pytest.mark.parametrize(("files", "place", "said"), params(CASES))
def test_what_is_wrong_with_a_project_is_exit_3_at_its_line_with_the_next_move(tmp_path, files, place, said):
    """B2: without `[project]` a folder is no project; it is missed where the catalog names it. B6: which classifiers
    there are only the index knows; their form is checked."""
    more = {MODULE: ""} if "version-not-found" in place else {}
    lines = checked(suite_in(tmp_path, {**files, **more}))
    assert any(line.startswith(f"{place}: ") and said in line for line in lines), lines


FIRST = {case[0].partition("-")[0]: case for case in reversed(CASES) if case[0].startswith("B")}


@pytest.mark.parametrize(("files", "place", "said"), params(FIRST.values()))
def test_a_process_says_the_same_of_one_input_of_each_row(tmp_path, files, place, said):
    before = state(suite_in(tmp_path, files))
    lines = told(tmp_path, process(tmp_path, "check", "--json"), before)
    assert any(line.startswith(f"{place}: ") and said in line for line in lines), lines


@pytest.mark.parametrize("files", params(WORKS.items()))
def test_what_is_only_unusual_is_read(tmp_path, files):
    assert checked(suite_in(tmp_path, files), 0) == []


@pytest.mark.parametrize("readme", ['"README.md"', '{file = "README.md", content-type = "text/markdown"}'])
def test_b6_a_readme_that_is_missing_is_warned_of_and_refused_by_prepare_before_anything_is_built(tmp_path, readme):
    files = {**suite_files(), WORDS: PLAIN + f"readme = {readme}\n"}
    home = repository(tmp_path / "repo", files)
    (line,) = checked(home.root, 0)
    assert line.startswith(f"{WORDS}:6 readme-missing: [project] readme names packages/words/README.md, which is not")
    before, refs = state(home.root), home.refs
    for words in (["prepare", "1.1.0", "--dry-run"], ["prepare", "1.1.0"]):
        answer = run(home.root, *words)
        assert (answer.code, "error[readme-missing]" in answer.err, "building" in answer.err) == (3, True, False)
    after = state(home.root)
    kept = [path for path in after if not path.startswith(".git/")]
    assert [path for path in kept if after[path] != before[path]] == []
    assert home.refs == refs


def test_b2_a_version_that_is_stated_elsewhere_gets_no_second_place(tmp_path):
    files = {**WORKS["B2-attribute"], MODULE: '__version__ = "0.9.0"\n'}
    root = suite_in(tmp_path, files)
    assert run(root, "sync").code == 0
    assert (root / MODULE).read_text() == '__version__ = "1.0.0"\n'
    assert (root / WORDS).read_text() == files[WORDS]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "mixed"], ids=["B1-lf", "B1-crlf", "B1-mixed"])
def test_line_ends_are_kept(tmp_path, ends):
    text = OLD.replace("\n", "\r\n", 2) if ends == "mixed" else OLD.replace("\n", ends)
    root = suite_in(tmp_path, {WORDS: text})
    assert run(root, "sync").code == 0
    assert (root / WORDS).read_bytes() == text.replace("0.9.0", "1.0.0").encode()


@pytest.mark.parametrize(("listed", "before", "after"), params(PINS))
def test_only_the_pin_changes(tmp_path, listed, before, after):
    text = project("demo-speech").replace("[]", f"[\n{listed}]")
    root = suite_in(tmp_path, {SPEECH: text.replace("@", before)})
    assert run(root, "sync").code == 0
    assert (root / SPEECH).read_bytes() == text.replace("@", after).encode()
    assert checked(root, 0) == []


@pytest.mark.parametrize(
    "more",
    [
        pytest.param('[project.optional-dependencies]\nx = ["demo-words@"]\n', id="B4-in-extras"),
        pytest.param('[dependency-groups]\nx = ["demo-words@"]\n', id="B4-in-groups"),
        pytest.param('[build-system]\nrequires = ["hatchling", "demo-words@"]\n', id="B4-in-build-requires"),
        pytest.param(GROUPS % "demo-words@", id="B4-in-an-include-group-cycle"),
    ],
)
def test_a_pin_is_rewritten_wherever_it_stands(tmp_path, more):
    text = project("demo-speech", more=more)
    root = suite_in(tmp_path, {SPEECH: text.replace("@", "==0.9.0")})
    lines = checked(root, 4)
    assert any(
        line.startswith(f"{SPEECH}:") and "pin-excludes" in line and "demo-words==0.9.0" in line for line in lines
    )
    assert run(root, "sync").code == 0
    assert (root / SPEECH).read_bytes() == text.replace("@", "==1.0.0").encode()


@pytest.mark.parametrize(("more", "said"), params(BOMBS))
def test_a_bomb_is_answered_in_under_a_second_and_200_megabytes_naming_the_limit(tmp_path, more, said):
    seconds, megabytes, problems = measured(suite_in(tmp_path, words(PLAIN + more)))
    print(f"{seconds:.2f} s, {megabytes:.0f} MB")
    assert [(code, path, said in message) for code, path, _, _, message, _ in problems] == [
        ("toml-invalid", WORDS, True)
    ]
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


def test_all_problems_of_all_projects_are_told_in_one_run(tmp_path):
    files = {
        WORDS: PLAIN + 'license = "Our Own"\nrequires-python = "3"\nclassifiers = ["x"]\n',
        SPEECH: project("demo-speech", "one", ["demo words", "demo-words>=1,,<2"]),
        "apps/core/pyproject.toml": "[project\n",
    }
    lines = [line.split(": ")[0] for line in checked(suite_in(tmp_path, files))]
    assert sorted(lines) == [
        "apps/core/pyproject.toml:1:9 toml-invalid",
        f"{SPEECH}:4 project-version-invalid", f"{SPEECH}:6 requirement-invalid", f"{SPEECH}:7 requirement-invalid",
    ]  # fmt: skip
    lines = [line.split(": ")[0] for line in checked(suite_in(tmp_path / "two", {WORDS: files[WORDS]}))]
    assert sorted(lines) == [f"{WORDS}:{line} metadata-invalid" for line in (6, 7, 8)]
