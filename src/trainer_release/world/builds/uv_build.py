"""uv_build without an interpreter: its hooks are calls of one binary, which lies beside the environment's Python."""

from __future__ import annotations

import json
import os
from pathlib import Path

from trainer_release.world.builds.workers import Call
from trainer_release.world.process import Finished, run

NAME = "uv_build"
_NONE_NEEDED = ("get_requires_for_build_sdist", "get_requires_for_build_wheel")
_BUILDS = {"build_sdist": "sdist", "build_wheel": "wheel"}


def call_binary(call: Call) -> Finished | None:
    """Do what uv_build's module would when pyproject_hooks' script calls it; the answer goes where that script would
    write it. None where the binary is not there or does not do it: then the module itself shall say why."""
    hook, control = call.argv[2], Path(call.argv[3])
    binary = Path(call.argv[0]).with_name("uv-build")
    if not binary.exists():
        return None
    done, said = Finished(call.argv, 0, "", ""), list[str]()
    if hook in _BUILDS:
        given = json.loads((control / "input.json").read_text(encoding="utf-8"))["kwargs"]
        if given.get("config_settings") or given.get("metadata_directory"):
            return None
        kind = _BUILDS[hook]
        words = [binary, f"build-{kind}", given[f"{kind}_directory"]]
        done = run(words, cwd=Path(call.cwd), env=call.env, drop=tuple(os.environ), timeout=call.timeout)
        said = done.out.strip().splitlines()
        if not done.ok or not said:
            return done if done.code is None else None
    elif hook not in _NONE_NEEDED:
        return None
    (control / "output.json").write_text(
        json.dumps({"return_val": said[-1] if said else [], "unsupported": False}), encoding="utf-8"
    )
    return done
