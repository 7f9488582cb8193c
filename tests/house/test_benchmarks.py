"""The benchmarks run; what they measure is for people to read."""

import re
import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "suite_of_1000.py"


def test_the_large_suite_is_generated_and_every_command_measured(tmp_path):
    command = [sys.executable, str(BENCHMARK), "12", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    title, _, *rows = done.stdout.splitlines()
    assert title.startswith("12 modules, medians of 1;")
    assert [re.split(r"\s{2,}", row)[0] for row in rows] == [
        "parse with tomllib alone", "check", "graph --format json", "prepare 1.5.0 --dry-run --json",
    ]  # fmt: skip
    assert all(float(number) > 0 for row in rows for number in row.split()[-5:])
