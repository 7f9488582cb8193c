"""Commits and tags as objects: exactly what is given, when it is given, signed where the person signs."""

from __future__ import annotations

import shutil
import stat
import subprocess

import pytest

from kit.questions import counted
from kit.repo import repository
from trainer_release.errors import ReleaseError
from trainer_release.world import moves, refs, worktree
from trainer_release.world.commits import tags_like, write_commit, write_tags
from trainer_release.world.git import Git


def write_tag(git, name, commit, text, epoch):
    return write_tags(git, commit, {name: text}, epoch)[name]


EPOCH = 1_700_000_000  # 2023-11-14T22:13:20Z
needs_keys = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="signing needs ssh-keygen")


@pytest.fixture
def made(tmp_path):
    files = {"a.txt": "one\n", "run.sh": "#!/bin/sh\n", "sub/b.txt": "two\n", "sub/dos.txt": "x\r\ny\r\n"}
    home = repository(tmp_path / "repo", files)
    (home.root / "run.sh").chmod(0o755)
    home.commit("Executable")
    return home


def changed(made, commit):
    return made.git("diff-tree", "-r", "--name-only", "--no-commit-id", commit).split()


def test_a_commit_changes_the_given_files_and_no_other(made):
    commit = write_commit(Git(made.root), made.head, {"a.txt": "new\n", "deep/er/c.txt": "c"}, "Release\n\nmore", EPOCH)
    assert changed(made, commit) == ["a.txt", "deep/er/c.txt"]
    assert made.git("show", f"{commit}:a.txt") == "new"
    assert made.git("log", "-1", "--format=%P %s%n%n%b", commit) == f"{made.head} Release\n\nmore"


def test_the_persons_branch_index_and_files_are_left_alone(made):
    made.write("a.txt", "staged\n")
    made.git("add", "a.txt")
    made.write("a.txt", "dirty\n")
    before, refs_before, index = made.status, made.refs, (made.root / ".git/index").read_bytes()
    commit = write_commit(Git(made.root), made.head, {"sub/b.txt": "new\n"}, "Release", EPOCH)
    assert (made.status, made.refs, (made.root / ".git/index").read_bytes()) == (before, refs_before, index)
    assert made.read("a.txt") == "dirty\n"
    assert made.git("show", f"{commit}:a.txt") == "one"


def test_the_mode_of_a_file_is_kept_and_a_new_file_is_plain(made):
    commit = write_commit(Git(made.root), made.head, {"run.sh": "#!/bin/sh\nls\n", "new.sh": ""}, "Release", EPOCH)
    modes = {line.split()[3]: line.split()[0] for line in made.git("ls-tree", "-r", commit).splitlines()}
    assert (modes["run.sh"], modes["new.sh"]) == ("100755", "100644")


def test_paths_are_the_repositorys_wherever_the_command_stands(made):
    inside = Git(made.root / "sub", made.root / ".git")
    commit = write_commit(inside, made.head, {"sub/b.txt": "new\n", "run.sh": "new\n"}, "R", EPOCH)
    assert changed(made, commit) == ["run.sh", "sub/b.txt"]
    assert made.git("ls-tree", commit, "run.sh").startswith("100755"), "its mode was found"


def test_line_ends_are_kept(made):
    commit = write_commit(Git(made.root), made.head, {"sub/dos.txt": "x\r\nz\r\n"}, "Release", EPOCH)
    assert Git(made.root).texts(commit, ["sub/dos.txt"]) == {"sub/dos.txt": "x\r\nz\r\n"}


def test_line_ends_follow_the_attributes_as_with_git_add(made):
    made.commit(**{".gitattributes": "*.txt text\n"})
    commit = write_commit(Git(made.root), made.head, {"a.txt": "x\r\ny\r\n"}, "Release", EPOCH)
    assert Git(made.root).texts(commit, ["a.txt"]) == {"a.txt": "x\ny\n"}


CONVERTED = {
    ".gitattributes": "*.shout filter=shout\n*.id ident\n*.latin working-tree-encoding=ISO-8859-1\n*.txt text\n*.auto text=auto\n"
    "*.raw -text\n*.crlf eol=crlf\n*.none filter=unknown\n",
    "b/.gitattributes": "*.txt -text -filter\n",
}


@pytest.mark.parametrize("autocrlf", ["false", "input", "true"])
def test_every_text_becomes_the_blob_that_git_add_makes_of_it(tmp_path, autocrlf):
    """A clean filter (by a path relative to the work tree), an encoding, an ident, line ends: all as git has it."""
    home = repository(tmp_path / "repo", {"shout.sh": "#!/bin/sh\ntr a-z A-Z\n", **CONVERTED})
    (home.root / "shout.sh").chmod(0o755)
    for key, value in {"filter.shout.clean": "./shout.sh", "core.autocrlf": autocrlf, "core.safecrlf": "false"}.items():
        home.git("config", key, value)
    ends = ["shout", "id", "latin", "txt", "auto", "raw", "crlf", "none", "toml"]
    texts = {"lf": "ü $Id: x$\n", "crlf": "a $Id: x$\r\nb\r\n", "mixed": "a\r\nb\n", "cr": "a\rb", "empty": ""}
    files = {f"{folder}{name}.{end}": text for folder in ("", "b/") for end in ends for name, text in texts.items()}
    commit = write_commit(Git(home.root), home.head, files, "Release", EPOCH)
    for path, text in files.items():
        home.write(path, text)
    home.git("add", "--all")
    ours = dict(reversed(line.split("\t")) for line in home.git("ls-tree", "-r", commit).splitlines())
    theirs = dict(reversed(line.split("\t")) for line in home.git("ls-tree", "-r", home.git("write-tree")).splitlines())
    assert {p: theirs[p] for p in files if ours[p] != theirs[p]} == {}


def test_a_bare_repositorys_texts_are_its_blobs_whatever_the_attributes(tmp_path):
    home = repository(tmp_path / "repo", CONVERTED)
    home.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    bare = Git(tmp_path / "bare", tmp_path / "bare")
    files = {"a.txt": "a\r\n", "b.latin": "ü\n", "c.id": "$Id: x$"}
    assert bare.texts(write_commit(bare, home.head, files, "Release", EPOCH), files) == files


def test_git_is_asked_as_often_for_many_files_and_tags_as_for_few(made, monkeypatch, tmp_path):
    def asked(number):
        git, parent = Git(made.root), made.head
        files = {f"packages/m{at}/pyproject.toml": f"{number}\n" for at in range(number)}
        with counted(monkeypatch, tmp_path / "asked") as questions:
            commit = write_commit(git, parent, files, "Release", EPOCH)
            oids = write_tags(git, commit, {f"m{at}-v{number}": "text\n" for at in range(number)}, EPOCH)
            changes = [refs.RefChange(f"refs/tags/{name}", None, oid) for name, oid in oids.items()]
            changes.append(refs.RefChange("refs/heads/main", parent, commit))
            moves.carry_out(tmp_path / "log", moves.Moves("1", {"": tuple(changes)}), {"": git})
            worktree.bring_forward(git, commit, files, {path: made_before.get(path) for path in files})
        made_before.update(files)
        assert made.status == ""
        return len(questions.asked)

    made_before = {}
    assert asked(3) == asked(12) == asked(150)


@pytest.mark.parametrize("path", ["with blank.txt", "grün.txt", "[odd]*.txt", "-dash", "tab\there.txt"])
def test_odd_names_are_taken_literally(made, path):
    made.write("plain.txt", "p")
    made.commit()
    commit = write_commit(Git(made.root), made.head, {path: "text"}, "Release", EPOCH)
    assert set(Git(made.root).paths(commit)) - set(Git(made.root).paths(made.head)) == {path}
    assert Git(made.root).texts(commit, [path]) == {path: "text"}


def test_author_and_committer_are_the_person_at_the_given_moment_in_utc(made, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2001-01-01T00:00:00Z")
    commit = write_commit(Git(made.root), made.head, {"a.txt": "new"}, "Release", EPOCH)
    said = made.git("show", "-s", "--format=%an <%ae> %at %ad|%cn <%ce> %ct %cd", "--date=iso", commit)
    mine = f"Ada <ada@example.org> {EPOCH} 2023-11-14 22:13:20 +0000"
    assert said == f"{mine}|{mine}"


def test_the_same_commit_twice_is_the_same_object(made):
    git = Git(made.root)
    both = {write_commit(git, made.head, {"a.txt": "new"}, "Release", EPOCH) for _ in range(2)}
    assert len(both) == 1


def test_commit_hooks_are_not_run(made, tmp_path):
    for name in ("pre-commit", "commit-msg", "prepare-commit-msg", "post-commit"):
        made.hook(name, f"touch {tmp_path / 'spy'}; exit 1")
    write_commit(Git(made.root), made.head, {"a.txt": "new"}, "Release", EPOCH)
    assert not (tmp_path / "spy").exists()


def test_no_temporary_index_is_left(made, tmp_path, monkeypatch):
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    write_commit(Git(made.root), made.head, {"a.txt": "new"}, "Release", EPOCH)
    with pytest.raises(ReleaseError):
        write_commit(Git(made.root), "none", {"a.txt": "new"}, "Release", EPOCH)
    assert list((tmp_path / "temp").iterdir()) == []


TEXT = "demo 1.0.0\n\n# no comment: this line stays\n\n-----BEGIN-----\n{}\n-----END-----\n"


def test_a_tags_text_comes_back_as_it_was_written_and_nothing_refers_to_it(made):
    git, before = Git(made.root), made.refs
    oid = write_tag(git, "v1.0.0", made.head, TEXT, EPOCH)
    assert git.message_of(oid) == TEXT
    assert made.refs == before
    refs.update(git, [refs.RefChange("refs/tags/v1.0.0", None, oid)])
    assert git.commit_of("refs/tags/v1.0.0") == made.head
    head = made.git("cat-file", "tag", oid).splitlines()[:4]
    assert head[2:] == ["tag v1.0.0", f"tagger Ada <ada@example.org> {EPOCH} +0000"]
    assert "dangling" not in made.git("fsck", "--strict")


@pytest.fixture
def signing(made, tmp_path):
    """The repository signs with an ssh key that it also trusts."""
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"ada@example.org {key.with_suffix('.pub').read_text()}")
    key.chmod(stat.S_IRUSR | stat.S_IWUSR)
    for name, value in {
        "gpg.format": "ssh",
        "user.signingkey": str(key),
        "gpg.ssh.allowedSignersFile": str(allowed),
        "commit.gpgSign": "true",
        "tag.gpgSign": "true",
    }.items():
        made.git("config", name, value)
    return made


@needs_keys
def test_commit_and_tag_are_signed_where_git_signs(signing):
    git, before = Git(signing.root), signing.refs
    commit = write_commit(git, signing.head, {"a.txt": "new"}, "Release", EPOCH)
    oid = write_tag(git, "v1.0.0", commit, TEXT, EPOCH)
    assert signing.refs == before, "no stray ref"
    signing.git("verify-commit", commit)
    signing.git("verify-tag", oid)
    text = git.message_of(oid) or ""
    assert text.startswith(TEXT)
    assert "BEGIN SSH SIGNATURE" in text
    assert signing.git("show", "-s", "--format=%at %ct", commit) == f"{EPOCH} {EPOCH}"
    assert f"tagger Ada <ada@example.org> {EPOCH} +0000" in signing.git("cat-file", "tag", oid)


@needs_keys
def test_many_tags_are_signed_each_with_its_own_text(signing):
    git, before = Git(signing.root), signing.refs
    oids = write_tags(git, signing.head, {f"m{at}/v1": f"text {at}\n" for at in range(6)}, EPOCH)
    assert write_tags(git, signing.head, {}, EPOCH) == {}
    assert signing.refs == before
    assert list(oids) == [f"m{at}/v1" for at in range(6)]
    for at, oid in enumerate(oids.values()):
        signing.git("verify-tag", oid)
        assert (git.message_of(oid) or "").startswith(f"text {at}\n-----BEGIN SSH")


@needs_keys
def test_a_signed_tag_in_a_linked_work_tree_is_an_object_of_the_repository(signing, tmp_path):
    signing.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    oid = write_tag(Git(tmp_path / "linked", signing.root / ".git"), "v1.0.0", signing.head, TEXT, EPOCH)
    signing.git("verify-tag", oid)


@needs_keys
def test_forced_signatures_of_annotated_tags_count_too(signing):
    signing.git("config", "tag.gpgSign", "false")
    assert "SIGNATURE" not in (
        Git(signing.root).message_of(write_tag(Git(signing.root), "v1", signing.head, "x\n", EPOCH)) or ""
    )
    signing.git("config", "tag.forceSignAnnotated", "true")
    assert "SIGNATURE" in (
        Git(signing.root).message_of(write_tag(Git(signing.root), "v1", signing.head, "x\n", EPOCH)) or ""
    )


@needs_keys
def test_a_key_that_is_missing_is_gits_complaint_and_leaves_nothing(signing, tmp_path):
    before = signing.refs
    signing.git("config", "user.signingkey", str(tmp_path / "lost"))
    for act in (
        lambda: write_commit(Git(signing.root), signing.head, {"a.txt": "new"}, "Release", EPOCH),
        lambda: write_tag(Git(signing.root), "v1.0.0", signing.head, TEXT, EPOCH),
    ):
        with pytest.raises(ReleaseError) as caught:
            act()
        assert caught.value.problems[0].code == "git-failed"
    assert signing.refs == before


def test_tags_that_were_lost_are_made_again_as_they_were(made):
    git = Git(made.root)
    texts = {"v1": "the suite\n", "words-v1": "words-v1\n\ndemo 1\n"}
    oids = write_tags(git, made.head, texts, 1_700_000_000)
    made.git("update-ref", "refs/tags/v1", oids["v1"])
    made.git("config", "user.name", "Somebody else")
    again = tags_like(git, "refs/tags/v1", {"refs/tags/words-v1": texts["words-v1"]})
    assert again == {"refs/tags/words-v1": oids["words-v1"]}
    made.git("tag", "light")
    assert tags_like(git, "refs/tags/light", {"refs/tags/x": "x"}) == {}
