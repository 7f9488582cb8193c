"""Is there something to upload with?"""

import pytest

from trainer_release.world import credentials

VARIABLES = ("TWINE_PASSWORD", "TWINE_USERNAME", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "PYPI_ID_TOKEN")


@pytest.fixture(autouse=True)
def nobody(monkeypatch, tmp_path):
    import keyring
    from keyring.backends.null import Keyring

    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    monkeypatch.setenv("HOME", str(tmp_path))
    yield
    keyring.set_keyring(before)


@pytest.mark.parametrize("name", ["TWINE_PASSWORD", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "PYPI_ID_TOKEN"])
def test_the_environment_may_hold_them(name, monkeypatch):
    assert not credentials.known("internal", "https://index.example/legacy/")
    monkeypatch.setenv(name, "something")
    assert credentials.known("internal", "https://index.example/legacy/")


def test_the_address_may_hold_them():
    assert credentials.known("internal", "https://me:secret@index.example/legacy/")


def test_pypirc_may_hold_them_for_that_index_alone(tmp_path):
    (tmp_path / ".pypirc").write_text(
        "[distutils]\nindex-servers = internal\n\n"
        "[internal]\nrepository = https://index.example/legacy/\nusername = me\npassword = secret\n"
    )
    assert credentials.known("internal", "https://index.example/legacy/")
    assert not credentials.known("other", "https://other.example/legacy/")


def test_a_pypirc_that_cannot_be_read_is_left_to_the_upload_to_tell(tmp_path):
    (tmp_path / ".pypirc").write_text("[distutils\n")
    assert credentials.known("internal", "https://index.example/legacy/")
