"""Pages of the error codes about builds, metadata and environments."""

from __future__ import annotations

from trainer_release.errors.page import Page

BUILDS: dict[str, Page] = {
    "build-failed": Page(
        5,
        "A package does not build",
        "The build backend (PEP 517) ended with an error; its last lines are shown. The wheel is "
        "built from the extracted sdist, so a file that the sdist lacks shows up here and nowhere "
        "else.",
        "Run `trainer-release build --module MODULE` and mend what the backend names. Where the sdist"
        " lacks files that the wheel needs, include them, or set `build: tree` on the module.",
    ),
    "build-timeout": Page(
        5,
        "A build took too long",
        "The build backend did not end within its time limit; it and all its child processes were ended.",
        "Run `trainer-release build --module MODULE` and look where it waits: a build hook that asks "
        "the network or a prompt is the usual cause.",
    ),
    "build-incomplete": Page(
        5,
        "A build did not give one sdist and one wheel",
        "The backend ended well, but did not leave exactly one .tar.gz and one .whl of one top folder.",
        "Look at the backend's settings: a release is one sdist and one wheel per package.",
    ),
    "environment-failed": Page(
        5,
        "An environment could not be made",
        "A virtual environment could not be created, or its packages could not be installed; the "
        "installer's last lines are shown.",
        "Mend what the installer names: an unreachable index, a requirement that no version "
        "satisfies, or a Python without its venv module.",
    ),
    "artifact-invalid": Page(
        5,
        "A built file is malformed",
        "A wheel or sdist cannot be read safely: it is damaged, holds a name twice, holds a path that"
        " leaves it, or has not exactly one metadata file of at most 1 MiB with valid fields. Or a wheel is not one"
        " plain archive, unpacks to a multiple of itself, or holds other files than its RECORD lists.",
        "Build it again; where it comes out the same, the build backend or a build hook is at fault.",
    ),
    "upload-unfit": Page(
        5,
        "An index would refuse a built file",
        "A classifier `Private ::` forbids its upload, or its description cannot be shown. An index says so at upload, "
        "when other modules are published already.",
        "Take the classifier out, or write `publish: false` at the module; mend the README.",
    ),
    "metadata-differs": Page(
        5,
        "A built file does not say what was planned",
        "Name, version and the requirements on the suite's own packages inside a built file must be "
        "those of the plan, and a wheel must say what its sdist says; a local version or a direct reference "
        "(`name @ url`) would be refused by an index.",
        "Run `trainer-release sync`, and look for a version or dependency that the build computes "
        "(dynamic metadata, a build hook, a version file listed nowhere: `also:` in the catalog).",
    ),
}
