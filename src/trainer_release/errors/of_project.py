"""Pages of the error codes about: project."""

from __future__ import annotations

from trainer_release.errors.page import Page

PROJECT: dict[str, Page] = {
    "toml-invalid": Page(
        3,
        "A pyproject.toml is no TOML",
        "The file cannot be read as TOML 1.0: a syntax error, a byte order mark, a control character, "
        "or a size or a nesting beyond every real project.",
        "Correct the file at the line and column that are named. A template that is filled in by a "
        "tool is skipped where it holds `{{` or `{%`; any other folder that is no project goes under "
        "`exclude` in the catalog.",
    ),
    "toml-edit-failed": Page(
        3,
        "A pyproject.toml cannot be edited safely",
        "After an edit the file is read again, and exactly the intended values must differ. Here they "
        "would not: the table is written in a form that the editor does not know. Nothing was "
        "written.",
        'Write the named values by hand in the plain form, one `key = "value"` a line, and run the command again.',
    ),
    "layout-unknown": Page(
        3,
        "No layout reads this project",
        "The project states its version in a way that this tool cannot read and write, a dynamic version for example.",
        "Give the project a static `[project] version`, or name its folder under `exclude` in the catalog.",
    ),
    "package-name-invalid": Page(
        3,
        "A project's name is no package name",
        "A distribution's name consists of letters, digits, `-`, `_` and `.`, and begins and ends "
        "with a letter or digit.",
        "Correct `name` in the project's pyproject.toml, or exclude the folder in the catalog.",
    ),
    "project-missing": Page(
        3,
        "There is no project in this folder",
        "A pyproject.toml was asked for that is not there.",
        "Correct the path, or add the file.",
    ),
    "project-version-invalid": Page(
        3,
        "A project's version is no PEP 440 version",
        "`[project] version` holds a string that no installer understands.",
        "Write it as PEP 440 says, `1.2.3` or `2.0.0rc1`.",
    ),
    "version-file-missing": Page(
        3,
        "The file that states a project's version is missing",
        "The project's version is dynamic, and the file in which its build backend looks for it is not in the "
        "workspace; or the catalog names a file under `also` that is not there.",
        "Correct the path in the project's configuration or in the catalog, or add the file. A template's folder goes "
        "under `exclude` in the catalog.",
    ),
    "version-not-found": Page(
        3,
        "A version file does not state the version",
        "The file is there, but the version in it cannot be told without executing it: it is computed, put together, "
        "or stands below a condition.",
        'Write it as one plain line, `__version__ = "1.2.3"`, at the top level of the file.',
    ),
    "version-places-differ": Page(
        4,
        "Two places of one version disagree",
        "A file that the catalog lists under `also` says another version than the project itself does. A name such as "
        "`__version__` counts in Python, the key of a crate or a bump tool in TOML, `<package>==…` and badges on a "
        "page of text, a line `version: …` in other files; every such place of a listed file is the version's.",
        "Run `trainer-release sync`: it writes the catalog's version into all of them. A file that tells of older "
        "versions, too, is no place of the version: take it out of `also`.",
    ),
    "version-edit-failed": Page(
        3,
        "A version file cannot be edited safely",
        "After an edit the file is read again, and exactly the version must differ. Here it would not. Nothing was "
        "written.",
        "Write the version into the file by hand, and run the command again.",
    ),
    "sdist-incomplete": Page(
        5,
        "An sdist lacks a file that the build reads",
        "A project names a file outside its folder, or its setup.py reads one that nothing puts into the sdist. In the "
        "tree that builds; from the sdist it does not, and the wheel is built from the sdist. Some build backends "
        "refuse such a path: then there is no sdist at all.",
        "Write `build: tree` for the module in the catalog, so that its wheel is built from the tree; or put the file "
        "into the project's folder, which also serves those who build from the sdist.",
    ),
    "requirement-invalid": Page(
        3,
        "A requirement is no PEP 508 string",
        "A string in a list of dependencies cannot be parsed, so neither its name nor its version is known.",
        "Correct the string at the line that is named. A template with `{…}` is skipped.",
    ),
    "metadata-invalid": Page(
        3,
        "Something in [project] could not be published",
        "`requires-python` is no specifier, `license` no SPDX expression, a classifier has not the form of one, or "
        "`readme` is neither a path nor a table. A build backend or an index would refuse it; nothing was built.",
        "Correct the value at the line that is named. Which classifiers exist only the index knows.",
    ),
    "readme-missing": Page(
        3,
        "A file that [project] names is missing",
        "`readme`, or `license = {file = …}`, names a file that is not there, so no build would succeed.",
        "Add the file, or correct its path, which is relative to the project's folder.",
    ),
    "package-duplicate": Page(
        3,
        "Two projects have the same name",
        "Two projects of the workspace are the same distribution once `-`, `_`, `.` and case are levelled (PEP 503).",
        "Rename one of them, or exclude its folder in the catalog.",
    ),
    "path-missing": Page(
        3,
        "A module's path holds no project",
        "The catalog gives a module a path, and there is no project there.",
        "Correct `path` in the catalog, or leave it out: the project is then found by its name.",
    ),
    "package-mismatch": Page(
        3,
        "A module's path holds another package",
        "The catalog gives a module a package and a path, and the project at that path has another name.",
        "Correct `package` or `path` in the catalog.",
    ),
    "module-ambiguous": Page(
        3,
        "Two modules are one package",
        "Two modules of the catalog lead to the same distribution, or the umbrella's name is taken by another module.",
        "Remove one of them from the catalog, or give it its own `package`.",
    ),
    "module-not-in-workspace": Page(
        3,
        "A module has no project here",
        "Neither the workspace nor a `repository` holds the module. It is taken from the index: "
        "pinned and tested, never built. That is allowed, so it is a warning.",
        "Where that is not meant, correct the module's name, or give it `package`, `path` or `repository`.",
    ),
    "umbrella-version": Page(
        3,
        "The umbrella has a version of its own",
        "The umbrella's version is the suite's, and the catalog lists it with another one.",
        "Remove the umbrella from `modules`, or give it the suite's version.",
    ),
    "project-unlisted": Page(
        3,
        "A project is in no module",
        "The workspace holds a project that the catalog neither lists nor excludes, so it would be "
        "forgotten in a release.",
        "List it under `modules`, name its folder under `exclude`, or mark it `Private :: Do Not Upload`.",
    ),
    "pin-excludes": Page(
        4,
        "A pin excludes the version that the catalog gives",
        "A project requires another module of the suite with a specifier that does not admit that module's version.",
        "Run `trainer-release sync`. An exclusion (`!=`) is a person's word and is never removed: do that by hand.",
    ),
    "direct-reference": Page(
        3,
        "A published dependency is a direct reference",
        "A module requires another one by URL or path (`name @ …`). Package indexes refuse such metadata.",
        "Write a version specifier; keep the local path where your tool has a place for it (`[tool.uv.sources]`).",
    ),
}
