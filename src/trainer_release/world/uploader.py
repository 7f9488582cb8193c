"""The uploader as a process: the files of one package, by twine's own library, one POST each.

`python -P -m trainer_release.world.uploader [--silence SECONDS] [twine's options] -- FILE…`. Credentials come as
twine's users know them, by environment, keyring, ~/.pypirc or trusted publishing, never by the command line; a token is
minted anew in every process. One JSON line a file goes to standard output: `name`, and `status`, `retry_after`, `text`,
or `error` and `text` (see `Answer`). It stops at the first file that was not taken, with code 1. Unlike twine it sends
nothing twice, follows nothing, and gives a silent server up.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, TextIO

from trainer_release.world.secrets import learn, redact

if TYPE_CHECKING:
    import requests

LIMIT = 2000
"""So many bytes of an answer are read."""
PATIENCE = 20.0
"""So many seconds an answer's text may take."""


def main(argv: Sequence[str] | None = None, out: TextIO | None = None) -> int:
    """Upload; the command line is in this module's first lines. `out` None: standard output."""
    from twine.settings import Settings

    own = argparse.ArgumentParser(prog="trainer_release.world.uploader")
    own.add_argument("--silence", type=float, default=60.0)
    own.add_argument("files", nargs="+")
    Settings.register_argparse_arguments(own)
    options = own.parse_args(argv)
    files, silence = options.files, options.silence
    del options.files, options.silence
    said = out or os.fdopen(os.dup(1), "w", encoding="utf-8")
    with contextlib.redirect_stdout(sys.stderr):  # twine prints as it goes
        for number, answer in enumerate(_answers(options, files, silence)):
            answer["name"] = os.path.basename(files[number])  # noqa: PTH119 - a word
            said.write(json.dumps({key: redact(v) if isinstance(v, str) else v for key, v in answer.items()}) + "\n")
            said.flush()
            if not 200 <= answer.get("status", 0) < 300:
                return 1
    return 0


def _answers(options: argparse.Namespace, files: Sequence[str], silence: float) -> Any:
    """One answer a file, as far as they go."""
    import requests
    from twine.exceptions import TwineException
    from twine.package import PackageFile
    from twine.settings import Settings

    try:
        settings = Settings.from_argparse(options)
        settings.check_repository_url()
        repository = settings.create_repository()
    except TwineException as error:
        yield {"error": "settings", "text": str(error)}
        return
    except requests.RequestException as error:  # while a token was minted
        yield {"error": "unsent", "text": f"the token could not be had: {_named(error)}"}
        return
    learn(str(repository.session.auth[1]) if repository.session.auth else None)  # a keyring's, or minted just now
    for scheme in ("http://", "https://"):
        repository.session.mount(scheme, _once(silence))
    repository.session.stream = True
    for file in files:
        try:
            package = PackageFile.from_filename(file, settings.comment)
        except Exception as error:  # noqa: BLE001 - whatever its bytes lead twine to
            yield {"error": "file", "text": f"twine cannot read it: {_named(error)}"}
            return
        yield _answer(repository, package)


def _answer(repository: Any, package: Any) -> dict[str, Any]:
    import requests

    try:
        response = repository.upload(package, max_redirects=1)  # which is how twine counts its attempts
    except requests.exceptions.SSLError as error:
        return {"error": "settings", "text": f"the index's certificate is not trusted: {_named(error)}"}
    except (requests.ConnectTimeout, requests.exceptions.ProxyError) as error:
        return {"error": "unsent", "text": _named(error)}
    except requests.RequestException as error:
        return {"error": _how_far(error), "text": _named(error)}
    with response:
        found: dict[str, Any] = {"status": response.status_code, "text": f"{response.reason or ''}\n{_text(response)}"}
        if response.is_redirect:
            found["text"] = f"it redirects to {response.headers['location']}"
        if "retry-after" in response.headers:
            found["retry_after"] = response.headers["retry-after"]
        return found


def _how_far(error: requests.RequestException) -> str:
    """Whether the body had been sent when it broke off."""
    from urllib3.exceptions import NewConnectionError

    reason: BaseException | None = error
    while reason is not None:
        inner = next((each for each in reason.args if isinstance(each, Exception)), None)
        reason = getattr(reason, "reason", None) or inner
        if isinstance(reason, NewConnectionError):
            return "unsent"
    body = getattr(error.request, "body", None)
    sent, size = getattr(body, "bytes_read", None), getattr(body, "len", None)
    if sent is None or size is None:
        return "unknown"
    return "sent" if sent >= size else ("unknown" if sent else "unsent")


def _named(error: BaseException) -> str:
    """The innermost cause: what requests wraps around it repeats the address."""
    inner: BaseException = error
    while True:
        reason = getattr(inner, "reason", None)
        deeper = (
            reason
            if isinstance(reason, Exception)
            else next((each for each in inner.args if isinstance(each, Exception)), None)
        )
        if deeper is None:
            return f"{type(inner).__name__}: {inner.args[-1] if inner.args else ''}".rstrip(": ")
        inner = deeper


def _text(response: requests.Response) -> str:
    """The beginning of what it says; as much as came where it breaks off."""
    end, text = monotonic() + PATIENCE, b""
    with contextlib.suppress(Exception):
        while len(text) < LIMIT and monotonic() < end and (piece := response.raw.read1(LIMIT, decode_content=True)):
            text += piece
    return text[:LIMIT].decode("utf-8", "replace")


def _once(silence: float) -> Any:
    """An adapter that tries once, and waits so long for each sign of life."""
    from requests.adapters import HTTPAdapter

    class Once(HTTPAdapter):
        def send(self, request: Any, *rest: Any, **more: Any) -> Any:
            return super().send(request, *rest, **more | {"timeout": (min(10.0, silence), silence)})

    return Once(max_retries=0)


if __name__ == "__main__":
    sys.exit(main())
