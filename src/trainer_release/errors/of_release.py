"""Pages of the error codes about the release itself: record, files, publishing, and our own faults."""

from __future__ import annotations

from trainer_release.errors.page import Page

RELEASE: dict[str, Page] = {
    "internal": Page(
        1,
        "A fault of trainer-release",
        "Something happened that the program did not foresee. The traceback is in the file that the message names.",
        "Report it with that file. Running the same command again is safe.",
    ),
    "usage": Page(
        2, "A wrong word on the command line", "An argument or option cannot be what was given.", "See --help."
    ),
    "interrupted": Page(
        130,
        "Interrupted",
        "Ctrl-C or a signal ended the run. Children are ended too; what is published stays published.",
        "Run the same command again: it goes on where it stopped.",
    ),
    "version-taken": Page(
        6,
        "The version is published",
        "The index has this version already; a published version is never published again.",
        "Choose the next version.",
    ),
    "bound-elsewhere": Page(
        6,
        "A version waits in another release",
        "Another release is prepared and not published; its record holds files of this module in this very version. "
        "Built again they would have other bytes, and only one of the two could be published.",
        "Publish the other release first, abandon it, or give the module a new version.",
    ),
    "version-not-newer": Page(
        6,
        "The version does not rise",
        "Along one line of development versions only rise; a higher one is in this branch's history.",
        "Choose a higher version, or prepare on the older line's own branch.",
    ),
    "carried-excludes": Page(
        3,
        "A published module excludes the row",
        "A module that keeps its version is not built again, so its published pins stand, and one of them does not "
        "admit "
        "the version that the row gives to the module it needs.",
        "Give the dependent a new version in the row, or choose a version that its pin admits.",
    ),
    "needs-unpublished": Page(
        3,
        "A published module needs an unpublished one",
        "The catalog says `publish: false` for a module that a published module requires: nobody could install it.",
        "Publish it, or drop the requirement.",
    ),
    "carried-without-wheel": Page(
        6,
        "A carried module has no usable wheel",
        "The tests together use published files of unchanged modules; the index lists no wheel for this machine.",
        "Give the module a new version, so that it is built here.",
    ),
    "record-invalid": Page(
        6,
        "The record cannot be read",
        "The suite tag or the record ref holds a record that this version of trainer-release does not understand.",
        "Use the version that wrote it, or abandon the release and prepare again.",
    ),
    "nothing-prepared": Page(
        6,
        "Nothing is prepared",
        "There is no record of that version, here or on the remote.",
        "Run `trainer-release prepare VERSION` first, or fetch the tags of the clone that did.",
    ),
    "nothing-built": Page(
        6,
        "The record binds no files",
        "With `build: ci`, or a tag made by hand, the bytes are bound by the workflow that builds and tests them.",
        "Run `trainer-release build --out DIR` and test-agent on the tag, then `execute --artifacts DIR --verdict "
        "FILE`.",
    ),
    "file-missing": Page(
        10,
        "A prepared file is not at hand",
        "The record names a file that is neither published, nor in the cache, nor in --artifacts, nor in the draft "
        "release; and its module could not be built again.",
        "Give the folder that has it with --artifacts DIR, or mend what stops the build.",
    ),
    "not-covered": Page(
        6,
        "A file without a verdict",
        "Only files that a green verdict names by hash are uploaded.",
        "Run test-agent on these files and give its report with --verdict.",
    ),
    "no-credentials": Page(
        6,
        "Nothing to upload with",
        "Neither environment, keyring, ~/.pypirc nor a workflow's identity holds a password or token for the index.",
        "Set TWINE_USERNAME and TWINE_PASSWORD (for a token: __token__ and the token), or set up trusted publishing.",
    ),
    "not-confirmed": Page(
        6,
        "The upload was not confirmed",
        "Publishing cannot be taken back, so `execute` asks before the first upload to any index but the embedded one.",
        "Answer yes, or give --yes. With CI set, the embedded index must be asked for by --index local.",
    ),
    "drift": Page(
        4,
        "A file does not say what the catalog says",
        "A version, a pin, a table or the embedded suite file differs from the catalog.",
        "Run `trainer-release sync`.",
    ),
    "published-already": Page(
        6,
        "The release is published, in part or whole",
        "A release of which the index lists a file cannot be undone.",
        "Go on with `trainer-release execute VERSION`, or take it back with `trainer-release withdraw VERSION`.",
    ),
    "suite-differs": Page(
        4,
        "The environment is not this suite version",
        "Packages are missing, of another version, or installed as editable.",
        "Install with the constraints file that lies beside the manifest.",
    ),
    "nothing-to-verify": Page(
        6,
        "Nothing to verify against",
        "No manifest was given or found, and no installed package embeds a suite file.",
        "Give the manifest's path.",
    ),
    "manifest-invalid": Page(
        3,
        "Not a manifest",
        "The file is neither a release manifest nor an embedded suite file.",
        "Give the …-manifest.json that the release wrote.",
    ),
    "nothing-to-push": Page(
        6,
        "No remote to push to",
        "The repository has no remote, or the catalog says `push: none`.",
        "Add a remote with `git remote add origin URL`, or go on: `execute` publishes without one.",
    ),
    "module-unknown": Page(
        2, "No such module", "The catalog has no module of that name.", "Use a name that `graph` shows."
    ),
    "index-unknown": Page(
        2,
        "No such index",
        "An index is `local`, `pypi`, `testpypi` or a name under `indexes` in the catalog.",
        "Use one of these, or add yours to the catalog.",
    ),
    "unknown-code": Page(2, "No such error code", "`explain` knows the codes that messages show.", "Copy it exactly."),
}
