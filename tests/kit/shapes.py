"""Two suites of the field's shapes, with code of our own: a telemetry suite of 29 projects with two groups of versions,
and a web suite of eight repositories with a version of its own each."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from kit.suite import Workspace

STABLE, BETA = "1.45.0.dev0", "0.66b0.dev0"

TELEMETRY = {
    # folder: (version, needs); a need without an extra is a run-time dependency, "extra: need" stands in that extra
    "api": (STABLE, []),
    "proto": (STABLE, []),
    "proto-json": (BETA, []),
    "semantic-conventions": (BETA, [f"api == {STABLE}"]),
    "sdk": (STABLE, [f"api == {STABLE}", f"semantic-conventions == {BETA}", f"file: configuration == {BETA}"]),
    "configuration": (BETA, [f"api == {STABLE}", f"sdk == {STABLE}"]),
    "exporter/http-transport": (BETA, ["api ~= 1.15"]),
    "exporter/opencensus": (BETA, [f"api >= {STABLE}", "sdk >= 1.15"]),
    "exporter/otlp-common": (BETA, [f"sdk ~= {STABLE}", f"http: exporter-http-transport == {BETA}"]),
    "exporter/otlp-json-common": (BETA, [f"proto-json == {BETA}", f"sdk ~= {STABLE}"]),
    "exporter/otlp-json-file": (
        BETA,
        [f"exporter-otlp-common == {BETA}", f"exporter-otlp-json-common == {BETA}", f"sdk ~= {STABLE}"],
    ),
    "exporter/otlp-json-http": (
        BETA,
        [
            f"sdk ~= {STABLE}",
            f"proto-json == {BETA}",
            f"exporter-otlp-common == {BETA}",
            f"exporter-otlp-json-common == {BETA}",
            f"exporter-http-transport[pool] == {BETA}",
        ],
    ),
    "exporter/otlp-proto-common": (STABLE, [f"proto == {STABLE}"]),
    "exporter/otlp-proto-grpc": (
        STABLE,
        ["api ~= 1.15", f"proto == {STABLE}", f"sdk ~= {STABLE}", f"exporter-otlp-proto-common == {STABLE}"],
    ),
    "exporter/otlp-proto-http": (
        STABLE,
        [
            "api ~= 1.15",
            f"proto == {STABLE}",
            f"sdk ~= {STABLE}",
            f"exporter-otlp-proto-common == {STABLE}",
            f"exporter-otlp-common == {BETA}",
            f"exporter-http-transport[pool] == {BETA}",
            f"requests: exporter-http-transport[requests] == {BETA}",
        ],
    ),
    "exporter/otlp": (STABLE, [f"exporter-otlp-proto-grpc == {STABLE}", f"exporter-otlp-proto-http == {STABLE}"]),
    "exporter/prometheus": (BETA, ["api ~= 1.12", f"sdk ~= {STABLE}"]),
    "exporter/zipkin-json": (STABLE, ["api ~= 1.3", "sdk ~= 1.11"]),
    "exporter/zipkin-proto-http": (STABLE, ["api ~= 1.3", f"exporter-zipkin-json == {STABLE}", "sdk ~= 1.11"]),
    "exporter/zipkin": (STABLE, [f"exporter-zipkin-json == {STABLE}", f"exporter-zipkin-proto-http == {STABLE}"]),
    "propagator/b3": (STABLE, ["api ~= 1.3"]),
    "propagator/jaeger": (STABLE, ["api ~= 1.3"]),
    "shim/opencensus-shim": (BETA, ["api ~= 1.3"]),
    "shim/opentracing-shim": (BETA, ["api ~= 1.3"]),
    "tests/test-utils": (BETA, [f"api == {STABLE}", f"sdk == {STABLE}"]),
}
"""The 25 that are released; a code generator, two examples and the root beside them are not."""

_FAMILIES = ("exporter", "propagator")


def telemetry(folder: Path, home: Path) -> Workspace:
    """The telemetry suite, committed; no catalog yet."""
    folder.mkdir(parents=True)
    work = Workspace(folder, home, "telemetry")
    for place, (version, needs) in TELEMETRY.items():
        family, _, last = place.rpartition("/")
        name = f"{family}-{last}" if family in _FAMILIES else last
        path = f"{family}/telemetry-{name}" if family else f"telemetry-{name}"
        _hatch(work, path, f"telemetry-{name}", version, needs)
    for number in (0, 1):
        path = f"docs/examples/error_handler/error_handler_{number}"
        _hatch(work, path, f"error-handler-{number}", "0.23.dev0", ["sdk ~= 1.3"])
    text = '[project]\nname = "telemetry-codegen-json"\nversion = "0.0.0"\nclassifiers = ["Private :: Do Not Upload"]\n'
    work.write("codegen/telemetry-codegen-json/pyproject.toml", text)
    work.write("pyproject.toml", _root())
    test = "from telemetry_sdk import name\n\n\ndef test_the_sdk_is_there():\n    assert name() == 'telemetry-sdk'\n"
    work.write("tests/integration/test_together.py", test)
    work.git("init", "--quiet", "--initial-branch=main")
    work.commit("The suite")
    return work


def _root() -> str:
    members = '["telemetry-*", "exporter/*", "propagator/*", "shim/*", "tests/telemetry-*", "codegen/*"]'
    return dedent(
        f"""\
        [project]
        name = "telemetry-python"
        version = "0.0.0"
        dependencies = [
            "telemetry-api",  # the development environment
            "telemetry-sdk",
        ]

        [tool.uv]
        package = false

        [tool.uv.workspace]
        members = {members}
        """
    )


def _hatch(work: Workspace, path: str, package: str, version: str, needs: list[str]) -> None:
    """A project whose version stands in a file of its own, as hatch reads it."""
    module = package.replace("-", "_")
    plain = [f'    "telemetry-{need}",\n' for need in needs if ": " not in need]
    extras = [need.split(": ", 1) for need in needs if ": " in need]
    optional = "".join(f'{extra} = ["telemetry-{need}"]\n' for extra, need in extras)
    if package == "telemetry-exporter-http-transport":
        optional = "pool = []\nrequests = []\n"
    text = (
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n'
        f'[project]\nname = "{package}"\ndynamic = ["version"]\nrequires-python = ">=3.9"\n'
        f"dependencies = [\n{''.join(plain)}]\n"
        + (f"\n[project.optional-dependencies]\n{optional}" if optional else "")
        + f'\n[tool.hatch.version]\npath = "src/{module}/version/__init__.py"\n\n'
        f'[tool.hatch.build.targets.wheel]\npackages = ["src/{module}"]\n'
    )
    work.write(f"{path}/pyproject.toml", text)
    work.write(f"{path}/src/{module}/version/__init__.py", f'__version__ = "{version}"\n')
    work.write(f"{path}/src/{module}/__init__.py", f'def name():\n    return "{package}"\n')
    test = f"import {module}\n\n\ndef test_it_knows_its_name():\n    assert {module}.name() == '{package}'\n"
    work.write(f"{path}/tests/test_{module}.py", test)


WEB = {
    # repository: (package, version in the file, version to release, needs)
    "blinky": ("blinky", "1.10.0.dev", "1.10.0", []),
    "klick": ("klick", "8.5.0.dev", "8.5.0", []),
    "risky": ("riskydanger", "2.3.0.dev", "2.3.0", []),
    "marksafe": ("MarkSafe", "3.1.0.dev", "3.1.0", []),
    "ninja": ("Ninja2", "3.2.0.dev", "3.2.0", ["MarkSafe>=3.0"]),
    "toolwerk": ("Toolwerk", "3.2.0.dev", "3.2.0", ["marksafe>=3.0.3"]),
    "vase": (
        "Vase",
        "3.2.0.dev",
        "3.2.0",
        ["blinky>=1.9.0", "klick>=8.1.3", "riskydanger>=2.2.0", "ninja2>=3.1.2", "marksafe>=2.1.1", "toolwerk>=3.1.0"],
    ),
    "quark": (
        "Quark",
        "0.21.0",
        "0.21.0",
        ["blinky>=1.6", "klick>=8.0", "vase>=3.0", "riskydanger", "ninja2", "marksafe", "toolwerk>=3.0"],
    ),
}


def web(folder: Path, home: Path) -> Workspace:
    """The web suite: a catalog in a repository that holds nothing else, and eight bare remotes."""
    for name, (package, version, _, needs) in WEB.items():
        own = Workspace(folder / "work" / name, home)
        own.root.mkdir(parents=True)
        listed = "".join(f'  "{need}",\n' for need in needs)
        module = package.lower()
        own.write(
            "pyproject.toml",
            '[build-system]\nrequires = ["flit_core>=3.11,<5"]\nbuild-backend = "flit_core.buildapi"\n\n'
            f'[project]\nname = "{package}"\nversion = "{version}"  # the next one\ndescription = "Web"\n'
            f'requires-python = ">=3.9"\ndependencies = [  # siblings\n{listed}]\n\n'
            f'[tool.flit.module]\nname = "{module}"\n',
        )
        own.write(f"src/{module}/__init__.py", f'"""Web."""\n\nNAME = "{package}"\n')
        test = f"import {module}\n\n\ndef test_it_knows_its_name():\n    assert {module}.NAME == '{package}'\n"
        own.write(f"tests/test_{module}.py", test)
        own.git("init", "--quiet", "--initial-branch=main")
        own.commit("The beginning")
        own.git("clone", "--quiet", "--bare", str(own.root), str(folder / f"{name}.git"))
    work = Workspace(folder / "suite", home, "web")
    work.root.mkdir()
    modules = "".join(
        f'  {name}: {{version: "{_canonical(now)}", package: {package}, repository: ../{name}.git, ref: main}}\n'
        for name, (package, now, _, _) in WEB.items()
    )
    row = ", ".join(f'{name}: "{to}"' for name, (_, _, to, _) in WEB.items())
    rows = f'compatibility:\n  "2026.11.0": {{{row}}}\n'
    work.write("versions.yaml", f'web:\n  version: "2026.10.0"\nmodules:\n{modules}{rows}release: {{index: local}}\n')
    work.git("init", "--quiet", "--initial-branch=main")
    work.commit("The catalog")
    return work


def _canonical(version: str) -> str:
    return f"{version}0" if version.endswith(".dev") else version
