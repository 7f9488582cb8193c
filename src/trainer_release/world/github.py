"""The pages of releases on GitHub: found, drafted, filled, published. What GitHub lists decides, never an answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from trainer_release.errors import ReleaseError, fail
from trainer_release.model.forge import Asset, Forge, Page
from trainer_release.world import clock, files, forge
from trainer_release.world.github_api import TRIES, Api

_AT_ONCE = 100


class GitHub:
    """The releases of one repository. Raises the codes of `Api.ask`, and those that a method names."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def pages(self) -> tuple[Page, ...]:
        """Every release, drafts among them, which no other question finds; their assets are not looked at."""
        return tuple(_page(each) for each in self._listed("/releases"))

    def whole(self, pages: Iterable[Page], tag: str) -> Page | None:
        """The release of a tag with its assets: the published one, else the oldest draft (there may be several)."""
        ours = min((page for page in pages if page.tag == tag), key=lambda page: (page.draft, page.id), default=None)
        if ours is None:
            return None
        assets = (_asset(each) for each in self._listed(f"/releases/{ours.id}/assets"))
        return replace(ours, assets={asset.name: asset for asset in assets})

    def draft(self, tag: str, commit: str, title: str, text: str, *, prerelease: bool) -> Page:
        """Make the release of a tag as a draft, where there is none. An answer that was lost makes no second one."""
        body = {"tag_name": tag, "target_commitish": commit, "name": title, "body": text, "draft": True}
        for left in reversed(range(TRIES)):
            there = self.whole(self.pages(), tag)
            if there is not None:
                return there
            try:
                return _page(self._api.ask("POST", "/releases", body={**body, "prerelease": prerelease}).document)
            except ReleaseError as error:
                self._look_again(error, left)
        raise AssertionError(tag)

    def put(self, page: Page, name: str, path: Path, *, instead: bool = False) -> bool:
        """Have a file among a release's assets; whether it was sent now. One that was cut off is sent again; one that
        is there with other bytes is `asset-differs`, unless ours is wanted `instead`."""
        digest, there = files.sha256(path), page.assets.get(stored(name))
        for left in reversed(range(TRIES)):
            if there is not None and there.whole and self.sha256(there) == digest:
                return left < TRIES - 1
            if there is not None and there.whole and not instead:
                raise _differs(page, name, self.sha256(there), digest)
            if there is not None:
                self._api.ask("DELETE", f"/releases/assets/{there.id}", fine=(404,))
            try:
                sent = _asset(self._api.ask("POST", f"{page.upload}?name={quote(stored(name))}", file=path).document)
                if sent.whole and self.sha256(sent) == digest:
                    return True
            except ReleaseError as error:
                self._look_again(error, left)
            now = self.whole([page], page.tag)
            there = now.assets.get(stored(name)) if now else None
        raise fail("github-unreachable", f"{name} did not arrive whole", hint="run the same command again")

    def publish(self, page: Page, *, prerelease: bool, latest: bool) -> None:
        """Publish a draft; or say anew of a published release whether it is the latest."""
        said = {"draft": False, "prerelease": prerelease, "make_latest": "true" if latest else "false"}
        answer = self._api.ask("PATCH", f"/releases/{page.id}", body=said, fine=(422,))
        # An immutable release takes no second word: where the answer to the first was lost, it is published now.
        if answer.status == 422 and _page(self._api.ask("GET", f"/releases/{page.id}").document).draft:
            raise _refused(f"the release {page.tag} cannot be published", answer.document)

    def discard(self, page: Page) -> None:
        """Remove a draft, with its assets; what is published stays, whoever asks."""
        if page.draft:
            self._api.ask("DELETE", f"/releases/{page.id}", fine=(404,))

    def latest(self) -> str | None:
        """The tag of the release that GitHub shows as the latest."""
        said = self._api.ask("GET", "/releases/latest", fine=(404,))
        return str(said.document["tag_name"]) if said.status == 200 else None

    def sha256(self, asset: Asset) -> str:
        """The hash of an asset's bytes: as GitHub says it, else that of what it sends."""
        return asset.sha256 or hashlib.sha256(self._content(asset)).hexdigest()

    def fetch(self, asset: Asset, sha256: str, target: Path) -> bool:
        """Bring an asset's bytes; nothing is written where they have another hash than is wanted."""
        data = self._content(asset)
        if hashlib.sha256(data).hexdigest() != sha256:
            return False
        files.replace_bytes(target, data)
        return True

    def run_is_over(self, run: int) -> bool | None:
        """Whether a workflow run has ended; None where GitHub does not know it, or does not show it to us."""
        said = self._api.ask("GET", f"/actions/runs/{run}", fine=(403, 404))
        return said.document.get("status") == "completed" if said.status == 200 else None

    def _content(self, asset: Asset) -> bytes:
        with self._api.content(f"/releases/assets/{asset.id}", limit=asset.size) as pieces:
            return b"".join(pieces)

    def _listed(self, where: str) -> list[Any]:
        found: list[Any] = []
        while len(found) % _AT_ONCE == 0:
            page = self._api.ask("GET", f"{where}?per_page={_AT_ONCE}&page={len(found) // _AT_ONCE + 1}").document
            if not page:
                break
            found += page
        return found

    def _look_again(self, error: ReleaseError, left: int) -> None:
        """After a request of which nobody knows what became: GitHub tells, a moment later. Any other error stands."""
        (problem,) = error.problems
        taken = any("already_exists" in line for line in problem.context)
        if not left or not (taken or problem.code == "github-unreachable"):
            raise error
        self._api.sleep(2.0)


def opened(
    place: Forge, *, sleep: Callable[[float], None] = clock.sleep, now: Callable[[], datetime] = clock.now
) -> GitHub:
    """The releases of a repository, asked with the environment's token (`github-denied` where there is none)."""
    token = forge.token()
    if token is None:
        raise fail("github-denied", "neither GITHUB_TOKEN nor GH_TOKEN is set", hint="set one of them")
    return GitHub(Api(place, token, sleep, now))


def run_is_over(address: str, run: int) -> bool | None:
    """Whether a workflow run of the repository that a remote's address names has ended; None where nobody can tell."""
    place = forge.found(address)
    if place is None or forge.token() is None:
        return None
    try:
        return opened(place).run_is_over(run)
    except ReleaseError:
        return None


def stored(name: str) -> str:
    """The name under which GitHub keeps a file: what it does not like in one becomes a dot."""
    return re.sub(r"[^A-Za-z0-9._+-]", ".", name)


def _page(said: Any) -> Page:
    try:
        return Page(
            id=int(said["id"]),
            tag=str(said["tag_name"]),
            draft=bool(said["draft"]),
            prerelease=bool(said["prerelease"]),
            immutable=bool(said.get("immutable")),
            upload=str(said["upload_url"]).partition("{")[0],
            address=str(said["html_url"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _odd("a release") from error


def _asset(said: Any) -> Asset:
    try:
        kind, _, digest = str(said.get("digest") or "").partition(":")
        return Asset(
            id=int(said["id"]),
            name=str(said["name"]),
            size=int(said["size"]),
            sha256=digest if kind == "sha256" else None,
            whole=said["state"] == "uploaded",
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _odd("an asset") from error


def _odd(what: str) -> ReleaseError:
    hint = "check GITHUB_API_URL, GITHUB_SERVER_URL and the network"
    return fail("github-answer-invalid", f"what answered does not describe {what} as GitHub does", hint=hint)


def _refused(what: str, said: Any) -> ReleaseError:
    reason = said.get("message", "") if isinstance(said, dict) else ""
    hint = "release the next version, or run without GITHUB_TOKEN: then there is no page"
    return fail("github-refused", f"{what}: GitHub says {reason!r}", hint=hint)


def _differs(page: Page, name: str, there: str, ours: str) -> ReleaseError:
    return fail(
        "asset-differs",
        f"the release {page.tag} on GitHub has another {name}: sha256 {there}, recorded is {ours}",
        hint="find out who put it there; remove it from the release, or release the next version",
    )
