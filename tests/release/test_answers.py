"""What an index's answer means: a table of what indexes really say."""

from datetime import UTC, datetime

import pytest

from trainer_release.model.publishing import Answer, Meaning
from trainer_release.release.publishing import pace
from trainer_release.release.publishing.answers import judge, retry_after

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOGIN = "OK\n<!DOCTYPE html><html><body>Please log in</body></html>"

TABLE = [
    # status, text, error, meaning, kind
    (200, "OK", None, Meaning.ACCEPTED, ""),
    (201, "Created", None, Meaning.ACCEPTED, ""),
    (299, "", None, Meaning.ACCEPTED, ""),
    (200, LOGIN, None, Meaning.AMBIGUOUS, "page"),
    (200, "OK\n<HTML>", None, Meaning.AMBIGUOUS, "page"),
    (301, "it redirects to /x", None, Meaning.REFUSED, "redirect"),
    (307, "", None, Meaning.REFUSED, "redirect"),
    (400, "File already exists ('a-1.0.whl', with blake2_256 hash 'x').", None, Meaning.PRESENT, ""),
    (400, "Package 'a-1.0.whl' already exists!", None, Meaning.PRESENT, ""),
    (400, "Validation failed: File name has already been taken", None, Meaning.PRESENT, ""),
    (409, "Conflict", None, Meaning.PRESENT, ""),
    (400, "This filename was previously used by a file that has since been deleted.", None, Meaning.REFUSED, "burnt"),
    (400, "This filename has already been used, use a different version.", None, Meaning.REFUSED, "burnt"),
    (
        400,
        "New files cannot be uploaded to a release that is older than 14 days.",
        None,
        Meaning.REFUSED,
        "closed",
    ),
    (400, "Invalid value for classifiers.", None, Meaning.REFUSED, "metadata"),
    (422, "", None, Meaning.REFUSED, "metadata"),
    (401, "", None, Meaning.REFUSED, "rights"),
    (403, "Invalid or non-existent authentication information.", None, Meaning.REFUSED, "rights"),
    (404, "Not Found", None, Meaning.REFUSED, "address"),
    (405, "", None, Meaning.REFUSED, "address"),
    (407, "", None, Meaning.REFUSED, "proxy"),
    (413, "", None, Meaning.REFUSED, "size"),
    (408, "", None, Meaning.RETRYABLE, ""),
    (425, "", None, Meaning.RETRYABLE, ""),
    (429, "Slow down", None, Meaning.RETRYABLE, ""),
    (429, "Too many new projects created", None, Meaning.QUOTA, "projects"),
    (500, "", None, Meaning.AMBIGUOUS, ""),
    (502, "", None, Meaning.AMBIGUOUS, ""),
    (503, "", None, Meaning.RETRYABLE, ""),
    (504, "", None, Meaning.AMBIGUOUS, ""),
    (522, "", None, Meaning.AMBIGUOUS, ""),
    (None, "ConnectionRefusedError", "unsent", Meaning.RETRYABLE, ""),
    (None, "ConnectionResetError", "sent", Meaning.AMBIGUOUS, ""),
    (None, "", "unknown", Meaning.AMBIGUOUS, ""),
    (None, "twine cannot read it", "file", Meaning.REFUSED, "metadata"),
    (None, "Credential not found for password.", "settings", Meaning.REFUSED, "settings"),
]


@pytest.mark.parametrize(("status", "text", "error", "meaning", "kind"), TABLE)
def test_an_answer_has_one_meaning(status, text, error, meaning, kind):
    judged = judge(Answer("a-1.0.whl", status, None, text, error))
    assert (judged.meaning, judged.kind) == (meaning, kind)


def test_no_answer_at_all_means_done():
    assert not {"done", "published"} & {meaning.value for meaning in Meaning}


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("-5", 0.0),
        ("1000000000", 1e9),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("Wed, 21 Oct", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value, seconds):
    assert retry_after(value, NOW) == seconds


def test_pauses_double_up_to_two_minutes_each_up_to_a_half_more_or_less():
    for number, middle in enumerate((2, 4, 8, 16, 32, 64, 120, 120), start=1):
        pauses = [pace.before_attempt(number, quick=False) for _ in range(200)]
        assert middle * 0.5 <= min(pauses) < max(pauses) <= middle * 1.5
    assert [pace.before_attempt(number, quick=True) for number in (1, 2, 3)] == [0.2, 0.4, 0.8]
