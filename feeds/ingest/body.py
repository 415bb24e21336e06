"""Bodies of responses, decoded in bounded steps.

Theory: two hundred kilobytes can hold two hundred megabytes, so a body is never decompressed
further than its limits allow, piece by piece. What comes without ever becoming longer costs as
much: so what is received has the same limit, and gzip's members have one too. What servers say of
the coding is often wrong, and gzip shows itself by its first bytes, so these decide.
"""

import zlib

from feeds.errors import FetchFailed
from feeds.model import Outcome

# Repetitive documents may be packed 100:1 for a while, and none 500:1, which is half of what
# deflate can do at all; inflating a megabyte before it is told costs as much as eight feeds do.
RATIOS = ((2**20, 100), (2**17, 500))
MOST_MEMBERS = 1000  # each costs a copy of what follows it; tools write one in 64 KiB
_STEP = 2**16
_GZIP = b"\x1f\x8b"
_GZIP_BITS, _ZLIB_BITS, _RAW_BITS = 31, 15, -15
_KNOWN = ("gzip", "x-gzip", "deflate")
# IANA's HTTP Content Coding Registry, as far as we don't read it.
_UNREAD = ("br", "zstd", "compress", "x-compress", "dcb", "dcz", "exi", "pack200-gzip")


class Body:
    """A body that grows chunk by chunk; raises `FetchFailed` as soon as it breaks a limit."""

    def __init__(self, coding: str, most_bytes: int) -> None:
        words = (word.strip() for word in coding.lower().split(","))
        codings = [word for word in words if word in _KNOWN or word in _UNREAD]
        self._coding = codings[0] if codings else ""
        self._most = most_bytes
        self._head = b""
        self._decoder: zlib._Decompress | None = None
        self._is_begun = False
        self._received = 0
        self._size = 0
        self._members = 0
        self._pieces: list[bytes] = []
        if len(codings) > 1 or self._coding in _UNREAD:
            why = f"the content coding {coding[:50]!r} was not asked for"
            raise FetchFailed(why, Outcome.BAD_ANSWER)

    def feed(self, chunk: bytes) -> None:
        """Take the next chunk as it came over the wire."""
        self._received += len(chunk)
        if not self._is_begun:
            chunk = self._head + chunk
            if len(chunk) < len(_GZIP):
                self._head = chunk
                return
            self._head = b""
            self._begin(chunk)
        if self._decoder is None:
            self._keep(chunk, self._received)
        else:
            self._decode(chunk)
        if self._received > self._most:  # told last, so that a bomb is one however it arrives
            raise FetchFailed(f"more than {self._most} bytes", Outcome.TOO_LARGE)

    @property
    def size(self) -> int:
        """How many decoded bytes it holds so far."""
        return self._size

    def finish(self) -> bytes:
        """Give the whole body; raises `FetchFailed` where compressed data ends too early."""
        if not self._is_begun:
            return self._head
        if self._decoder is not None and not self._decoder.eof:
            raise FetchFailed("the compressed body ends too early", Outcome.BAD_ANSWER)
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def _begin(self, head: bytes) -> None:
        """Choose the decoder by the first bytes; only deflate needs the server's word."""
        self._is_begun = True
        if head.startswith(_GZIP):
            self._decoder = zlib.decompressobj(_GZIP_BITS)
        elif self._coding == "deflate":
            # RFC 9110 §8.4.1.2 means zlib's format, and some servers send it without its header.
            is_zlib = head[0] & 15 == 8 and int.from_bytes(head[:2], "big") % 31 == 0
            self._decoder = zlib.decompressobj(_ZLIB_BITS if is_zlib else _RAW_BITS)

    def _decode(self, data: bytes) -> None:
        while data and self._decoder is not None:
            if self._decoder.eof:
                data, self._head = self._head + data, b""
                if len(data) < len(_GZIP):
                    self._head = data
                    return
                if not data.startswith(_GZIP):
                    return  # padding after the last member
                self._members += 1
                if self._members == MOST_MEMBERS:
                    why = f"a body in more than {MOST_MEMBERS} members"
                    raise FetchFailed(why, Outcome.BAD_ANSWER)
                self._decoder = zlib.decompressobj(_GZIP_BITS)
            try:
                piece = self._decoder.decompress(data, _STEP)
            except zlib.error as exc:
                why = f"the compressed body is broken: {exc}"
                raise FetchFailed(why, Outcome.BAD_ANSWER) from exc
            tail = self._decoder.unused_data or self._decoder.unconsumed_tail
            self._keep(piece, self._received - len(tail))
            data = tail

    def _keep(self, piece: bytes, consumed: int) -> None:
        """Keep what so many bytes held: however they arrive, a bomb is told at the same one."""
        self._size += len(piece)
        if self._size > self._most:
            raise FetchFailed(f"more than {self._most} bytes", Outcome.TOO_LARGE)
        for size, ratio in RATIOS:
            if self._size > size and self._size > ratio * consumed:
                raise FetchFailed(f"compressed more than {ratio}:1", Outcome.BOMB)
        if piece:
            self._pieces.append(piece)
