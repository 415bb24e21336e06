import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from feeds.publish.coding import CODINGS
from feeds.web.cache import RawHeaders, Settled, Version, Wish
from feeds.web.conditional import Asked, decide, http_date, tag_of
from feeds.web.written import at_once, body_of, plain_wish, settle, wish_in

MODIFIED = datetime(2026, 3, 2, 4, 30, 15, tzinfo=UTC)
TAG = '"abc"'
TAGS = (TAG, *(tag_of(TAG, coding) for coding in CODINGS), '"other"', 'W/"abc"', "*", "nonsense")


def version(body: bytes = b"news") -> Version:
    return Version(body, TAG, MODIFIED, http_date(MODIFIED))


def lines(of: Version, settled: Settled) -> RawHeaders:
    return [(b"etag", settled.etag.encode()), (b"x-status", b"%d" % settled.status)]


@given(
    accepted=some.none() | some.sampled_from(("gzip", "br, gzip", "zstd", "identity", "x;q=1")),
    held=some.none() | some.sampled_from(TAGS) | some.sampled_from(TAGS).map(lambda t: f"{t}, x"),
    since=some.none() | some.sampled_from((http_date(MODIFIED), "yesterday")),
)
def test_the_short_way_decides_as_the_rules_do(
    accepted: str | None, held: str | None, since: str | None
) -> None:
    wish = Wish(*(one and one.encode() for one in (accepted, held, since)))
    due = decide(Asked(held, since, accepted), TAG, MODIFIED, codings=tuple(CODINGS))
    assert settle(version(), wish) == (304 if due.not_modified else 200, due.coding, due.etag)


def test_an_answer_is_written_once_for_all_who_ask_alike() -> None:
    one = version()
    first = at_once(one, Wish(), lines)
    assert first is not None
    assert first.head == b'HTTP/1.1 200 OK\r\netag: "abc"\r\nx-status: 200\r\n'
    assert first.body is one.body
    assert at_once(one, Wish(), lines) is first
    same = at_once(one, Wish(held=b'"abc"'), lines)
    assert same == (b'HTTP/1.1 304 Not Modified\r\netag: "abc"\r\nx-status: 304\r\n', b"")
    assert at_once(one, Wish(held=b'W/"abc"'), lines) is same


async def test_what_has_to_be_compressed_is_not_there_at_once() -> None:
    one, wish = version(), Wish(accepted=b"gzip")
    assert at_once(one, wish, lines) is None
    body = await body_of(one, settle(one, wish))
    found = at_once(one, wish, lines)
    assert found is not None
    assert found.body is body
    assert gzip.decompress(body) == b"news"


def test_what_strangers_ask_for_fills_no_memory() -> None:
    one = version()
    for number in range(500):
        assert at_once(one, Wish(held=b'"x%d"' % number), lines) is not None
    assert at_once(one, Wish(held=b'"' + b"x" * 5000 + b'"'), lines) is not None
    assert len(one.wished) < 100
    assert max(len(wish.held or b"") for wish in one.wished) < 1000
    assert len(one.written) == 1


def test_a_header_that_breaks_its_line_is_not_written() -> None:
    def broken(of: Version, settled: Settled) -> RawHeaders:
        return [(b"link", b"<x>\r\nset-cookie: a=b")]

    with pytest.raises(ValueError, match="breaks its line"):
        at_once(version(), Wish(), broken)


@pytest.mark.parametrize(
    "name", [b"authorization", b"a-im", b"content-length", b"transfer-encoding", b"expect"]
)
def test_who_asks_for_more_is_not_answered_at_once(name: bytes) -> None:
    assert plain_wish([(b"host", b"x"), (name, b"y")]) is None


def test_a_request_is_read_alike_either_way() -> None:
    named = [(b"if-none-match", TAG.encode()), (b"accept-encoding", b"br"), (b"host", b"x")]
    assert plain_wish(named) == wish_in(dict(named)) == Wish(b"br", TAG.encode(), None)
