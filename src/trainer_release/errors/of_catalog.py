"""Pages of the error codes about versions.yaml, its graph, and versions that are asked for."""

from __future__ import annotations

from trainer_release.errors.page import Page

_READING: dict[str, Page] = {
    "catalog-missing": Page(
        3,
        "No catalog here",
        "versions.yaml was not found at the path given, or here and in the folders above.",
        "Run `trainer-release init` to write one, or give its path: `--catalog PATH`.",
    ),
    "catalog-not-a-file": Page(
        3,
        "The catalog is no file",
        "A folder, a named pipe, a device or a link that leads nowhere has the catalog's name. Nothing was read of it.",
        "Take it away, and run `trainer-release init`, or give the path of the real one: `--catalog PATH`.",
    ),
    "file-unreadable": Page(
        3,
        "A file cannot be read",
        "The file is there, and the system refused to give its contents: no right to read it, or a fault of the disk.",
        "Mend what the message says (`ls -l` shows whose the file is), and run the command again.",
    ),
    "catalog-not-a-mapping": Page(
        3,
        "The catalog is empty, or no mapping",
        "versions.yaml must be `key: value` from the first level on: the suite, `modules`, and what else is wanted.",
        "Run `trainer-release init`: it finds the projects and writes one; `--dry-run` only shows it.",
    ),
    "catalog-not-text": Page(
        3,
        "The catalog is not plain UTF-8 text",
        "The file holds a byte that is no UTF-8, or a control character. A byte-order mark and CRLF are fine.",
        "Save it as UTF-8 (`iconv -f latin1 -t utf-8`) and delete the character at the place named.",
    ),
    "catalog-too-large": Page(
        3,
        "The catalog is too large",
        "A catalog has at most 1 MiB, 32 levels, 50 000 values, what aliases repeat counted in full, and 10 000 "
        "entries in one mapping or list. "
        "So a file that explodes when it is read is refused before it does.",
        "Check that this is the right file; write values out instead of nesting aliases.",
    ),
    "yaml-invalid": Page(
        3,
        "Not YAML",
        "The parser stopped at the place shown; the cause often stands one line above: an open bracket or "
        "quote, a tab in the indentation, a `:` inside a value, a second document after `---`.",
        "Mend that place. Editors show it with the schema that `trainer-release schema` prints.",
    ),
    "yaml-tag": Page(
        3,
        "A YAML tag",
        "Tags (`!name`, `!!type`) can construct objects. The catalog holds plain mappings, lists and strings alone.",
        "Take the tag out; quote the value where it should be a string.",
    ),
    "key-duplicate": Page(
        3,
        "A key stands twice",
        "YAML allows a key once. Both lines are named; which of them was meant only you know.",
        "Delete one of the two.",
    ),
    "key-unknown": Page(
        3,
        "A key that the catalog does not know",
        "A misspelt key would be ignored silently elsewhere; here it is refused, with the nearest right spelling.",
        "Correct it, or move it to the level where it belongs: `trainer-release schema` lists every key of each level.",
    ),
    "key-missing": Page(
        3,
        "A key is missing",
        "This section cannot do without it: the suite has a `version`, there are `modules`, a group has "
        "both, an index has `upload` and `simple`.",
        "Add it where the message says.",
    ),
    "type-wrong": Page(
        3,
        "The wrong kind of value",
        "A mapping stands where a string belongs, nothing where something belongs, and the like.",
        "Write what the hint shows, or delete the key.",
    ),
    "needs-quotes": Page(
        3,
        "A value wants quotes",
        "Without quotes YAML reads `1.20` as the number 1.2, `017` as 17, `2026-11-22` as a date, `yes` "
        "as true. A version would change silently, so such a value is refused where a string belongs.",
        'Quote it: "1.20".',
    ),
    "value-unknown": Page(
        3,
        "Not one of the choices",
        "The key takes one of a few words. They are case sensitive.",
        "Take the word that the hint proposes; an index of your own is declared under `indexes` first.",
    ),
    "version-spelling": Page(
        3,
        "A version in another spelling than PEP 440's canonical one",
        "`v1.0.0`, `1.0.0-rc1` and `01.2.3` name versions too, but files, tags and indexes would spell "
        "them differently and comparisons of names would fail.",
        "Write the spelling that the hint proposes.",
    ),
    "name-invalid": Page(
        3,
        "Not a name",
        "Names follow PEP 508: ASCII letters and digits, with `-`, `.` and `_` between them, 100 "
        "characters at most. Look-alikes from other alphabets are refused.",
        "Take the name that the hint proposes, or rename it.",
    ),
    "name-reserved": Page(
        3,
        "A reserved name",
        "A module called `from`, `modules` or `released` could not be told from a row's own keys; an "
        "index called `local`, `pypi` or `testpypi` would hide the known one. A package cannot have the name of a "
        "module of Python's own (`json`): indexes refuse it. A module may: `json` as the package `trainer-json`.",
        "Choose another name here; the `package:` of a module called like a row's key may stay as it is.",
    ),
}

_MEANING: dict[str, Page] = {
    "suite-missing": Page(
        3,
        "No suite",
        "The one top-level key that is not reserved names the suite and holds its version.",
        'Begin the file with `trainer: {version: "1.0.0"}`, or with `suite: {name: trainer, version: "1.0.0"}`.',
    ),
    "suite-twice": Page(
        3,
        "Two suites",
        "Two top-level keys look like a suite. A catalog describes one; a section that was misspelt looks so too.",
        "Correct the spelling, or keep a second suite in a file of its own (`--catalog PATH`).",
    ),
    "schema-unsupported": Page(
        3,
        "Another schema",
        "The catalog says a `schema` that this trainer-release does not read.",
        "Write `schema: 1`, or upgrade trainer-release.",
    ),
    "module-twice": Page(
        3,
        "Two entries for one thing",
        "Two names are one after normalisation (PEP 503: case, `-`, `_` and `.` do not count), two "
        "modules are one package, a module is in two groups, or it is both listed and retired.",
        "Keep one of the two. The umbrella is implied and is not listed in `modules`.",
    ),
    "module-unlisted": Page(
        3,
        "A module that the catalog does not list",
        "Rows and groups name modules by their key in `modules`; rows of the past may also name what is `retired`.",
        "Correct the spelling, list the module, or put it under `retired`.",
    ),
    "group-differs": Page(
        3,
        "A module and its group say two versions",
        "The members of a group share the group's version.",
        "Delete the member's own version, or take it out of the group.",
    ),
    "row-incomplete": Page(
        3,
        "A row does not name every module",
        "A row is a whole: one suite version is one version of every module, its own or taken through "
        "`from`. Rows older than the current suite version may lack modules that came later.",
        "Add the missing modules to the row.",
    ),
    "row-from": Page(
        3,
        "A row takes from no row",
        "`from` names another row of `compatibility`; following it must end.",
        "Correct the version after `from`, or write the row out.",
    ),
    "row-differs": Page(
        3,
        "Row and `modules` say two versions",
        "For the current suite version the row says one version of a module and `modules` another. The row decides.",
        "Make both say the same; `prepare` writes both.",
    ),
    "row-missing": Page(
        3,
        "No row for this version",
        "With `versioning: independent` only a row of `compatibility` can say which version each module takes.",
        "Write the row that the hint shows, with the versions that move, and run again.",
    ),
    "path-outside": Page(
        3,
        "A path that does not stay in the repository",
        "Paths are relative to the repository's root, with `/`, without `..`, `~`, patterns, blanks at "
        "the ends or a leading `-`: what is released must lie in what is tagged.",
        "Write the path as the hint shows. A module of another repository has `repository:`.",
    ),
    "path-taken": Page(
        3,
        "Two modules in one folder",
        "Two modules lie in the same folder, or one inside the other, so files would belong to both.",
        "Give each module its own folder. The root (`.`) alone may hold others.",
    ),
    "url-invalid": Page(
        3,
        "An address that cannot be used",
        "Indexes have http(s) addresses; a repository is what git clones, but no transport that runs a "
        "command. Passwords never belong in the catalog: it is committed and shown.",
        "Write the plain address; give credentials by environment, keyring, .pypirc or git's credential helper.",
    ),
    "ref-invalid": Page(
        3,
        "Not a name that git allows",
        "Branches, tags and commits have no blanks, no `..`, `~`, `^`, `:`, no leading `-`, no `.lock` at the end.",
        "Correct the name; only `release.branches` may hold patterns.",
    ),
    "tag-pattern": Page(
        3,
        "A tag's pattern is incomplete",
        "`release.tag` holds `{version}`; `release.module-tag` holds `{package}` and `{version}`, or is "
        "null. Else two releases would share one tag.",
        'Write `tag: "v{version}"`, `module-tag: "{package}-v{version}"`.',
    ),
    "dependency-cycle": Page(
        3,
        "Modules need each other in a circle",
        "In a circle there is no first module to publish, and no index state in which one of them can be "
        "installed. Extras and groups that nothing requests do not count.",
        "Take one requirement of the circle out: move what both need into a module below them, or make it an extra.",
    ),
    "catalog-edit-failed": Page(
        3,
        "The catalog could not be edited in place",
        "The edited text, read again, did not say exactly what was wanted and nothing else, so it was not "
        "written. Aliases and merged values are the usual cause.",
        "Write the versions out (without `&` and `*`), or edit the catalog by hand, and run again.",
    ),
    "version-invalid": Page(
        2,
        "Not a version to release",
        "A release takes a version in PEP 440's canonical spelling, written out (1.0.0, not 1.0), without "
        "epoch and without a local part (`+…`), which no public index takes.",
        "Run the command again with the spelling that the hint proposes.",
    ),
}

CATALOG = _READING | _MEANING
