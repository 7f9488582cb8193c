"""Every row A1 to A14 of the fault catalogue: what is wrong with a versions.yaml is exit 3, at its place, with the next
move, and nothing is written. Each input of a row goes through the whole command; one of each row is a process too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import islice, product

import pytest

from kit.refused import CATALOG, MEGABYTES, SECONDS, checked, measured, process, run, state, suite_in, told
from kit.repo import project, repository
from kit.repo import suite as suite_files
from trainer_release.app.check import sync
from trainer_release.errors import ReleaseError
from trainer_release.world.files import write_edits

SUITE = 'demo: {version: "1.0.0"}\n'
MODULES = 'modules: {words: "1.0.0", speech: "1.0.0"}\n'
HEAD = SUITE + MODULES
WORD = 'modules:\n  words: {version: "1.0.0", %s}\n  speech: "1.0.0"\n'
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40)
)
MERGED = "m0: &m0 {a: 1, b: 2}\n" + "".join(
    f"m{n}: &m{n}\n  <<: [{', '.join([f'*m{n - 1}'] * 9)}]\n  k{n}: 1\n" for n in range(1, 40)
)
NAMES = ["".join(letters) for letters in islice(product("abcdefghijklmnopqrstuvwxyz", repeat=4), 100_000)]

# row and input | the catalog | LINE:COLUMN code | what stands in message or hint
CASES = [
    ("A1-0-bytes", "", "1:1 catalog-not-a-mapping", "trainer-release init"),
    ("A1-only-comments", "# one\n# two\n", "1:1 catalog-not-a-mapping", "trainer-release init"),
    ("A1-tilde", "~\n", "1:1 catalog-not-a-mapping", "trainer-release init"),
    ("A1-list", "- demo\n", "1:1 catalog-not-a-mapping", "a list"),
    ("A1-word", "demo\n", "1:1 catalog-not-a-mapping", "trainer-release init"),
    ("A2-latin-1", HEAD.encode() + b"# caf\xe9\n", "3:6 catalog-not-text", "byte 0xE9 at offset 73"),
    ("A2-offset-in-bytes", HEAD.encode() + "# é".encode() + b"\xe9\n", "3:4 catalog-not-text", "0xE9 at offset 72"),
    ("A2-utf-16", HEAD.encode("utf-16"), "1:1 catalog-not-text", "offset 0"),
    ("A2-utf-16-without-mark", HEAD.encode("utf-16-le"), "1:2 catalog-not-text", "U+0000 at offset 1"),
    ("A2-nul", HEAD + "# \0\n", "3:3 catalog-not-text", "U+0000 at offset 70"),
    ("A2-bel", HEAD + "# \a\n", "3:3 catalog-not-text", "U+0007 at offset 70"),
    ("A2-lone-surrogate", HEAD + "# \ud800\n", "3:3 catalog-not-text", "byte 0xED at offset 70"),
    ("A2-escaped-surrogate", HEAD + 'release: {branches: ["\\ud800"]}\n', "3:22 ref-invalid", "git allows"),
    ("A2-escaped-in-address", HEAD + 'indexes: {x: {upload: "https://\\ud800/"}}\n', "3:23 url-invalid", "https://"),
    ("A3-tab-indent", 'demo:\n\tversion: "1.0.0"\n', "2:1 yaml-invalid", "indent with spaces"),
    ("A3-unclosed-bracket", HEAD + "exclude: [x\n", "4:1 yaml-invalid", "mend the YAML"),
    ("A3-unclosed-brace", SUITE + "modules: {a: [\n", "3:1 yaml-invalid", "mend the YAML"),
    ("A3-two-documents", HEAD + "---\n" + HEAD, "3:1 yaml-invalid", "keep one document"),
    ("A3-yaml-3", "%YAML 3.0\n---\n" + HEAD, "1:1 yaml-invalid", "incompatible"),
    ("A4-key", SUITE + 'modules:\n  words: "1"\n  words: "2"\n', "4:3 key-duplicate", "line 3"),
    ("A4-section", HEAD + MODULES, "3:1 key-duplicate", "line 2"),
    ("A4-normalised", SUITE + 'modules:\n  Foo_Bar: "1"\n  foo-bar: "1"\n', "4:3 module-twice", "line 3"),
    (
        "A4-package",
        SUITE + "modules:\n  a: {package: demo-x}\n  b: {package: Demo_X}\n",
        "4:3 module-twice",
        "a (line 3)",
    ),
    ("A4-same-path", SUITE + "modules:\n  a: {path: lib}\n  b: {path: lib}\n", "4:3 path-taken", "a (line 3)"),
    ("A4-nested-path", SUITE + "modules:\n  a: {path: lib}\n  b: {path: lib/b}\n", "4:3 path-taken", "a (line 3)"),
    ("A4-nested-the-other-way", SUITE + "modules:\n  a: {path: lib/a}\n  b: {path: lib}\n", "4:3 path-taken", "line 3"),
    ("A5-cycle-in-a-mapping", HEAD + "x: &x {y: *x}\n", "3:11 yaml-invalid", "holds itself"),
    ("A5-cycle-in-a-list", HEAD + "x: &x [*x]\n", "3:8 yaml-invalid", "holds itself"),
    ("A7-python", SUITE + "modules: {a: !!python/object/apply:os.system [x]}\n", "2:14 yaml-tag", "not allowed"),
    ("A7-own-tag", SUITE + 'modules: {a: !foo "1.0.0"}\n', "2:14 yaml-tag", "take out"),
    ("A7-binary", SUITE + 'modules: {a: !!binary "MS4wLjA="}\n', "2:14 yaml-tag", "not allowed"),
    ("A7-timestamp", HEAD + "release: {tag: 2026-11-22T10:00:00Z}\n", "3:16 needs-quotes", '"2026-11-22T10:00:00Z"'),
    ("A7-date", SUITE + "modules: {a: 2026-11-22}\n", "2:14 needs-quotes", 'quote it: "2026-11-22"'),
    ("A7-nan", SUITE + "modules: {a: .nan}\n", "2:14 needs-quotes", 'quote it: ".nan"'),
    ("A7-yes", SUITE + "modules: {a: yes}\n", "2:14 needs-quotes", 'quote it: "yes"'),
    *[
        (f"A8-{value}-{place}", text % value, f"{at} needs-quotes", f'quote it: "{value}"')
        for value in ("1.20", "1.0", "017", "1e3")
        for place, text, at in (
            ("suite", "demo: {version: %s}\n" + MODULES, "1:17"),
            ("module", SUITE + "modules: {words: %s}\n", "2:18"),
            ("long", SUITE + "modules: {words: {version: %s}}\n", "2:28"),
            ("group", HEAD + "groups: {g: {version: %s, modules: [words]}}\n", "3:23"),
            ("row", HEAD + 'compatibility: {%s: {words: "1", speech: "1"}}\n', "3:17"),
            ("in-row", HEAD + 'compatibility: {"1.0.0": {words: "1", speech: %s}}\n', "3:47"),
        )
    ],
    ("A9-unknown", SUITE + WORD % "pth: x", "3:29 key-unknown", 'did you mean "path"'),
    ("A9-unknown-half-a-megabyte", HEAD + "? " + "k" * 500_000 + "\n: 1\n", "3:3 key-unknown", "kkk"),
    ("A9-case-of-a-section", SUITE + MODULES.title(), "2:1 key-unknown", 'did you mean "modules"'),
    ("A9-case-of-a-key", SUITE + WORD % 'Path: "x"', "3:29 key-unknown", 'did you mean "path"'),
    ("A9-type-of-modules", SUITE + "modules: [words]\n", "2:10 type-wrong", "a mapping"),
    ("A9-type-of-the-suite", 'demo: "1.0.0"\n' + MODULES, "1:7 type-wrong", "a mapping"),
    ("A9-type-of-branches", HEAD + "release: {branches: main}\n", "3:21 type-wrong", "a list"),
    ("A9-type-of-publish", SUITE + WORD % 'publish: "no"', "3:38 type-wrong", "true or false"),
    ("A9-null-section", HEAD + "release:\n", "3:8 type-wrong", "nothing"),
    ("A9-null-modules", SUITE + "modules:\n", "2:8 type-wrong", "nothing"),
    ("A9-null-version", SUITE + "modules: {words: ~}\n", "2:18 needs-quotes", "quote it"),
    ("A9-null-word", SUITE + "modules: {words: null}\n", "2:18 needs-quotes", "quote it"),
    ("A9-empty-list", HEAD + "exclude: []\n", "3:10 type-wrong", "leave the key out"),
    ("A9-empty-branches", HEAD + "release: {branches: []}\n", "3:21 type-wrong", "leave the key out"),
    ("A9-empty-modules", SUITE + "modules: {}\n", "2:10 key-missing", "list them"),
    ("A10-2", "schema: 2\n" + HEAD, "1:9 schema-unsupported", "schema 1 alone"),
    ("A10-0", "schema: 0\n" + HEAD, "1:9 schema-unsupported", "the one that wrote this catalog"),
    ("A10-quoted", 'schema: "1"\n' + HEAD, "1:9 schema-unsupported", "write `schema: 1`"),
    ("A10-the-rows-own-word", "schema_version: 2\n" + HEAD, "1:1 key-unknown", 'did you mean "schema"'),
    *[
        (f"A11-{label}-{place}", text % name, f"{at} {code}", words)
        for label, name, words in (
            ("space", "a name", 'write "a-name"'),
            ("-x", "-x", 'write "x"'),
            ("two-dots", "..", "letters, digits"),
            ("ligature", "ﬁ", 'write "fi"'),
            ("cyrillic", "w\N{CYRILLIC SMALL LETTER O}rds", "PEP 508"),
            ("300-characters", "a" * 300, "longer than 100 characters"),
        )
        for place, text, at, code in (
            ("suite", "%s: {version: '1.0.0'}\n" + MODULES, "1:1", "name-invalid"),
            ("module", SUITE + "modules: {words: '1', %s: '1'}\n", "2:23", "name-invalid"),
            ("package", SUITE + "modules: {words: {package: %s}}\n", "2:28", "name-invalid"),
        )
    ],
    ("A11-stdlib-package", SUITE + "modules: {words: {package: json}}\n", "2:28 name-reserved", "json-1"),
    ("A11-stdlib-umbrella", 'demo: {version: "1.0.0", package: Email}\n' + MODULES, "1:35 name-reserved", "Python's"),
    ("A12-unknown-in-a-row", HEAD + 'compatibility: {"1.0.0": {words: "1", speech: "1", wrods: "1"}}\n',
     "3:52 module-unlisted", 'did you mean "words"'),
    ("A12-unknown-in-from", HEAD + 'compatibility: {"1.0.0": {from: "0.9"}}\n', "3:33 row-from", "no row"),
]  # fmt: skip
WORKS = [
    ("A2-byte-order-mark", "\ufeff" + HEAD),
    ("A10-1", "schema: 1\n" + HEAD),
    ("A10-absent", HEAD),
    ("A11-stdlib-module", SUITE + 'modules: {words: "1.0.0", speech: "1.0.0", json: "1.0.0"}\n'),
]
PLAIN = 'modules:\n  words: "0.9.0"\n  speech: "0.9.0"\ncompatibility:\n  "1.0.0":\n    words: "1.0.0"\n    speech: "1.0.0"\n'
EDITED = [
    ("A14-crlf", (SUITE + PLAIN).replace("\n", "\r\n")),
    ("A14-no-final-newline", (SUITE + PLAIN).rstrip("\n")),
    ("A14-crlf-no-final-newline", (SUITE + PLAIN).rstrip("\n").replace("\n", "\r\n")),
    ("A14-tabs-in-comments", (SUITE + PLAIN).replace("\n", "  #\twhy\tso\n")),
    ("A14-flow-maps", SUITE + '{m}: {{words: "0.9.0",   speech: "0.9.0" }}\n'.format(m="modules")
     + 'compatibility: { "1.0.0": {words: "1.0.0", speech: "1.0.0"}}  # row\n'),
    ("A14-anchors-on-versions", SUITE + PLAIN.replace('words: "0.9.0"', 'words: &w "0.9.0"', 1)),
    ("A14-anchor-and-alias", SUITE + PLAIN.replace('speech: "0.9.0"', "speech: {version: '0.9.0', ref: &r main}")
     + "release: {branches: [*r]}\n"),
    ("A14-byte-order-mark", "\ufeff" + SUITE + PLAIN),
]  # fmt: skip
BOMBS = [
    ("A5-billion-laughs", LAUGHS, "values, aliases counted in full"),
    ("A5-billion-laughs-below-a-catalog", HEAD + LAUGHS, "50000 values"),
    ("A5-million-aliases", HEAD + "x: &x y\nl: [" + "*x," * 10**6 + "]\n", "1048576"),
    ("A5-as-many-aliases-as-fit", HEAD + "x: &x y\nl: [" + "*x," * 340_000 + "]\n", "10000 entries"),
    ("A5-merge-keys", MERGED, "50000 values"),
    ("A5-merge-keys-below-a-catalog", HEAD + MERGED, "50000 values"),
    ("A6-depth-10000-lists", "[" * 10_000 + "]" * 10_000, "32 levels"),
    ("A6-depth-10000-mappings", "{a: " * 10_000 + "}" * 10_000, "32 levels"),
    ("A6-depth-10000-dashes", "- " * 10_000 + "x\n", "32 levels"),
    ("A6-depth-1400-blocks", "".join(" " * depth + "a:\n" for depth in range(1400)), "32 levels"),
    ("A6-integer-of-100000-digits", SUITE + f"modules: {{words: {'1' * 100_000}}}\n", "longer than 64 characters"),
    ("A6-schema-of-100000-digits", f"schema: {'1' * 100_000}\n" + HEAD, "schema 1 alone"),
    ("A6-scalar-of-10-megabytes", f'demo: {{version: "{"1" * 10_000_000}"}}\n' + MODULES, "1048576"),
    ("A6-scalar-that-fits", f'demo: {{version: "{"1" * 1_000_000}"}}\n' + MODULES, "longer than 64 characters"),
    ("A6-100000-modules", SUITE + "modules:\n" + "".join(f'  {n}: "1.0.0"\n' for n in NAMES), "1048576"),
    ("A6-100000-modules-that-fit", SUITE + "modules: {" + "".join(f"{n}: '1'," for n in NAMES) + "}", "10000 entries"),
]


def params(cases):
    return [pytest.param(*rest, id=name) for name, *rest in cases]


def first_of_each_row(cases):
    return params({name.partition("-")[0]: (name, *rest) for name, *rest in reversed(cases)}.values())


@pytest.mark.parametrize(("catalog", "place", "words"), params(CASES))
def test_what_is_wrong_with_a_catalog_is_exit_3_at_its_place_with_the_next_move(tmp_path, catalog, place, words):
    """A10: the contract's word is `schema`; the row's `schema_version` is a key that is not known. A11: a module may be
    called like a module of Python's own, its package may not. A12: what a project requires from outside the suite is
    no matter of the catalog (the contract's section 1); a row that names an unknown module is."""
    lines = checked(suite_in(tmp_path, {CATALOG: catalog}))
    assert any(line.startswith(f"{CATALOG}:{place}: ") and words in line for line in lines), lines


@pytest.mark.parametrize("catalog", params(WORKS))
def test_what_only_looks_wrong_is_read(tmp_path, catalog):
    assert [line for line in checked(suite_in(tmp_path, {CATALOG: catalog}), 0) if "in-workspace" not in line] == []


@pytest.mark.parametrize(("catalog", "place", "words"), first_of_each_row(CASES))
def test_a_process_says_the_same_of_one_input_of_each_row(tmp_path, catalog, place, words):
    before = state(suite_in(tmp_path, {CATALOG: catalog}))
    lines = told(tmp_path, process(tmp_path, "check", "--json"), before)
    assert any(line.startswith(f"{CATALOG}:{place}: ") and words in line for line in lines), lines
    text = run(tmp_path, "check")
    assert (text.code, "Traceback" in text.err) == (3, False)
    assert f"--> {CATALOG}:{place.split()[0]}\n" in text.err
    assert "\n   = " in text.err


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        pytest.param("missing", "catalog-missing: no versions.yaml", id="A1-missing"),
        pytest.param("folder", "catalog-not-a-file: versions.yaml is a folder", id="A1-directory"),
        pytest.param("pipe", "catalog-not-a-file: versions.yaml is a named pipe", id="A1-fifo"),
        pytest.param("nowhere", "catalog-not-a-file: versions.yaml is a symbolic link that leads", id="A13-dangling"),
        pytest.param("itself", "catalog-not-a-file: versions.yaml is a symbolic link that leads", id="A13-loop"),
        pytest.param("outside", "path-outside: versions.yaml is a symbolic link to", id="A13-symlink-out"),
    ],
)
def test_what_is_no_file_of_this_repository_is_refused_and_nothing_hangs(tmp_path, kind, words):
    root = suite_in(tmp_path / "repo", {CATALOG: None})
    real = suite_in(tmp_path / "other", {}) / CATALOG
    place = root / CATALOG
    if kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind != "missing":
        place.symlink_to({"nowhere": "nothing.yaml", "itself": CATALOG}.get(kind, real))
    before = state(tmp_path)
    for answer in (run(root, "check", "--json"), process(root, "check", "--json")):
        (line,) = told(root, answer, state(root))
        assert words in line
        assert "trainer-release init" in line or "--catalog" in line
    for command in (["sync"], ["prepare", "1.1.0"], ["status"], ["graph"]):
        answer = run(root, *command)
        assert (answer.code, words.partition(":")[0] in answer.err, "Traceback" in answer.err) == (3, True, False)
    assert state(tmp_path) == before


def test_a_link_that_stays_in_the_folder_is_followed(tmp_path):
    """A13: only a link out of the repository is refused."""
    (suite_in(tmp_path, {}) / CATALOG).rename(tmp_path / "real.yaml")
    (tmp_path / CATALOG).symlink_to("real.yaml")
    assert checked(tmp_path, 0) == []


@pytest.mark.parametrize("path", [CATALOG, "packages/words/pyproject.toml"], ids=["A2-unreadable", "B1-unreadable"])
def test_an_unreadable_file_is_named(tmp_path, path):
    (suite_in(tmp_path, {}) / path).chmod(0)
    door: tuple[str, ...] = ()
    if os.geteuid() == 0:  # root reads everything, unless it is told not to
        if not (tool := shutil.which("setpriv")):
            pytest.skip("runs as root, and there is no setpriv")
        door = (tool, "--bounding-set=-dac_override,-dac_read_search")
    answer = process(tmp_path, "check", "--json", door=door)
    (tmp_path / path).chmod(0o600)
    (line,) = told(tmp_path, answer, state(tmp_path))
    assert line.startswith(f"{path} file-unreadable: {path} cannot be read: Permission denied > ")


@pytest.mark.parametrize(("catalog", "words"), params(BOMBS))
def test_a_bomb_is_answered_in_under_a_second_and_200_megabytes_naming_the_limit(tmp_path, catalog, words):
    seconds, megabytes, problems = measured(suite_in(tmp_path, {CATALOG: catalog}))
    print(f"{seconds:.2f} s, {megabytes:.0f} MB")
    assert any(words in f"{message} > {hint}" for *_, message, hint in problems), problems
    assert {problem[1] for problem in problems} == {CATALOG}
    assert all(problem[2] and problem[3] for problem in problems)
    assert seconds < SECONDS
    assert megabytes < MEGABYTES


@pytest.mark.parametrize("catalog", params([(name, text) for name, text, _ in BOMBS if "A5" in name][:1]))
def test_a_bomb_ends_every_command_with_3(tmp_path, catalog):
    home = repository(tmp_path / "repo", {**suite_files(), CATALOG: catalog})
    for words in (["check"], ["check", "--json"], ["sync"], ["graph"], ["prepare", "1.1.0", "--dry-run"]):
        answer = run(home.root, *words)
        assert (answer.code, "Traceback" in answer.err) == (3, False), answer


def ring(*names):
    """Projects that need each other in a circle."""
    needs = zip(names, (*names[1:], names[0]), strict=True)
    return {f"packages/{a}/pyproject.toml": project(f"demo-{a}", needs=[f"demo-{b}>=1,<2"]) for a, b in needs}


MANY = [f"m{number:02}" for number in range(50)]


@pytest.mark.parametrize(
    ("rings", "expected"),
    [
        pytest.param([["a"]], ["a → a"], id="A12-self-dependency"),
        pytest.param([["a", "b"]], ["a → b → a"], id="A12-cycle-of-2"),
        pytest.param([["a", "b", "c"]], ["a → b → c → a"], id="A12-cycle-of-3"),
        pytest.param([MANY], [" → ".join([*MANY, MANY[0]])], id="A12-cycle-of-50"),
        pytest.param([["a", "b", "c"], ["p", "q"]], ["p → q → p", "a → b → c → a"], id="A12-two-disjoint-cycles"),
    ],
)
def test_every_circle_is_printed_as_a_path_shortest_first(tmp_path, rings, expected):
    listed = SUITE + "modules:\n" + "".join(f'  {name}: "1.0.0"\n' for ring in rings for name in ring)
    files = dict.fromkeys(
        ["packages/words/pyproject.toml", "packages/speech/pyproject.toml", "apps/core/pyproject.toml"]
    )
    for names in rings:
        files |= ring(*names)
    lines = checked(suite_in(tmp_path, {CATALOG: listed, **files}))
    assert [line.split(": ", 1)[1].partition(" > ")[0] for line in lines] == expected
    for line, path in zip(lines, expected, strict=True):
        assert line.startswith(f"packages/{path.split()[0]}/pyproject.toml:6 dependency-cycle: ")
        assert "pyproject.toml:6), or move it into an extra" in line


def test_a_requirement_on_an_extra_of_itself_is_no_circle(tmp_path):
    """A12: `demo-words[fast]` is how a project's extras are put together, and how one becomes a part of it."""
    more = '[project.optional-dependencies]\nall = ["demo-words[fast]"]\nfast = []\n'
    text = project("demo-words", needs=["demo-words[fast]"], more=more)
    assert checked(suite_in(tmp_path, {"packages/words/pyproject.toml": text}), 0) == []


def test_a13_a_catalog_that_another_process_changed_between_read_and_write_is_never_overwritten(tmp_path):
    root = suite_in(tmp_path, {CATALOG: SUITE + PLAIN, "packages/words/pyproject.toml": project("demo-words", "0.9.0")})
    edits = sync(root, only_look=True)
    assert {edit.path for edit in edits} == {CATALOG, "packages/words/pyproject.toml"}
    note = f"open({str(root / CATALOG)!r}, 'a').write('# somebody else was here')"
    subprocess.run([sys.executable, "-c", note], check=True)
    before = state(root)
    with pytest.raises(ReleaseError) as caught:
        write_edits(root, edits)
    (problem,) = caught.value.problems
    assert (problem.code, problem.path, int(caught.value.exit)) == ("file-changed", CATALOG, 6)
    assert problem.hint
    assert state(root) == before
    assert run(root, "sync").code == 0
    assert (root / CATALOG).read_text().endswith("# somebody else was here")


@pytest.mark.parametrize("catalog", params(EDITED))
def test_only_the_scalars_change(tmp_path, catalog):
    root = suite_in(tmp_path, {CATALOG: catalog})
    assert run(root, "sync").code == 0
    wanted = catalog.replace('"0.9.0"', '"1.0.0"').replace("'0.9.0'", "'1.0.0'").encode()
    assert (root / CATALOG).read_bytes() == wanted
    assert checked(root, 0) == []


def test_all_problems_of_a_file_are_told_in_one_run(tmp_path):
    """One fault of each of the rows A4, A7 to A11 in one catalog."""
    catalog = (
        "schema: 2\n"
        "demo: {version: 1.20, pth: x}\n"
        'modules:\n  words: "1.0.0"\n  words: "1.0.0"\n  Words: "1.0.0"\n  a name: "1.0.0"\n  x: 2026-11-22\n'
        "  speech: {version: v1, path: ../out, package: json}\n"
        "release: {branches: [], push: always}\n"
    )
    lines = [line.split(": ")[0].split(":", 1)[1] for line in checked(suite_in(tmp_path, {CATALOG: catalog}))]
    assert lines == [
        "1:9 schema-unsupported", "2:17 needs-quotes", "2:23 key-unknown", "5:3 key-duplicate", "6:3 module-twice",
        "7:3 name-invalid", "8:6 needs-quotes", "9:21 version-spelling", "9:31 path-outside", "9:48 name-reserved",
        "10:21 type-wrong", "10:31 value-unknown",
    ]  # fmt: skip
