"""What an index's answer to an upload means, and, where it is a refusal, of what kind. Pure.

The words are those of real indexes: PyPI's, pypiserver's, devpi's, GitLab's, Artifactory's. No meaning is ever "done":
the index is asked afterwards, whatever it answered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from trainer_release.model.publishing import Answer, Meaning

_PAGE = re.compile(r"<(!doctype html|html|head|body)\b", re.IGNORECASE)
_PRESENT = re.compile(r"already (exists?|been taken)|has already been taken|duplicate", re.IGNORECASE)
_BURNT = re.compile(
    r"previously (been )?used|already been used|previously (been )?deleted|file ?name.{0,20}reuse", re.IGNORECASE
)
_CLOSED = re.compile(
    r"older than|too old|days old|\b\d+ days\b|release is closed|no longer (accepts?|allowed)", re.IGNORECASE
)
_PROJECTS = re.compile(r"\bprojects?\b", re.IGNORECASE)
_LATER = {408, 425, 503}


@dataclass(frozen=True, slots=True)
class Judged:
    """A meaning and its kind: of a refusal `rights`, `settings`, `size`, `burnt`, `closed`, `metadata`, `address`,
    `redirect`, `proxy`; of a quota `projects`; `page` where a web page came instead of an answer."""

    meaning: Meaning
    kind: str = ""


def judge(answer: Answer) -> Judged:
    """What an answer means, before the index is asked."""
    status = answer.status
    if status is None:
        return _broken(answer.error)
    if 200 <= status < 300:
        return Judged(Meaning.AMBIGUOUS, "page") if _PAGE.search(answer.text) else Judged(Meaning.ACCEPTED)
    if 300 <= status < 400:
        return Judged(Meaning.REFUSED, "redirect")
    if status == 429:
        return Judged(Meaning.QUOTA, "projects") if _PROJECTS.search(answer.text) else Judged(Meaning.RETRYABLE)
    if status in _LATER:
        return Judged(Meaning.RETRYABLE)
    if 400 <= status < 500:
        return _refused(status, answer.text)
    return Judged(Meaning.AMBIGUOUS)


def _broken(error: str | None) -> Judged:
    if error == "settings":
        return Judged(Meaning.REFUSED, "settings")
    if error == "file":
        return Judged(Meaning.REFUSED, "metadata")
    return Judged(Meaning.RETRYABLE if error == "unsent" else Meaning.AMBIGUOUS)


def _refused(status: int, text: str) -> Judged:
    if status in {401, 403}:
        return Judged(Meaning.REFUSED, "rights")
    if status == 413:
        return Judged(Meaning.REFUSED, "size")
    if status == 407:
        return Judged(Meaning.REFUSED, "proxy")
    if status in {404, 405, 410}:
        return Judged(Meaning.REFUSED, "address")
    if _BURNT.search(text):
        return Judged(Meaning.REFUSED, "burnt")
    if status == 409 or _PRESENT.search(text):
        return Judged(Meaning.PRESENT)
    return Judged(Meaning.REFUSED, "closed" if _CLOSED.search(text) else "metadata")


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for: a number, or a date in HTTP's form (RFC 9110, 10.2.3). What lies
    in the past is 0; None where there is none, or none that can be read."""
    if value is None:
        return None
    if re.fullmatch(r"[+-]?\d+(\.\d*)?", value.strip()):
        return max(0.0, float(value))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
