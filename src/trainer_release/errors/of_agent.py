"""Pages of the error codes about: the test agent."""

from __future__ import annotations

from trainer_release.errors.page import Page

AGENT: dict[str, Page] = {
    "tests-failed": Page(
        5,
        "Tests failed",
        "At least one test of a cell failed or broke off in its set-up or tear-down.",
        "Read the last lines below the message, mend the module, run `test-agent run` for it again.",
    ),
    "test-flaky": Page(
        5,
        "A test is flaky",
        "It passed and failed with the same files: it hangs on the order of tests, on hashes, a draw, the time zone, "
        "on time itself or on what lies outside.",
        "Run the command that is shown; mend the test, or the one that it names: nothing is run until it passes.",
    ),
    "revision-unknown": Page(
        2,
        "There is no such commit",
        "What was given with `--changed-since` names no commit of this repository.",
        "Give a branch, a tag or a commit; in a shallow clone, fetch it first.",
    ),
    "versions-incompatible": Page(
        5,
        "Versions do not go together",
        "The tests of modules together fail with these versions, and pass where any one of them is another.",
        "Read the last lines; exclude the combination by a pin, or mend the module and release it.",
    ),
    "versions-unresolvable": Page(
        5,
        "Versions cannot be installed together",
        "The installer refuses a set of versions, or one of them is not on the index: no test was run.",
        "Read the installer's lines: the pins exclude each other, or a version has no wheel for this machine.",
    ),
    "version-not-offered": Page(
        3,
        "The index does not have a version",
        "A row names a version of a module of which the index has no wheel that this machine can install.",
        "Publish it, or give `--index` the address of an index that has it.",
    ),
    "tests-empty": Page(
        5,
        "No test ran",
        "A cell has no tests folder, or pytest found no test in it, or every test was skipped.",
        "Write tests below `tests/`, or see with `test-agent discover` what is looked at.",
    ),
    "tests-broken": Page(
        5,
        "The test run gave no result",
        "pytest ended without a usable report: it crashed, a test ended the process, or its configuration asks for a "
        "plugin that the test requirements do not name.",
        "Read the last lines; name what is missing in the module's `test` extra or dependency group.",
    ),
    "tests-timeout": Page(
        5,
        "The tests ran out of time",
        "The cell's wall-time limit passed; pytest and all that it started were ended.",
        "The last line names the test that hung, where pytest had said it; give it a limit of its own.",
    ),
    "environment-broken": Page(
        5,
        "The environment cannot be built",
        "The installer refused the wheels under test together with what they declare.",
        "Read the installer's last lines: a dependency that no index has, or pins that exclude each other.",
    ),
    "environment-differs": Page(
        5,
        "The environment does not hold the files under test",
        "An installed distribution has another version or other bytes than the wheel that was to be tested.",
        "Look for a test requirement that replaces a module of the suite; take it out of the extra or group.",
    ),
    "environment-changed": Page(
        3,
        "The tests changed their environment",
        "What is installed is not what was installed before the tests: one of them installed, removed or replaced a "
        "distribution.",
        "Let the test make an environment of its own below its temporary folder.",
    ),
    "module-not-given": Page(
        3,
        "A module of the suite is asked for, and no file of it is given",
        "A module, or something that it needs, declares a package of the suite of which the cell has no wheel; it is "
        "never taken from an index instead, which may hold another one of that name.",
        "Build it too, or take it out of the dependencies that the message names.",
    ),
    "stage-missing": Page(
        3,
        "What is to go along with the tests is not there",
        "Tests run away from the source; `stage-also` names what goes along, and one of its paths does not exist.",
        "Correct the path: it is relative to the module's folder.",
    ),
    "undeclared-dependency": Page(
        3,
        "A dependency is not declared",
        "With nothing installed but the module's wheel and what it declares, a module of it cannot be imported. Where "
        "pytest or a sibling happens to bring what is missing, tests pass and users get an ImportError.",
        "Add the distribution that the message names to project.dependencies; list modules for other platforms under "
        "`optional-imports`.",
    ),
    "wheel-incomplete": Page(
        3,
        "A wheel does not hold what its code needs",
        "A module of the wheel imports another one of the same wheel that is not in it, or an entry point names what "
        "is not there.",
        "Let the build include the file, or mend the entry point; then build it again.",
    ),
    "pytest-missing": Page(
        3,
        "pytest is not installed",
        "An existing environment is tested as it stands, and it has no pytest.",
        "Install pytest there.",
    ),
    "interpreter-missing": Page(
        3,
        "There is no such interpreter",
        "The path given with --python cannot be run as a Python.",
        "Give the path of a python executable, for example `.venv/bin/python`.",
    ),
    "modules-not-installed": Page(
        3,
        "Modules are not installed",
        "Tests of modules together need every one of them installed, in the version that is asked for, importable.",
        "Run the install line that the message gives.",
    ),
    "module-not-known": Page(
        2,
        "There is no such module",
        "The name given with --module or --modules is no module of the catalog, or not the project in this folder.",
        "Take a name from `trainer-release graph`, or run the command in the module's own folder.",
    ),
    "modules-not-named": Page(
        2,
        "Which modules?",
        "Without a catalog the modules are the project's own dependencies of the same family, and there is none.",
        "Give --modules a,b, or run the command where versions.yaml is.",
    ),
    "artifact-missing": Page(
        3,
        "A wheel is missing",
        "The folder given with --artifacts holds no wheel of this package in the catalog's version.",
        "Build it into that folder, or leave --artifacts out to build from the work tree.",
    ),
    "artifact-ambiguous": Page(
        3,
        "Two wheels for one module",
        "The folder given with --artifacts holds several wheels of one package and version.",
        "Keep the one that is to be published.",
    ),
    "integration-tests-missing": Page(
        3,
        "The repository of integration tests is not there",
        "INTEGRATION_TESTS_REPO names a folder that has no `tests/`, or a ref that its repository does not have.",
        "Set it to the path of a checkout that has one, or to `path@ref`, or unset it.",
    ),
    "verdict-invalid": Page(
        3,
        "This is no verdict",
        "The file is not JSON of the form `trainer-release/verdict/v1`, or two verdicts name different bytes for one "
        "file.",
        "Give the report.json that `test-agent run --report DIR` wrote for these very files.",
    ),
    "tests-leaked": Page(
        5,
        "Tests left something behind",
        "Every test passed, but at least one left a process, a listening port, an open file, a temporary file or a "
        "thread behind. test-agent has ended it.",
        "Let the test, or the fixture that started it, end it. What is meant to stay is listed in `allowed-leaks`; "
        "`leaks: report` makes leaks no fault.",
    ),
    "tests-interrupted": Page(
        5,
        "The tests were interrupted",
        "Ctrl-C, or a signal that asks for the end, came before the cell was finished; what it had started was ended.",
        "Run it again. What was finished before is in the report, which is not green.",
    ),
    "confinement-missing": Page(
        5,
        "The tests cannot be confined as was asked",
        "The level of confinement that was required (`--confinement`) is not to be had on this machine: a container or "
        "AppArmor may forbid user namespaces, and other systems than Linux have none. test-agent ends with 3.",
        "Run it where the kernel allows it (`unshare -Ur true` tells), or take `--confinement auto`, which takes the "
        "best level there is and names it.",
    ),
    "module-foreign": Page(
        5,
        "A module came from elsewhere than the environment under test",
        "While the tests were collected, or ran, a module of the suite was imported from a file that does not lie in "
        "the environment: from a source tree, another environment, a folder that the tests put on sys.path. What was "
        "tested is then not what is to be released. test-agent ends with 3.",
        "Take the line out that leads there: a `pythonpath` setting, a conftest that changes sys.path, a .pth file.",
    ),
}
