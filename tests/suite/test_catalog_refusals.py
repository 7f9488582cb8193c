"""What the catalog refuses: each with its place, what was found, and the nearest right spelling."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer_release.errors import Exit, ReleaseError
from trainer_release.suite.catalog.reader import read

FULL = (Path(__file__).parent / "catalog_cases" / "full.yaml").read_text("utf-8")

HEAD = 't: {version: "1.0.0"}\nmodules: {a: "1.0.0", b: "1.0.0"}\n'


def refused(text):
    with pytest.raises(ReleaseError) as caught:
        read(text, "v.yaml")
    assert caught.value.exit is Exit.INVALID
    return caught.value.problems


def told(text):
    return [f"{p.line}:{p.column} {p.code}: {p.message} > {p.hint}" for p in refused(text)]


# text | LINE:COLUMN code | what stands in message or hint
TOP = [
    ("", "1:1 catalog-not-a-mapping", "trainer-release init"),
    ("# x\n", "1:1 catalog-not-a-mapping", "holds nothing"),
    ("~", "1:1 catalog-not-a-mapping", "no mapping"),
    ("- a", "1:1 catalog-not-a-mapping", "holds a list"),
    (HEAD + "x: \udce9", "3:4 catalog-not-text", "byte 0xE9 at offset"),
    (HEAD + "x: \x00", "3:4 catalog-not-text", "U+0000"),
    (HEAD + "x: \ud800", "3:4 catalog-not-text", "U+D800"),
    ("a: [\n", "2:1 yaml-invalid", "mend the YAML"),
    ("t:\n\tversion: x", "2:1 yaml-invalid", "indent with spaces"),
    ("%YAML 3.0\n---\na: 1", "1:1 yaml-invalid", "incompatible"),
    ("a: b: c", "1:5 yaml-invalid", "mapping values"),
    ("a: *x", "1:4 yaml-invalid", "no anchor"),
    ("a: &x [*x]", "1:8 yaml-invalid", "holds itself"),
    (HEAD + "---\na: b\n", "3:1 yaml-invalid", "second document"),
    ("t: !!str x", "1:4 yaml-tag", "not allowed"),
    ("t: !!python/object/apply:os.system [x]", "1:4 yaml-tag", "take out"),
    ("t: !foo {}", "1:4 yaml-tag", "not allowed"),
    (HEAD + "modules: {}\n", "3:1 key-duplicate", "line 2"),
    (HEAD + "? [a]\n: b\n", "3:3 key-unknown", "no key"),
    (HEAD + "module: {}\n", "3:1 key-unknown", 'did you mean "modules"'),
    (HEAD + "Release: {}\n", "3:1 key-unknown", 'did you mean "release"'),
    (HEAD + "other: {version: '1.0.0'}\n", "3:1 suite-twice", 'beside "t" in line 1'),
    ("modules: {a: '1.0.0'}", "1:1 suite-missing", "<suite>"),
    ("t: {version: '1.0.0'}", "1:1 key-missing", "modules"),
    ("t: {}\nmodules: {a: '1.0.0'}", "1:4 key-missing", "version"),
    ("t: 1.0.0\nmodules: {a: '1.0.0'}", "1:4 type-wrong", "a mapping"),
    ("suite: {version: '1.0.0'}\nmodules: {a: '1.0.0'}", "1:8 key-missing", "name"),
    ("suite: {name: t, version: '1.0.0'}\nt: {version: '1'}\nmodules: {a: '1.0.0'}", "2:1 key-unknown", "no section"),
    (HEAD + "schema: 2\n", "3:9 schema-unsupported", "schema: 1"),
    (HEAD + "schema: '1'\n", "3:9 schema-unsupported", "schema: 1"),
    (HEAD + "release:\n\n# x\n", "3:8 type-wrong", "is nothing"),
    (HEAD + '"\\e[2J": x\n', "3:1 key-unknown", '"\N{REPLACEMENT CHARACTER}[2J"'),
    (HEAD + 'x: "\\U7FFFFFFF"\n', "1:1 yaml-invalid", "chr()"),
    (HEAD + "<<: {a: b}\n", "3:1 key-unknown", "no section"),
]

VALUES = [
    ("t: {version: 1.0}\nmodules: {a: '1'}", "1:14 needs-quotes", 'quote it: "1.0"'),
    ("t: {version: 1.20}\nmodules: {a: '1'}", "1:14 needs-quotes", 'quote it: "1.20"'),
    ("t: {version: '1'}\nmodules: {a: 017}", "2:14 needs-quotes", 'quote it: "017"'),
    ("t: {version: '1'}\nmodules: {a: 1e3}", "2:14 needs-quotes", 'quote it: "1e3"'),
    ("t: {version: '1'}\nmodules: {a: yes}", "2:14 needs-quotes", 'quote it: "yes"'),
    ("t: {version: '1'}\nmodules: {a: 2026-11-22}", "2:14 needs-quotes", 'quote it: "2026-11-22"'),
    ("t: {version: '1'}\nmodules: {a: null}", "2:14 needs-quotes", 'quote it: "null"'),
    ("t: {version: '1'}\nmodules: {a: }", "2:12 type-wrong", "nothing"),
    ("t: {version: '1'}\nmodules: {a: ''}", "2:14 type-wrong", "a string"),
    ("t: {version: '1'}\nmodules: {a: [x]}", "2:14 type-wrong", "a list"),
    ("t: {version: '1'}\nmodules: {}", "2:10 key-missing", "lists none"),
    ("t: {version: '1'}\nmodules: [a]", "2:10 type-wrong", "a mapping"),
    ("t: {version: '1'}\nmodules: {on: '1'}", "2:11 needs-quotes", 'quote it: "on"'),
    ("t: {version: v1.0}\nmodules: {a: '1'}", "1:14 version-spelling", 'write "1.0"'),
    ("t: {version: 1.0.0-1}\nmodules: {a: '1'}", "1:14 version-spelling", 'write "1.0.0.post1"'),
    ("t: {version: 1.0.0.x}\nmodules: {a: '1'}", "1:14 version-spelling", "no version"),
    ("t: {version: " + "1" * 100_000 + "}\nmodules: {a: '1'}", "1:14 version-spelling", "64 characters"),
    ("t: {version: '1', pth: x}\nmodules: {a: '1'}", "1:19 key-unknown", 'did you mean "path"'),
    ("t: {version: '1'}\nmodules: {a: {Version: '1'}}", "2:15 key-unknown", 'did you mean "version"'),
    ("t: {version: '1'}\nmodules: {a: {xyzzy: '1'}}", "2:15 key-unknown", "one of: version, package"),
    ("t: {version: '1'}\nmodules: {-x: '1'}", "2:11 name-invalid", 'write "x"'),
    ("t: {version: '1'}\nmodules: {a b: '1'}", "2:11 name-invalid", 'write "a-b"'),
    ("t: {version: '1'}\nmodules: {..: '1'}", "2:11 name-invalid", "letters, digits"),
    ("t: {version: '1'}\nmodules: {ﬁt: '1'}", "2:11 name-invalid", 'write "fit"'),
    ("t: {version: '1'}\nmodules: {а: '1'}", "2:11 name-invalid", "PEP 508"),
    ("t: {version: '1'}\nmodules: {from: '1'}", "2:11 name-reserved", "rows"),
    ("t: {version: '1'}\nmodules: {Foo_Bar: '1',\n foo-bar: '1'}", "3:2 module-twice", "line 2"),
    ("t: {version: '1'}\nmodules: {a: {pin: exakt}}", "2:20 value-unknown", 'did you mean "exact"'),
    ("t: {version: '1'}\nmodules: {a: {publish: yes}}", "2:24 type-wrong", "true or false"),
    ("t: {version: '1'}\nmodules: {a: {build: []}}", "2:22 type-wrong", "sdist, tree"),
    ("t: {version: '1'}\nmodules: {a: {also: []}}", "2:21 type-wrong", "leave the key out"),
    ("t: {version: '1'}\nmodules: {a: {ref: 'a..b'}}", "2:20 ref-invalid", "a branch"),
    ("t: {version: '1'}\nmodules: {a: {repository: 'ext::sh -c x'}}", "2:27 url-invalid", "https://"),
    ("t: {version: '1'}\nmodules: {a: {repository: --upload-pack=x}}", "2:27 url-invalid", "https://"),
    ("t: {version: '1'}\nmodules: {a: {repository: 1}}", "2:27 needs-quotes", '"1"'),
]

SECTIONS = [
    ("groups: {g: {version: '1'}}", "3:13 key-missing", "modules"),
    ("groups: {-: {version: '1', modules: [a]}}", "3:10 name-invalid", "a group"),
    ("groups: {g: {version: '2', modules: [a]}}", "3:38 group-differs", "1.0.0 in line 2"),
    ("groups: {g: {version: '1.0.0', modules: [a]}, h: {version: '1.0.0', modules: [a]}}", "3:79 module-twice", "`g`"),
    ("groups: []", "3:9 type-wrong", "a mapping"),
    ("retired: {a: {since: '1'}}", "3:11 module-twice", "line 2"),
    ("retired: {old: {sinc: '1'}}", "3:17 key-unknown", 'did you mean "since"'),
    ("exclude: ['../x']", "3:11 path-outside", "leads out"),
    ("compatibility: {1.0: {a: '1', b: '1'}}", "3:17 needs-quotes", 'quote it: "1.0"'),
    ("compatibility: {'1.0.0': {a: '1'}}", "3:17 row-incomplete", "does not name b"),
    ("compatibility: {'1.0.0': {a: '1', b: '1', bb: '1'}}", "3:43 module-unlisted", 'did you mean "b"'),
    ("compatibility: {'1.0.0': {a: '1', b: 1.0}}", "3:38 needs-quotes", 'quote it: "1.0"'),
    ("compatibility: {'1.0.0': {from: '0.9'}}", "3:33 row-from", "no row"),
    ("compatibility: {'1.0.0': {from: '1.0.0'}}", "3:33 row-from", "1.0.0 → 1.0.0"),
    ("compatibility: {'1.0.0': {released: soon, modules: {a: '1', b: '1'}}}", "3:37 type-wrong", "2026-11-22"),
    ("compatibility: {'1.0.0': {released: 2026-11-22}}", "3:26 key-missing", "modules"),
    ("compatibility: {'1.0.0': {from: '1.0', module: {}}}", "3:40 key-unknown", 'did you mean "modules"'),
    ("compatibility: {'1.0.0': x}", "3:26 type-wrong", "a mapping"),
    ("release: {versioning: fix}", "3:23 value-unknown", 'did you mean "fixed"'),
    ("release: {push: pullrequest}", "3:17 value-unknown", 'did you mean "pull-request"'),
    ("release: {build: there}", "3:18 value-unknown", "here"),
    ("release: {pin: '=='}", "3:16 value-unknown", "keep, exact"),
    ("release: {tag: release}", "3:16 tag-pattern", "v{version}"),
    ("release: {tag: '{version}-{suite}'}", "3:16 tag-pattern", "nothing else in braces"),
    ("release: {tag: '-v{version}'}", "3:16 tag-pattern", "git allows"),
    ("release: {module-tag: 'v{version}'}", "3:23 tag-pattern", "{package}"),
    ("release: {module-tag: 1}", "3:23 needs-quotes", '"1"'),
    ("release: {index: tespypi}", "3:18 value-unknown", 'did you mean "testpypi"'),
    ("release: {branches: []}", "3:21 type-wrong", "an empty list"),
    ("release: {branches: ['a b']}", "3:22 ref-invalid", "release/*"),
    ("release: {branches: [1]}", "3:22 needs-quotes", '"1"'),
    ("release: {embed: /etc/x}", "3:18 path-outside", "absolute"),
    ("release: {tags: x}", "3:11 key-unknown", 'did you mean "tag"'),
    ("release: x", "3:10 type-wrong", "a mapping"),
    (
        "indexes: {pypi: {upload: 'https://index.example/', simple: 'https://index.example/'}}",
        "3:11 name-reserved",
        "taken",
    ),
    ("indexes: {x: {upload: 'https://index.example/'}}", "3:14 key-missing", "simple"),
    ("indexes: {x: {upload: 'ftp://x', simple: 'https://index.example/'}}", "3:23 url-invalid", "https://"),
    ("indexes: {x: {upload: 'https://[x', simple: 'https://index.example/'}}", "3:23 url-invalid", "https://"),
    ("indexes: {x: {upload: 1, simple: 'https://index.example/'}}", "3:23 needs-quotes", '"1"'),
    (
        "indexes: {x: {upload: 'https://index.example/', simple: 'https://index.example/', json: x}}",
        "3:89 url-invalid",
        "https://",
    ),
    (
        "indexes: {x: {upload: 'https://index.example/', simple: 'https://index.example/', window: '14'}}",
        "3:91 type-wrong",
        "a whole number",
    ),
    (
        "indexes: {x: {upload: 'https://index.example/', simple: 'https://index.example/', new-projects: 0}}",
        "3:97 type-wrong",
        "a whole number",
    ),
    ("indexes: {'': {}}", "3:11 name-invalid", "an index"),
    ("retired: {'': {}}", "3:11 name-invalid", "a retired module"),
    ("test-agent: []", "3:13 setting-invalid", "a mapping"),
]


@pytest.mark.parametrize(("text", "place", "words"), [*TOP, *VALUES], ids=lambda value: repr(value)[:40])
def test_what_is_wrong_is_told_at_its_place(text, place, words):
    lines = told(text)
    assert any(line.startswith(f"{place}: ") and words in line for line in lines), lines


@pytest.mark.parametrize(("section", "place", "words"), SECTIONS, ids=lambda value: repr(value)[:40])
def test_what_is_wrong_in_a_section_is_told_at_its_place(section, place, words):
    lines = told(HEAD + section + "\n")
    assert any(line.startswith(f"{place}: ") and words in line for line in lines), lines


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/etc", "absolute"),
        ("C:/x", "absolute"),
        ("../x", "leads out"),
        ("a/../../x", "leads out"),
        ("~/x", "begins with ~"),
        ("-x", "begins with -"),
        ("a\\b", 'write "a/b"'),
        ("a/*", "pattern"),
        (" a", 'write "a"'),
        ("a%20", "holds : or %"),
        ("./a", 'write "a"'),
        ("a/", 'write "a"'),
    ],
)
def test_a_path_that_does_not_stay_in_the_repository_is_refused(path, words):
    (line,) = told(f"t: {{version: '1'}}\nmodules: {{a: {{path: '{path}'}}}}")
    assert line.startswith("2:21 path-outside")
    assert words in line


@pytest.mark.parametrize(("one", "other"), [("x", "x"), ("x", "X"), ("x", "x/y"), ("x/y", "x"), (".", ".")])
def test_two_modules_in_one_folder_are_refused(one, other):
    (line,) = told(f"t: {{version: '1'}}\nmodules:\n  a: {{path: {one}}}\n  b: {{path: {other}}}\n")
    assert line.startswith("4:3 path-taken")


def test_folders_of_different_repositories_do_not_collide():
    text = "t: {version: '1'}\nmodules:\n  a: {path: x}\n  b: {path: x, repository: 'https://git.example/b'}\n"
    assert read(text, "v")[0].modules["b"].path == "x"


def test_the_umbrella_is_not_listed_again():
    (line,) = told("t: {version: '1', package: t-core}\nmodules: {core: {package: T_Core}}\n")
    assert line.startswith("2:11 module-twice")


def test_a_circle_of_rows_is_told_and_ends():
    rows = "compatibility: {'1.0.0': {from: '1.1.0'}, '1.1.0': {from: '1.0.0'}, '1.2.0': {from: '1.0.0'}}\n"
    assert [line.split(" > ")[0] for line in told(HEAD + rows)] == [
        "3:33 row-from: rows take from each other in a circle: 1.0.0 → 1.1.0 → 1.0.0",
    ]


def test_a_row_upon_a_row_upon_no_row_is_told_once():
    assert len(told(HEAD + "compatibility: {'1.0.0': {from: '0.9'}, '1.1.0': {from: '1.0.0'}}\n")) == 1


def test_all_complaints_come_at_once_in_the_order_of_the_file():
    text = "t: {version: 1.0, pth: x}\nmodules: {a: v1, b: {pin: x}}\nrelease: {push: y, tag: z}\n"
    assert [line.split(":")[0] + " " + line.split()[1] for line in told(text)] == [
        "1 needs-quotes:",
        "1 key-unknown:",
        "2 version-spelling:",
        "2 value-unknown:",
        "3 value-unknown:",
        "3 tag-pattern:",
    ]


def test_a_complaint_shows_the_source_line_with_a_caret():
    (problem,) = refused("t:\r\n  version: 1.0  # the suite\r\nmodules: {a: '1'}\r\n")
    assert problem.context == ("  version: 1.0  # the suite", "           ^")
    assert problem.where == "v.yaml:2:12"


def test_a_long_line_is_cut_around_the_caret():
    (problem,) = refused("t: {version: '1'}\nmodules: {" + "".join(f"m{n}: '1', " for n in range(500)) + "x: 1.0}")
    line, caret = problem.context
    assert len(line) == 120
    assert line[len(caret) - 1 :].startswith("1.0}")


def test_a_password_in_an_address_is_refused_and_not_shown():
    index = "indexes: {x: {upload: 'https://u:hunter2@index.example/', simple: 'https://index.example/'}}\n"
    module = "t: {version: '1'}\nmodules: {a: {repository: 'https://hunter2@git.example/x'}}\n"
    for text in (HEAD + index, module):
        (problem,) = refused(text)
        assert problem.code == "url-invalid"
        assert "hunter2" not in repr(problem)


def bomb(line):
    first = "a0: &a0 " + line.replace("*", "x")
    return first + "".join(f"a{n}: &a{n} " + line.replace("*", f"*a{n - 1}") for n in range(1, 40))


@pytest.mark.parametrize(
    "text",
    [
        bomb("[*, *, *, *, *, *, *, *, *]\n"),
        bomb("{a: *, b: *, c: *}\n"),
        bomb("[[*, *, *], [*, *, *]]\n"),
        "[" * 100_000,
        "{a: " * 20_000,
        "x: &x [" + "a," * 5_000 + "]\ny: [" + "*x," * 12 + "]\n",
        "x" * (1024 * 1024 + 1),
    ],
    ids=[
        "bomb of lists",
        "bomb of mappings",
        "bomb of nested lists",
        "deep lists",
        "deep mappings",
        "many values",
        "many bytes",
    ],
)
def test_what_would_explode_is_refused_at_once(text):
    began = time.perf_counter()
    (problem,) = refused(text)
    assert problem.code == "catalog-too-large"
    assert time.perf_counter() - began < 5  # far under a second, but machines are slow at times


BITS = [*"{}[]:,!|>\"'?#~\n\t\r", "*v", "&v ", "- ", "---\n", "...\n", "null", "1.0", "<<", '"\\0"', "  ", "\ud800"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(FULL)), st.sampled_from(BITS), st.integers(0, 8)), max_size=5))
def test_no_text_brings_the_reader_down(changes):
    text = FULL
    for at, bit, cut in changes:
        text = text[:at] + bit + text[at + cut :]
    told_of = ()
    try:
        read(text, "v.yaml")
    except ReleaseError as error:
        told_of = error.problems
    assert all(problem.line and problem.column and problem.hint for problem in told_of)
