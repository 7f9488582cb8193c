"""Every project of a suite parsed, and nothing else."""

import tomllib
from pathlib import Path

for path in Path().glob("*/*/pyproject.toml"):
    tomllib.loads(path.read_text(encoding="utf-8"))
