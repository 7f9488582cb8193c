"""Commit and tag objects, made by plumbing: nothing refers to them until a ref transaction does."""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict, deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.world import objects
from trainer_release.world.git import Git, Settings

_LINKED = "put the file itself there: a release changes its text"
_NONE = ("unspecified", "unset")
_CONVERTS = {"filter", "ident", "working-tree-encoding"}
_LINE_ENDS = {"text", "crlf", "eol"}


def write_commit(git: Git, parent: str, files: Mapping[str, str], message: str, epoch: int) -> str:
    """A commit on `parent` in which `files` (repository-relative path to text) say what is given; its object id.

    Modes of existing files are kept; a new file is 100644. Author and committer are the person's, at `epoch`
    (seconds, UTC). Signed where `commit.gpgSign` is set. No hook is run.
    """
    settings = git.settings()
    with tempfile.TemporaryDirectory(prefix="trainer-release-index-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        git.do("read-tree", parent, env=index)
        entries = git.do("ls-files", "-s", "-z", "--full-name", ":(top)", env=index)
        modes = {line.partition("\t")[2]: line.split(" ", 1)[0] for line in entries.split("\0") if line}
        if linked := [path for path in files if modes.get(path) == "120000"]:
            problems = (Problem("file-linked", f"{path} is a symbolic link", path, hint=_LINKED) for path in linked)
            raise ReleaseError(*problems)
        blobs = _blobs(git, files, parent, settings)
        lines = (f"{modes.get(path, '100644')} {blob}\t{path}\0" for path, blob in blobs.items())
        git.do("update-index", "-z", "--index-info", stdin="".join(lines).encode(), env=index)
        tree = git.do("write-tree", env=index)
    sign = ("-S",) if settings.flag("commit.gpgSign") else ()
    return git.do("commit-tree", *sign, "-p", parent, tree, stdin=message.encode(), env=_dates(epoch))


def _blobs(git: Git, files: Mapping[str, str], parent: str, settings: Settings) -> dict[str, str]:
    """The blobs by path, as `git add` would make them: one by one where git converts the text, else all in one go."""
    converted = _converted(git, files, settings)
    plain = [path for path in files if path not in converted]
    blobs = dict(zip(plain, objects.write(git, "blob", (files[path].encode() for path in plain), parent), strict=True))
    for path in converted:
        blobs[path] = git.do("hash-object", "-w", "--stdin", f"--path={path}", stdin=files[path].encode())
    return blobs


def _converted(git: Git, files: Mapping[str, str], settings: Settings) -> list[str]:
    """The files whose blobs may differ from their texts, by gitattributes(5): a filter, an encoding, line ends."""
    asked = "".join(f"{path}\0" for path in files).encode()
    said = git.do("check-attr", "-z", "--stdin", *_CONVERTS, *_LINE_ENDS, stdin=asked).split("\0")[:-1]
    given = defaultdict(set)
    for path, name, value in zip(said[::3], said[1::3], said[2::3], strict=True):
        if value not in _NONE:
            given[path].add(name)
    auto = settings.flag("core.autocrlf") or settings.get("core.autocrlf") == "input"
    ends = {path for path, text in files.items() if "\r" in text and (auto or given[path] & _LINE_ENDS)}
    return [path for path in files if path in ends or given[path] & _CONVERTS]


def write_tags(git: Git, commit: str, texts: Mapping[str, str], epoch: int) -> dict[str, str]:
    """Annotated tag objects on a commit, by name (`texts`: name to text); their object ids. Signed where git is
    configured to sign tags."""
    if not texts:
        return {}
    settings = git.settings()
    if settings.flag("tag.gpgSign") or settings.flag("tag.forceSignAnnotated"):
        return _signed_tags(git, commit, texts, epoch)
    tagger = git.do("var", "GIT_COMMITTER_IDENT", env=_dates(epoch))
    head = f"object {commit}\ntype commit\ntag "
    made = (f"{head}{name}\ntagger {tagger}\n\n{text}".encode() for name, text in texts.items())
    return dict(zip(texts, objects.write(git, "tag", made, commit), strict=True))


def tags_like(git: Git, like: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Annotated tag objects by full ref (`texts`: ref to text), on the commit of the annotated tag `like`, by its
    tagger at its moment: as those made with it. Their object ids; none where `like` is no such tag. Not signed."""
    answer = git.ask("cat-file", "tag", like)
    tagger = next((line for line in answer.text.splitlines() if line.startswith("tagger ")), None)
    commit = git.commit_of(like)
    if answer.code != 0 or tagger is None or commit is None:
        return {}
    head = f"object {commit}\ntype commit\ntag "
    made = (f"{head}{ref.removeprefix('refs/tags/')}\n{tagger}\n\n{text}".encode() for ref, text in texts.items())
    return dict(zip(texts, objects.write(git, "tag", made, commit), strict=True))


def _signed_tags(git: Git, commit: str, texts: Mapping[str, str], epoch: int) -> dict[str, str]:
    # `git tag -s` makes refs, which must not exist yet: they are made in a throw-away repository that writes its
    # objects into ours and reads our configuration (the signing key may be set there).
    with tempfile.TemporaryDirectory(prefix="trainer-release-tag-") as folder:
        git.do("init", "--quiet", "--bare", "--template=", f"--object-format={objects.algorithm(commit)}", folder)
        env = _dates(epoch) | {"GIT_DIR": folder, "GIT_OBJECT_DIRECTORY": str(git.common / "objects")}
        include = f"include.path={git.common / 'config'}"
        words = ("-c", include, "tag", "-s", "--cleanup=verbatim", "-F", "-")

        def sign(name: str) -> None:
            git.do(*words, name, commit, stdin=texts[name].encode(), env=env)

        first, *rest = texts
        sign(first)  # alone: a key that must be unlocked is asked for once
        with ThreadPoolExecutor() as pool:
            deque(pool.map(sign, rest), maxlen=0)
        found = git.do("for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/tags", env=env)
        by_name = {name: oid for oid, _, name in (line.partition(" ") for line in found.splitlines())}
    made = {name: by_name[name] for name in texts}
    said = git.messages_of(made.values())
    if any(said[oid] == texts[name] for name, oid in made.items()):  # some gits go on where ssh-keygen fails
        hint = "`git tag -s` must work here: look at user.signingkey and gpg.format"
        raise fail("git-failed", f"git did not sign the tag {first}", hint=hint)
    return made


def _dates(epoch: int) -> dict[str, str]:
    stamp = f"{epoch} +0000"
    return {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp, "TZ": "UTC", "HOME": os.environ.get("HOME", "/")}
