"""Many objects in one go: what git itself would have written, checked as git checks it."""

from __future__ import annotations

import pytest

from kit.questions import counted
from kit.repo import Repository
from trainer_release.errors import ReleaseError
from trainer_release.world import objects, refs, worktree
from trainer_release.world.commits import write_commit, write_tags
from trainer_release.world.git import Git

EPOCH = 1_700_000_000
SIZES = (0, 1, 15, 16, 2047, 2048, 300_000)
"""Where the length of a size in a pack changes."""


@pytest.fixture(params=["sha1", "sha256"])
def made(request, tmp_path):
    home = Repository(tmp_path / "repo")
    home.root.mkdir()
    home.git("init", "--quiet", "--initial-branch=main", f"--object-format={request.param}")
    home.commit("Begin", **{"a.txt": "one\n"})
    return home


def tag(made, name="v1", target=None):
    target = target or made.head
    return f"object {target}\ntype commit\ntag {name}\ntagger Ada <ada@example.org> {EPOCH} +0000\n\n{name}\n"


@pytest.mark.parametrize("more", [0, 100])
def test_objects_are_those_that_git_would_write(made, more):
    texts = [bytes(at % 251 for at in range(size)) for size in SIZES] + [b"%d" % at for at in range(more)]
    oids = objects.write(Git(made.root), "blob", texts, made.head)
    assert oids[0] == made.git("hash-object", "--stdin", stdin="")
    read = Git(made.root).ask("cat-file", "--batch", stdin="\n".join(oids).encode() + b"\n").out
    assert read == b"".join(b"%b blob %d\n%b\n" % (o.encode(), len(t), t) for o, t in zip(oids, texts, strict=True))
    assert made.git("fsck", "--strict", "--no-dangling") == ""


def test_nothing_is_asked_where_there_is_nothing_to_write(made, monkeypatch, tmp_path):
    head = made.head
    with counted(monkeypatch, tmp_path / "asked") as questions:
        assert objects.write(Git(made.root), "blob", [], head) == []
    assert questions.asked == []


@pytest.mark.parametrize("others", [0, 100])
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda made: tag(made, "v..1"), id="a name that git forbids"),
        pytest.param(lambda made: tag(made, "v1\nv2"), id="a name of two lines"),
        pytest.param(lambda made: tag(made, target="1" * len(made.head)), id="an object that is not there"),
        pytest.param(lambda made: tag(made, target=made.git("rev-parse", "HEAD^{tree}")), id="a tree, not a commit"),
        pytest.param(lambda made: tag(made).replace("<ada@example.org>", "ada"), id="a tagger without an address"),
        pytest.param(lambda made: tag(made).replace("+0000\n", "+0000\nmore words\n"), id="a header too many"),
    ],
)
def test_what_git_mktag_refuses_is_refused_among_many_too(made, spoil, others):
    good = [tag(made, f"w{number}").encode() for number in range(others)]
    with pytest.raises(AssertionError, match="error|fatal"):
        made.git("mktag", stdin=spoil(made))
    with pytest.raises(ReleaseError) as caught:
        objects.write(Git(made.root), "tag", [*good, spoil(made).encode()], made.head)
    assert caught.value.problems[0].code == "git-failed"


def test_a_release_is_made_whatever_the_repositorys_hash_is(made):
    git, head = Git(made.root), made.head
    commit = write_commit(git, head, {"a.txt": "two\n", "sub/b.txt": "b\n"}, "Release", EPOCH)
    names = [f"demo-{number}-v1" for number in range(120)]
    oids = write_tags(git, commit, dict.fromkeys(names, "text\n"), EPOCH)
    assert oids[names[7]] == made.git("mktag", stdin=made.git("cat-file", "tag", oids[names[7]]) + "\n")
    refs.update(git, [refs.RefChange(f"refs/tags/{name}", None, oid) for name, oid in oids.items()])
    refs.update(git, [refs.RefChange("refs/heads/main", head, commit)])
    worktree.bring_forward(git, commit, {"a.txt": "two\n", "sub/b.txt": "b\n"}, {"a.txt": "one\n"})
    worktree.bring_forward(git, head, {"a.txt": "one\n", "sub/b.txt": None}, {"a.txt": "two\n", "sub/b.txt": "b\n"})
    assert git.commit_of("refs/tags/demo-7-v1") == commit
    assert made.git("ls-files") == "a.txt"
    assert made.git("fsck", "--strict") == ""
