"""The least that a plan takes in Python: every project parsed, the work tree looked at once, an order found."""

import graphlib
import re
import subprocess
import tomllib
from pathlib import Path

needs = {}
for path in Path().glob("*/*/pyproject.toml"):
    project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
    needs[project["name"]] = [re.match(r"[A-Za-z0-9._-]+", each)[0] for each in project["dependencies"]]
subprocess.run(["git", "status", "--porcelain"], check=True, stdout=subprocess.PIPE)
graph = {name: [each for each in found if each in needs] for name, found in needs.items()}
print(len(list(graphlib.TopologicalSorter(graph).static_order())))
