"""Row E of the fault catalogue: repositories that cannot be released from, hostile ones, and persons whom git does not
know. Each is exit 6 (3 for a catalog) with the next move; nothing that a repository names is executed."""

from __future__ import annotations

import os
import subprocess

import pytest

from kit.hostile_builds import suite
from kit.refused import EXE, process, run, state
from kit.repo import catalog, repository
from kit.repo import suite as suite_files
from kit.suite import environment

REVIEW = ("prepare", "1.1.0", "--dry-run")


@pytest.fixture
def home(tmp_path):
    return repository(tmp_path / "repo", suite_files())


@pytest.fixture
def trap(tmp_path):
    """A program that must never run: what it was called with."""
    script, mark = tmp_path / "trap.sh", tmp_path / "sprung"
    script.write_text(f'#!/bin/sh\necho "$0 $*" >> {mark}\nexit 1\n')
    script.chmod(0o755)
    yield script
    assert not mark.exists(), mark.read_text()


def refused(root, code=6, *words):
    """What a review says that is refused; the folder stays as it was."""
    before = state(root)
    answer = run(root, *(words or REVIEW))
    assert (answer.code, answer.out, "Traceback" in answer.err) == (code, "", False), answer
    assert "\n   = " in answer.err
    assert state(root) == before
    return answer.err


def reviewed(root):
    before = state(root)
    answer = run(root, *REVIEW)
    assert (answer.code, "Nothing was changed." in answer.out) == (0, True), answer
    assert state(root) == before
    return answer.out


@pytest.mark.row("E1-not-a-repository")
def test_a_folder_without_a_repository_is_told(tmp_path):
    for path, text in suite_files().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert "lies in no git repository\n   = git init, then commit" in refused(tmp_path)


@pytest.mark.row("E1-bare")
def test_a_bare_repository_has_no_catalog(home, tmp_path):
    home.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    assert "check out a commit that has one" in refused(tmp_path / "bare", 3)


@pytest.mark.row("E1-shallow")
def test_a_shallow_clone_can_be_released_from(home, tmp_path):
    home.commit("More")
    home.git("clone", "--quiet", "--depth=1", f"file://{home.root}", str(tmp_path / "shallow"))
    assert "prepare demo 1.1.0" in reviewed(tmp_path / "shallow")


@pytest.mark.row("E1-detached")
def test_a_detached_head_is_refused(home):
    home.git("switch", "--quiet", "--detach")
    assert "error[wrong-branch]: on a detached HEAD" in refused(home.root)


@pytest.mark.row("E1-unborn", "E2-untracked")
def test_a_repository_without_a_commit_and_files_that_git_does_not_know_are_told_at_once(home):
    home.git("update-ref", "-d", "HEAD")
    home.git("rm", "--quiet", "-r", "--cached", ".")
    said = refused(home.root)
    assert "error[not-a-repository]: the repository has no commit yet" in said
    assert "error[dirty-tree]: 6 files inside modules are not known to git" in said


@pytest.mark.row("E1-submodule", "E1-worktree")
def test_a_submodule_and_a_linked_work_tree_are_repositories(home, tmp_path):
    other = repository(tmp_path / "other", suite_files())
    home.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.root), "sub")
    home.commit("With a submodule")
    home.git("worktree", "add", "--quiet", "-b", "release/next", str(tmp_path / "linked"))
    assert "prepare demo 1.1.0" in reviewed(tmp_path / "linked")
    assert "prepare demo 1.1.0" in reviewed(home.root / "sub")


@pytest.mark.row("D4-other-owner")
@pytest.mark.row("E1-safe-directory")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_a_repository_that_git_holds_for_unsafe_is_told_in_gits_words(home):
    for folder in (home.root, home.root / ".git"):
        os.chown(folder, 12345, 12345)
    said = refused(home.root)
    assert "error[not-a-repository]: git does not read the repository of repo" in said
    assert "dubious ownership" in said
    assert "safe.directory" in said


@pytest.mark.row("E1-in-progress")
@pytest.mark.parametrize("operation", ["merge", "rebase"])
def test_what_git_is_in_the_middle_of_is_named(home, operation):
    home.git("switch", "--quiet", "-c", "other")
    home.commit("One", note="1\n")
    home.git("switch", "--quiet", "main")
    home.commit("Two", note="2\n")
    home.git(operation, "other", check=False)
    assert f"git is in the middle of a {operation}\n   = finish or abort the {operation}" in refused(home.root)


@pytest.mark.row("E1-sparse")
def test_a_sparse_checkout_is_refused_by_name(home):
    home.git("sparse-checkout", "set", "packages")
    assert "= run `git sparse-checkout disable`" in refused(home.root)


@pytest.mark.row("E2-changed", "E2-staged", "E2-ten-paths")
def test_changes_staged_or_not_are_listed_ten_at_most(home):
    for number in range(12):
        home.write(f"packages/words/{number:02}.txt", "")
    home.git("add", ".")
    home.write("packages/words/pyproject.toml", home.read("packages/words/pyproject.toml") + "\n")
    said = refused(home.root)
    assert "error[dirty-tree]: 13 uncommitted changes" in said
    assert said.count("   | ") == 11
    assert "… and 3 more" in said


@pytest.mark.row("E2-ignored-dist")
def test_a_dist_folder_that_is_ignored_is_no_obstacle(home):
    home.commit("Ignore", **{".gitignore": "dist/\n"})
    home.write("packages/words/dist/demo_words-1.1.0-py3-none-any.whl", "old")
    assert "prepare demo 1.1.0" in reviewed(home.root)


@pytest.mark.row("E2-assume-unchanged")
@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_a_change_that_git_was_told_to_overlook_is_a_change(home, flag):
    path = "packages/words/pyproject.toml"
    home.git("update-index", flag, path)
    assert "prepare demo 1.1.0" in reviewed(home.root)
    home.write(path, home.read(path) + "# mine alone\n")
    assert f"error[dirty-tree]: 1 uncommitted changes\n   | {path}" in refused(home.root)


@pytest.mark.row("E3-branch-names")
@pytest.mark.parametrize("branch", ["-x", "refs/heads/x", "HEAD", "--upload-pack=touch sprung", "x y", "raké🚀"])
def test_a_branch_of_an_odd_name_is_no_option_and_no_other_branch(home, branch, trap):
    home.write(".git/HEAD", f"ref: refs/heads/{branch}\n")
    answer = run(home.root, *REVIEW)
    assert (answer.code, "Traceback" in answer.err) == (6, False), answer
    assert not (home.root / "sprung").exists()


@pytest.mark.row("E3-tag-names")
@pytest.mark.parametrize(
    "tag", ["-x{version}", "HEAD", "a b{version}", "x\\ny{version}", "{version}.lock", "../{version}"]
)
def test_a_tag_of_a_name_that_git_does_not_allow_is_refused_in_the_catalog(home, tag):
    home.commit("Odd", **{"versions.yaml": catalog(more=f'release: {{tag: "{tag}"}}\n')})
    assert "error[tag-pattern]" in refused(home.root, 3)


@pytest.mark.row("E3-remote-names")
@pytest.mark.parametrize("name", ["-x", "--upload-pack=touch sprung", "HEAD", "a b", "🚀"])
def test_a_remote_of_an_odd_name_is_no_option(home, name, tmp_path):
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "there")], check=True)
    lines = (
        f'[remote "{name}"]\n\turl = {tmp_path}/there\n[branch "main"]\n\tremote = {name}\n\tmerge = refs/heads/main\n'
    )
    home.write(".git/config", home.read(".git/config") + lines)
    assert "prepare demo 1.1.0" in reviewed(home.root)
    assert not list(tmp_path.rglob("sprung"))


@pytest.mark.row("E3-remote-addresses")
@pytest.mark.parametrize(
    "address",
    [
        "ext::sh -c TRAP% x",
        "-oProxyCommand=TRAP",
        "ssh://-oProxyCommand=TRAP/x",
        "--upload-pack=TRAP",
        "file:///nowhere",
    ],
)
def test_an_address_that_would_be_a_command_is_refused_and_not_executed(home, address, trap):
    home.git("config", "remote.origin.url", address.replace("TRAP", str(trap)))
    home.git("config", "branch.main.remote", "origin")
    home.git("config", "branch.main.merge", "refs/heads/main")
    assert "error[remote-unreachable]: git cannot read the remote origin" in refused(home.root)


HOSTILE = {
    "core.fsmonitor": "TRAP",
    "core.hooksPath": "HOOKS",
    "core.pager": "TRAP",
    "core.editor": "TRAP",
    "core.sshCommand": "TRAP",
    "core.askPass": "TRAP",
    "alias.status": "!TRAP",
    "alias.commit-tree": "!TRAP",
    "diff.external": "TRAP",
    "diff.x.textconv": "TRAP",
    "gpg.program": "TRAP",
    "credential.helper": "!TRAP",
    "protocol.ext.allow": "always",
    "gc.auto": "1",
}


@pytest.mark.row(
    "E4-fsmonitor", "E4-hooks-path", "E4-alias", "E4-diff", "E4-gpg-program", "E4-credential-helper", "E4-ext"
)
def test_a_hostile_configuration_executes_nothing_and_the_release_is_made(tmp_path, trap):
    home = suite(tmp_path / "repo", {"a": 'VERSION = "1.1.0"\n'})
    home.commit("Attributes", **{".gitattributes": "*.py diff=x\n"})
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in (
        "pre-commit",
        "commit-msg",
        "post-checkout",
        "reference-transaction",
        "post-index-change",
        "post-commit",
    ):
        (hooks / name).symlink_to(trap)
        (home.root / ".git/hooks").mkdir(exist_ok=True)
        (home.root / ".git/hooks" / name).unlink(missing_ok=True)
        (home.root / ".git/hooks" / name).symlink_to(trap)
    for key, value in HOSTILE.items():
        home.git("config", key, value.replace("TRAP", str(trap)).replace("HOOKS", str(hooks)))
    for words in (["check"], ["status"], ["prepare", "1.1.0"], ["log"]):
        answer = run(home.root, *words)
        assert (answer.code, "Traceback" in answer.err) == (0, False), answer


@pytest.mark.row("E4-tag-gpg-sign", "E9-gpg-fails", "E9-gpg-missing", "E9-gpg-prompts")
@pytest.mark.parametrize(
    "program", ["exit 1", "exec < /dev/tty; read x; exit 1", None], ids=["fails", "prompts", "missing"]
)
def test_a_signature_that_cannot_be_made_leaves_nothing_and_nobody_waits(tmp_path, program):
    """git is told to sign and the program that should does not: dead, asking at a terminal that is none, or missing."""
    home, script = suite(tmp_path / "repo", {"a": ""}), tmp_path / "gpg"
    if program:
        script.write_text(f"#!/bin/sh\n{program}\n")
        script.chmod(0o755)
    home.git("config", "tag.gpgSign", "true")
    home.git("config", "commit.gpgSign", "true")
    home.git("config", "gpg.program", str(script))
    refs, before = home.refs, home.head
    answer = process(home.root, "prepare", "1.1.0", door=("setsid", "--wait"))
    assert (answer.code, "Traceback" in answer.err) == (6, False), answer
    assert "error[git-failed]" in answer.err
    assert "gpg" in answer.err
    assert (home.refs, home.head, home.status) == (refs, before, "")


@pytest.mark.row("E9-no-email")
def test_a_person_whom_git_does_not_know_is_told_which_settings_lack(home, tmp_path):
    home.git("config", "user.useConfigOnly", "true")
    env = {
        key: value
        for key, value in environment(tmp_path).items()
        if not key.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))
    }
    done = subprocess.run([str(EXE), *REVIEW], cwd=home.root, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (6, "")
    assert "error[no-identity]" in done.stderr
    assert "git config" in done.stderr


@pytest.mark.row("E9-hook-fails", "E9-hook-rewrites")
def test_commit_hooks_are_not_run_and_the_review_says_so(home, trap):
    for name in ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "post-rewrite", "post-checkout"):
        home.hook(name, f"{trap}\necho rewritten > packages/words/pyproject.toml\nexit 1")
    assert "commit hooks are not run; push hooks are" in reviewed(home.root)
