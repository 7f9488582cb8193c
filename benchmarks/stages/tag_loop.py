"""Annotated tags by a command each: tag_loop.py COUNT MESSAGE"""

import subprocess
import sys

for number in range(int(sys.argv[1])):
    subprocess.run(["git", "tag", "-a", f"part-{number:04}-v1.5.0", "-m", sys.argv[2]], check=True)
