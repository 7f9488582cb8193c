"""Commit and tag objects, made by plumbing: nothing refers to them until a ref transaction does."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from trainer_release.errors import fail
from trainer_release.world.git import Git


def write_commit(git: Git, parent: str, files: Mapping[str, str], message: str, epoch: int) -> str:
    """A commit on `parent` in which `files` (repository-relative path to text) say what is given; its object id.

    Modes of existing files are kept; a new file is 100644. Author and committer are the person's, at `epoch`
    (seconds, UTC). Signed where `commit.gpgSign` is set. No hook is run.
    """
    with tempfile.TemporaryDirectory(prefix="trainer-release-index-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        git.do("read-tree", parent, env=index)
        entries = git.do("ls-files", "-s", "-z", "--full-name", "--", *(f":(top,literal){p}" for p in files), env=index)
        modes = {line.partition("\t")[2]: line.split(" ", 1)[0] for line in entries.split("\0") if line}
        lines = b""
        for path, text in files.items():
            blob = git.do("hash-object", "-w", "--stdin", f"--path={path}", stdin=text.encode())
            lines += f"{modes.get(path, '100644')} {blob}\t{path}".encode() + b"\0"
        git.do("update-index", "-z", "--index-info", stdin=lines, env=index)
        tree = git.do("write-tree", env=index)
    sign = ("-S",) if git.flag("commit.gpgSign") else ()
    return git.do("commit-tree", *sign, "-p", parent, tree, stdin=message.encode(), env=_dates(epoch))


def write_tag(git: Git, name: str, commit: str, message: str, epoch: int) -> str:
    """An annotated tag object called `name` on a commit; its object id. Signed where git is configured to sign tags."""
    if git.flag("tag.gpgSign") or git.flag("tag.forceSignAnnotated"):
        return _signed_tag(git, name, commit, message, epoch)
    tagger = git.do("var", "GIT_COMMITTER_IDENT", env=_dates(epoch))
    text = f"object {commit}\ntype commit\ntag {name}\ntagger {tagger}\n\n{message}"
    return git.do("mktag", stdin=text.encode())


def _signed_tag(git: Git, name: str, commit: str, message: str, epoch: int) -> str:
    # `git tag -s` makes a ref, which must not exist yet: it is made in a throw-away repository that writes its objects
    # into ours and reads our configuration (the signing key may be set there).
    with tempfile.TemporaryDirectory(prefix="trainer-release-tag-") as folder:
        git.do("init", "--quiet", "--bare", folder)
        env = _dates(epoch) | {"GIT_DIR": folder, "GIT_OBJECT_DIRECTORY": str(git.common / "objects")}
        include = f"include.path={git.common / 'config'}"
        git.do(
            "-c", include, "tag", "-s", "--cleanup=verbatim", "-F", "-", name, commit, stdin=message.encode(), env=env
        )
        made = git.do("rev-parse", f"refs/tags/{name}", env=env)
    if git.message_of(made) == message:  # some gits go on, without a signature, where ssh-keygen fails
        hint = "`git tag -s` must work here: look at user.signingkey and gpg.format"
        raise fail("git-failed", f"git did not sign the tag {name}", hint=hint)
    return made


def _dates(epoch: int) -> dict[str, str]:
    stamp = f"{epoch} +0000"
    return {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp, "TZ": "UTC", "HOME": os.environ.get("HOME", "/")}
