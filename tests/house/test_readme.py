"""The README is true: its commands exist, its links lead somewhere, the output that it shows is what the demo prints."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from kit.command_lines import every_command, fences, parse, shown
from kit.suite import BIN, environment
from trainer_release.suite.catalog import reader

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8") if (ROOT / "README.md").is_file() else ""
LEFT_OUT = "[…]"
pytestmark = pytest.mark.skipif(not (ROOT / "scripts").is_dir(), reason="about the repository, which is not here")


def normal(line: str) -> str:
    """A line without what differs from run to run: seconds, commits, ports, the demo's own folder."""
    line = re.sub(r" +\(\d+\.\d s\)$", "", line.rstrip())
    line = re.sub(r"\bin \d+ s\b", "in N s", line)
    line = re.sub(r"\b[0-9a-f]{12,40}\b", "COMMIT", line)
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", re.sub(r"\S*trainer-demo\.\w+", "FOLDER", line))


@pytest.mark.parametrize("line", dict.fromkeys(shown(README)))
def test_every_command_in_the_readme_would_be_taken(line):
    if line.split() not in (["trainer-release"], ["test-agent"]):
        parse(line)


def test_a_command_that_does_not_exist_would_be_noticed():
    with pytest.raises(AssertionError):
        parse("trainer-release release 1.0.0")
    with pytest.raises(Exception, match="No such option"):
        parse("trainer-release check --fast")


def test_the_table_of_commands_names_every_command_and_no_other():
    table = README.partition("\n## Commands\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \|", table, re.MULTILINE)
    listed = [re.sub(r" \[?[A-Z].*", "", name) for row in rows for name in re.findall(r"`([^`]+)`", row)]
    assert sorted(listed) == sorted(every_command())


def test_the_catalog_in_the_readme_is_one():
    (text,) = fences(README, "yaml")
    found, problems = reader.read(text, "README.md")
    assert problems == ()
    assert found.release.index == "internal"
    row = {"prompt-manager": "1.1.0", "llm-provider": "1.0.1", "format-converter": "0.22b0"}
    assert found.rows["1.1.0"].modules == row


def test_every_link_leads_to_something():
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.e2e
def test_the_demo_ends_well_and_prints_what_the_readme_shows(tmp_path):
    (tmp_path / "home").mkdir()
    env = environment(tmp_path / "home") | {"CI": "true", "TMPDIR": str(tmp_path), "PYTHON": str(BIN / "python")}
    done = subprocess.run(
        [ROOT / "scripts" / "demo"],
        env=env,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    printed = {normal(line) for line in done.stdout.splitlines()}
    (block,) = [body for body in fences(README, "console") if body.startswith("$ scripts/demo\n")]
    lines = [line for line in block.splitlines()[1:] if line != LEFT_OUT]
    assert [line for line in lines if normal(line) not in printed] == []
    (folder,) = tmp_path.glob("trainer-demo.*")
    assert (folder / "released" / "trainer-core-1.0.0-manifest.json").is_file()
    assert not serving(folder), "the index was left running"


def serving(folder: Path) -> list[str]:
    """Processes that still work in a folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cwd"):
        try:
            where = str(place.readlink())
        except OSError:
            continue
        if where.startswith(str(folder)):
            found.append(where)
    return found
