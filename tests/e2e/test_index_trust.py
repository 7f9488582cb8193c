"""Rows G4 of the catalogue of faults that a workflow's identity has: trusted publishing, and all that may stand in its way."""

from __future__ import annotations

import shutil

import pytest

from kit import oidc
from kit.at_index import FILES

REFUSED = {"message": "Token request failed"}


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: no certificate can be made")
    return oidc.certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def job(place, tls, monkeypatch):
    """A workflow's job: no password, an identity, and the public index, which is ours behind TLS."""
    with oidc.workflow(place.index, *tls) as made:
        monkeypatch.delenv("TWINE_USERNAME")
        monkeypatch.delenv("TWINE_PASSWORD")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        for name, value in made.env.items():
            monkeypatch.setenv(name, value)
        place.index.account = ("__token__", oidc.MINTED)
        yield made


@pytest.mark.full
def test_a_token_is_minted_anew_for_every_package_and_all_is_published(place, job):
    ended = place.execute(index="pypi")
    assert (ended.exit, ended.text) == (0, "")
    assert sorted(place.index.files) == sorted(FILES)
    assert [line.split(" ")[0] for line in job.asked] == ["/_/oidc/audience", "/identity", "/_/oidc/mint-token"] * 2
    assert f"/identity {oidc.AUDIENCE}" in job.asked


def errors(code, text):
    return 422, {**REFUSED, "errors": [{"code": code, "description": text}]}


@pytest.mark.parametrize(
    ("service", "said", "words"),
    [
        pytest.param(
            "mint",
            errors("invalid-publisher", "valid token, but no corresponding publisher"),
            "invalid-publisher",
            id="G4-no-such-publisher",
        ),
        pytest.param(
            "mint",
            errors("invalid-reuse-token", "already used"),
            "invalid-reuse-token",
            id="G4-jti-reused",
            marks=pytest.mark.full,
        ),
        pytest.param(
            "identity", oidc.jwt("another-index"), "audience", id="G4-audience-mismatch", marks=pytest.mark.full
        ),
        pytest.param("mint", (500, {"errors": []}), "", id="G4-mint-500", marks=pytest.mark.full),
        pytest.param("audience", (500, {}), "500", id="G4-oidc-endpoint-500", marks=pytest.mark.full),
        pytest.param("identity", (500, {}), "500", id="G4-identity-500", marks=pytest.mark.full),
        pytest.param("mint", (200, {}), "", id="G4-mint-without-a-token", marks=pytest.mark.full),
    ],
)
def test_what_stands_in_the_way_of_a_token_is_told_with_the_setting_to_change(place, job, service, said, words):
    setattr(job, service, said)
    ended = place.execute(index="pypi")
    assert (ended.exit, ended.codes) == (6, ["upload-refused"])
    assert words in ended.text
    assert ("token could not be had" if service == "audience" else "trusted publisher") in ended.text
    assert place.index.posts == []
    assert "request-token-of-the-job" not in ended.text


@pytest.mark.parametrize("row", [pytest.param("permission", id="G4-no-id-token-permission")])
def test_a_job_without_the_permission_is_told_before_the_first_upload(place, job, row, monkeypatch):
    monkeypatch.delenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    ended = place.execute(index="pypi")
    assert (ended.exit, ended.codes, place.index.posts) == (6, ["no-credentials"], [])


@pytest.mark.parametrize("row", [pytest.param("certificate", id="G5-tls-untrusted")])
def test_a_certificate_that_nobody_knows_is_no_index(place, job, row, monkeypatch):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    ended = place.execute(index="pypi")
    assert (ended.exit, set(ended.codes), job.asked) == (6, {"index-unreachable"}, [])
    assert "SSL" in ended.text


@pytest.mark.full
@pytest.mark.parametrize("row", [pytest.param("expiry", id="G4-token-expires-between-packages")])
def test_a_token_that_ends_between_two_packages_is_minted_again(place, job, row):
    place.index.refusals["mill-b"] = 403, "Invalid API Token: expired", {}
    ended = place.execute(index="pypi")
    assert (ended.exit, ended.codes) == (7, ["upload-failed"])
    place.index.refusals.clear()
    assert place.execute(index="pypi").exit == 0
    assert sum(line.startswith("/_/oidc/mint") for line in job.asked) == 3
