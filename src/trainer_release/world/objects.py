"""Many objects in one go: a pack that git checks and takes as it takes a push. Until a ref does, nothing refers to
them, and `git gc` drops them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator

from trainer_release.world.git import Git

_KINDS = {"blob": 3, "tag": 4}
_AS_MKTAG = "--strict=badTagName=error,missingTaggerEntry=error,extraHeaderEntry=error"
_LOOSE = 100
"""From how many objects on git keeps a push as a pack (its `transfer.unpackLimit`)."""


def write(git: Git, kind: str, contents: Iterable[bytes], like: str) -> list[str]:
    """Write blobs or tags; their object ids, in order. `like` is an object id of the repository: its hash is theirs.

    git refuses (`git-failed`) a malformed tag, and one of an object that is not there.
    """
    made, name = list(contents), algorithm(like)
    if made:
        unique = list(dict.fromkeys(made))  # a pack holds an object once
        pack = b"".join(_pack(_KINDS[kind], unique))
        words = ("unpack-objects", "-q") if len(unique) < _LOOSE else ("index-pack", "--stdin")
        git.do(*words, _AS_MKTAG, stdin=pack + hashlib.new(name, pack).digest())
    return [hashlib.new(name, b"%b %d\0%b" % (kind.encode(), len(each), each)).hexdigest() for each in made]


def algorithm(oid: str) -> str:
    """The hash that an object id was made with."""
    return "sha256" if len(oid) == 64 else "sha1"


def _pack(kind: int, contents: list[bytes]) -> Iterator[bytes]:
    """gitformat-pack(5), without deltas and the checksum at its end."""
    yield b"PACK" + (2).to_bytes(4, "big") + len(contents).to_bytes(4, "big")
    for content in contents:
        size, head = len(content) >> 4, [kind << 4 | len(content) & 15]
        while size:
            head[-1] |= 128
            head.append(size & 127)
            size >>= 7
        yield bytes(head) + zlib.compress(content)
