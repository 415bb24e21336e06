import gzip
import os
import zlib
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feeds.errors import FetchFailed
from feeds.ingest.body import MOST_MEMBERS, Body

SHARED = Path(__file__).parents[3].parent / "shared" / "conformance" / "vectors"
MOST = 8 * 2**20
TEXT = "Tin nóng trong ngày. ".encode() * 500


def read(raw: bytes, coding: str = "", step: int = 1000, most: int = MOST) -> bytes:
    body = Body(coding, most)
    for start in range(0, len(raw), step):
        body.feed(raw[start : start + step])
    return body.finish()


def gzipped(data: bytes) -> bytes:
    """Pack as gzip, without the time: cases are named by their bytes, alike in every process."""
    return gzip.compress(data, mtime=0)


def deflated(data: bytes, bits: int) -> bytes:
    packer = zlib.compressobj(wbits=bits)
    return packer.compress(data) + packer.flush()


CODED = [
    (TEXT, ""),
    (TEXT, "identity"),
    (TEXT, "UTF-8"),
    (TEXT, "gzip"),
    (gzipped(TEXT), "gzip, utf-8"),
    (gzipped(TEXT), "gzip"),
    (gzipped(TEXT), " X-GZIP "),
    (gzipped(TEXT), ""),
    (gzipped(TEXT[:100]) + gzipped(TEXT[100:]), "gzip"),
    (gzipped(TEXT) + b"\0" * 10, "gzip"),
    (deflated(TEXT, 15), "deflate"),
    (deflated(TEXT, -15), "deflate"),
]


@pytest.mark.parametrize(("raw", "coding"), CODED)
@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_a_body_is_decoded_whatever_the_server_calls_it(raw: bytes, coding: str, step: int) -> None:
    assert read(raw, coding, step) == TEXT


BROKEN = [
    (b"", "br", "not asked for"),
    (b"", "gzip, gzip", "not asked for"),
    (gzipped(TEXT)[:-9], "gzip", "ends too early"),
    (gzipped(TEXT)[:20] + b"x" * 300, "gzip", "is broken"),
]


@pytest.mark.parametrize(("raw", "coding", "reason"), BROKEN)
def test_a_broken_body_says_why(raw: bytes, coding: str, reason: str) -> None:
    with pytest.raises(FetchFailed, match=reason):
        read(raw, coding)


def test_an_empty_body_is_empty() -> None:
    assert read(b"", "gzip") == b""
    assert read(b"\x1f", "") == b"\x1f"


def test_a_body_too_large_is_refused_plain_or_packed() -> None:
    noise = os.urandom(2000)
    with pytest.raises(FetchFailed, match="more than 1999 bytes"):
        read(noise, most=1999)
    with pytest.raises(FetchFailed, match="more than 1999 bytes"):
        read(gzip.compress(noise), most=1999)
    assert read(noise, most=2000) == noise


def test_a_bomb_is_refused_by_its_ratio() -> None:
    with pytest.raises(FetchFailed, match="compressed more than 500:1"):
        read(gzip.compress(b"0" * 2 * 2**20))
    small = b"0" * 2**17
    assert read(gzip.compress(small)) == small


def test_a_repetitive_document_is_no_bomb_before_a_megabyte() -> None:
    page = b"".join(b"<p>%d</p>" % number + b" " * 2**11 for number in range(480))
    packed = gzip.compress(page)
    assert 100 * len(packed) < len(page) < 2**20
    assert read(packed) == page
    with pytest.raises(FetchFailed, match="compressed more than 100:1"):
        read(gzip.compress(page + page))


@pytest.mark.parametrize("step", [1000, 1_000_000])
def test_a_bomb_is_told_at_the_same_place_however_it_arrives(step: int) -> None:
    packed = gzip.compress(b"0" * 20 * 2**20 + os.urandom(10_000))
    body = Body("gzip", 2**30)
    chunks = (packed[start : start + step] for start in range(0, len(packed), step))
    with pytest.raises(FetchFailed, match="compressed more than 500:1"):
        any(body.feed(chunk) for chunk in chunks)
    assert 2**17 < body.size <= 2**17 + 2**16


@pytest.mark.parametrize("step", [1, 20_000])
def test_a_body_of_very_many_members_is_refused(step: int) -> None:
    assert read(gzipped(b"") * (MOST_MEMBERS - 1) + gzipped(TEXT), "gzip", step) == TEXT
    with pytest.raises(FetchFailed, match="more than 1000 members"):
        read(gzipped(b"") * (MOST_MEMBERS + 1), "gzip", step)


def test_what_follows_a_packed_body_is_bounded_too() -> None:
    body = Body("gzip", 10_000)
    body.feed(gzipped(TEXT[:100]))
    with pytest.raises(FetchFailed, match="more than 10000 bytes"):
        any(body.feed(b"\0" * 1000) for _ in range(11))


def test_the_gzip_bomb_of_the_suite_is_refused() -> None:
    with pytest.raises(FetchFailed):
        read((SHARED / "bombs" / "gzip_bomb_300MB.xml.gz").read_bytes(), "gzip")


@given(st.binary(max_size=500), st.integers(1, 50), st.sampled_from(["", "gzip", "deflate"]))
def test_what_was_packed_comes_back_in_any_chunks(data: bytes, step: int, coding: str) -> None:
    assume(coding or not data.startswith(b"\x1f\x8b"))
    packed = {"": bytes, "gzip": gzip.compress, "deflate": zlib.compress}[coding](data)
    assert read(packed, coding, step) == data
