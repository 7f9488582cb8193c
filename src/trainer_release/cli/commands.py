"""What the two programs offer, told without typer: `--help` is not to wait for a parser that it does not need.

A command is one line: its name, the module of `cli` that has the function of this name, and what the list says of it,
which is the first line of that function's docstring.
"""


class Program:
    """A console script. Its commands stand in the order in which a person needs them."""

    def __init__(self, about: str, commands: dict[str, tuple[str, str]], more: str = "") -> None:
        self.about = about
        self.commands = commands
        self.more = more

    def page(self, name: str) -> str:
        """What `--help` prints of the program of that name, at most 80 columns wide."""
        width = max(map(len, self.commands))
        listed = [f"  {command:<{width}}  {line}" for command, (_, line) in self.commands.items()]
        options = ["  --version   Print the version and leave.", "  -h, --help  Show this message and exit."]
        return "\n".join(
            [
                f"Usage: {name} [OPTIONS] COMMAND [ARGS]...\n\n  {self.about}\n",
                "\n".join(["Options:", *options]) + "\n",
                "\n".join(["Commands:", *listed]) + (f"\n\n  {self.more}" if self.more else ""),
            ]
        )


PROGRAMS = {
    "trainer-release": Program(
        "Release a suite of Python packages together: one catalog, tested as built\n"
        "  wheels, published in dependency order.",
        {
            "init": ("adopt", "Write versions.yaml for an existing repository."),
            "check": ("look", "Does every file agree with the catalog?"),
            "status": ("look", "What the catalog, the projects and the index say."),
            "graph": ("look", "Show which module needs which, in waves."),
            "sync": ("look", "Write the catalog's versions into every project."),
            "prepare": ("ship", "Plan, commit, build, test and tag a release."),
            "tag": ("ship", "Tag the merged commit of a pull request."),
            "push": ("ship", "Push branch and record, then the suite tag."),
            "execute": ("ship", "Publish a prepared release in dependency order."),
            "build": ("ship", "Build what prepare would build, and no more."),
            "rehearse": ("trial", "A release in full, in copies that are dropped."),
            "drill": ("trial", "Faults replayed against one's own suite."),
            "abandon": ("retreat", "Undo a release that is not published."),
            "withdraw": ("retreat", "Mark a published release withdrawn; say what to yank."),
            "verify": ("look", "Is an environment exactly one suite version?"),
            "log": ("history", "Which versions belonged together, and when."),
            "show": ("history", "The modules of one suite version."),
            "diff": ("history", "What differs between two suite versions."),
            "schema": ("look", "The JSON Schema of versions.yaml, for editors."),
            "explain": ("look", "The page behind an error code."),
            "index": ("look", "The embedded index."),
        },
        "Exit codes: 0 done, 2 usage, 3 catalog invalid, 4 drift, 5 a gate failed, 6\n"
        "  preflight refused, 7 partly published, 8 paused, 9 locked, 10 bytes differ,\n"
        "  11 outcome unknown, 130 interrupted. `trainer-release explain CODE` says more.",
    ),
    "test-agent": Program(
        "Test the modules of a suite: alone, or together, as the wheels that will be\n  published.",
        {
            "run": ("agent", "Run tests against built wheels."),
            "discover": ("agent", "List the test files that a run would take."),
            "check": ("agent", "Is each module installed, and can it be imported?"),
            "report": ("agent_report", "Make the page of a report that exists."),
            "ci": ("agent_ci", "Workflows for GitHub, made from the catalog."),
            "schema": ("agent_report", "The JSON Schema of report.json."),
            "generate": ("agent_generate", "Write tests of what modules rely on in others."),
            "flaky": ("agent_flaky", "Which tests pass and fail with the same code?"),
            "compat": ("agent_compat", "Which versions of the modules go together?"),
        },
        "Exit codes: 0 done, 1 tests failed, 2 usage or settings, 3 environment,\n"
        "  4 leaks, 5 no test ran, 6 flaky, 7 drift, 124 time limit, 130 interrupted.",
    ),
}
