"""The real pypiserver and the real devpi-server, each behind the faulty proxy: what they do, not what we believe."""

from __future__ import annotations

from collections import Counter

import pytest

from kit import real_indexes
from kit.index import make_wheel
from kit.suite import PAIR
from trainer_release.world import index as asking
from trainer_release.world.faulty import Fault, Faulty, Request

pytestmark = pytest.mark.full
ACCOUNT = dict(zip(("TWINE_USERNAME", "TWINE_PASSWORD"), real_indexes.ACCOUNT, strict=True))
SERVERS = {"pypiserver": real_indexes.pypiserver, "devpi": real_indexes.devpi}


def faults(request: Request) -> Fault | None:
    """The first upload is stored and told 502; the second is stored and torn; the third has a rival."""
    kinds = {1: Fault("stored-then-status"), 2: Fault("reset-after-body"), 3: Fault("twice")}
    return kinds.get(request.number) if request.method == "POST" else None


@pytest.mark.parametrize("server", SERVERS)
def test_a_suite_is_published_through_faults_and_a_second_run_writes_nothing(server, fresh, tmp_path):
    with SERVERS[server](tmp_path / "index") as behind, Faulty(behind, faults) as proxy:
        where = f'indexes:\n  internal: {{upload: "{proxy.address.upload}", simple: "{proxy.address.simple}"}}\n'
        work = fresh(PAIR, release="{index: internal}", more=where)
        work.run("prepare", "1.0.0")
        for _ in range(3):
            done = work.run("execute", "--yes", code=None, **ACCOUNT)
            if done.code == 0:
                break
        assert done.code == 0, done.err
        record = {d["name"]: d["sha256"] for m in work.record("v1.0.0")["modules"].values() for d in m["files"]}
        pages = [asking.listing(behind.simple, package)["1.0.0"] for package in ("mill-a", "mill-b", "mill-core")]
        assert {file.name: file.sha256 for page in pages for file in page} == record
        posts = [event for event in proxy.events if event.method == "POST"]
        print(server, [(event.name, event.status, event.fault) for event in posts])
        assert max(Counter(event.name for event in posts).values()) == 1  # what is there is never sent again
        work.run("execute", "--yes", **ACCOUNT)
        assert len([event for event in proxy.events if event.method == "POST"]) == len(posts)


@pytest.mark.parametrize("server", SERVERS)
def test_other_bytes_under_our_name_end_in_10_and_nothing_is_sent(server, fresh, tmp_path):
    from trainer_release.world.upload import upload

    with SERVERS[server](tmp_path / "index") as behind, Faulty(behind) as proxy, pytest.MonkeyPatch.context() as patch:
        where = f'indexes:\n  internal: {{upload: "{proxy.address.upload}", simple: "{proxy.address.simple}"}}\n'
        work = fresh(PAIR, release="{index: internal}", more=where)
        work.run("prepare", "1.0.0")
        for name, value in ACCOUNT.items():
            patch.setenv(name, value)
        wheel = make_wheel(tmp_path, "mill-b", "1.0.0")
        assert upload([wheel], index="internal", url=behind.upload, embedded=False, timeout=60).ok
        assert "mill_b-1.0.0-py3-none-any.whl" in work.run("execute", "--yes", code=10, **ACCOUNT).err
        assert [event for event in proxy.events if event.method == "POST"] == []
