"""Name bytes by their content, for If-None-Match (RFC 9110 §8.8.3)."""

from collections.abc import Iterable
from hashlib import blake2b


def etag(body: bytes) -> str:
    """Give the strong entity tag of a body, with its quotes."""
    return f'"{blake2b(body, digest_size=16).hexdigest()}"'


def etag_of(before: bytes, marks: Iterable[bytes], after: bytes) -> str:
    """Give the tag of bytes that are put together, from the hashes of their items.

    The frame's lengths are told, so that no other parts of the same length hash alike.
    """
    digest = blake2b(b"%d %d " % (len(before), len(after)), digest_size=16)
    digest.update(before + after)
    for mark in marks:
        digest.update(mark)
    return f'"{digest.hexdigest()}"'
