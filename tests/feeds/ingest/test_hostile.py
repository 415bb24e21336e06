"""Documents made to hurt: each is read or refused, within a second of CPU time (F17, F22)."""

import encodings
import gzip
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from encodings.aliases import aliases
from pathlib import Path
from pkgutil import iter_modules
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import NotAFeed
from feeds.ingest.document import open_document
from feeds.ingest.encoding import decode
from feeds.ingest.parse import MOST_ENTRIES, parse
from feeds.model import ParsedFeed
from feeds.text.html import plain, sanitise
from feeds.text.normalise import display, fold

SHARED = Path(__file__).parents[3].parent / "shared"
URL = "https://bao.vn/rss"
LONGEST_S = 1.0
VECTORS = sorted(
    each
    for folder in ("bombs", "defusedxml/xmltestdata")
    for each in (SHARED / "conformance" / "vectors" / folder).glob("*.xml*")
)


@contextmanager
def quickly(most_s: float = LONGEST_S) -> Iterator[None]:
    started = process_time()
    yield
    assert process_time() - started < most_s


def read(raw: bytes) -> ParsedFeed | None:
    try:
        return parse(raw, {}, URL)
    except NotAFeed:
        return None


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.name)
def test_a_bomb_is_read_or_refused_and_stays_small(path: Path) -> None:
    if path.suffix == ".gz":
        with gzip.open(path) as packed:
            raw = packed.read(2**23)  # as much as the client lets through
    else:
        raw = path.read_bytes()
    with quickly(2.0):
        feed = read(raw)
        if feed is not None:
            bodies = [sanitise(each.content or each.summary) for each in feed.entries]
            assert sum(map(len, bodies)) < 2 * len(raw) + 2**18


def test_entities_are_refused_in_any_charset() -> None:
    bomb = (
        "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><rss><channel><item><title>&a;</title></item></channel>"
    )
    for charset in ("utf-8", "utf-16", "utf-16-le", "utf-32", "utf-8-sig"):
        with pytest.raises(NotAFeed, match="a document type with entities"):
            parse(bomb.encode(charset), {}, URL)


def test_200_000_attributes_are_refused() -> None:
    attributes = " ".join(f"a{number}=''" for number in range(200_000))
    raw = f"<rss version='2.0'><channel><item {attributes}><title>x</title></item></channel></rss>"
    with quickly(), pytest.raises(NotAFeed, match="a tag of more than"):
        parse(raw.encode(), {}, URL)


@pytest.mark.parametrize("broken", ["", "&", "<"])
def test_of_200_000_items_the_newest_are_taken(broken: str) -> None:
    items = "".join(f"<item><title>{number}</title></item>" for number in range(200_000))
    raw = f"<rss version='2.0'><channel>{broken}{items}</channel></rss>".encode()
    with quickly(2.0):
        feed = read(raw)
    assert feed is not None
    assert len(feed.entries) == MOST_ENTRIES
    if broken != "<":
        assert feed.dropped == 200_000 - MOST_ENTRIES


DEEP = [
    "<a>" * 100_000,
    "<rss><channel>" + "<x>" * 100_000,
    "<rss><channel><item><description>" + "&lt;div&gt;" * 100_000,
    "<rss><channel><item><title>" + "&amp;lt;b" * 100_000,
    "<rss><channel><item><description><![CDATA[" + "<![CDATA[" * 50_000,
    "<rss><channel>" + "<!--" * 200_000,
    "<feed xmlns='http://www.w3.org/2005/Atom'>" + "<entry>" * 50_000,
    '{"version": "https://jsonfeed.org/version/1", "items": ' + "[" * 100_000,
    "\n" * 500_000 + "<" * 100_000,
]


@pytest.mark.parametrize("text", DEEP, ids=range(len(DEEP)))
def test_depth_and_masses_cost_no_more_than_a_moment(text: str) -> None:
    with quickly():
        feed = read(text.encode())
        for entry in feed.entries if feed else ():
            sanitise(entry.content or entry.summary)


REAL = sorted((SHARED / "data" / "feeds_real" / "feeds").glob("*"))
WOUNDS = (b"", b"<", b">", b"&", b"]]>", b"\x00", b"\xff", b"<!--")
SMALL = [each for each in REAL if each.stat().st_size < 60_000]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_a_real_feed_with_wounds_is_read_or_refused(seed: int, wounds: int) -> None:
    if not SMALL:
        pytest.skip("others' feeds are not here")
    random = Random(seed)
    raw = bytearray(random.choice(SMALL).read_bytes())
    for _ in range(wounds):
        at = random.randrange(len(raw) + 1)
        cut = random.choice((0, 0, 1, 50))
        raw[at : at + cut] = random.choice(WOUNDS)
    with quickly():
        feed = read(bytes(raw))
        for entry in feed.entries if feed else ():
            sanitise(entry.content or entry.summary)


CHARSETS = sorted(
    {*aliases, *aliases.values(), *(one.name for one in iter_modules(encodings.__path__))}
)
NAMES = st.one_of(st.sampled_from(CHARSETS), st.text("utf-8x_.:16", max_size=9))


@pytest.mark.parametrize("text", ["a" * 200_000 + "-" + "b" * 20_000, "é\\ud800+2AA-~{" * 9000])
def test_no_charset_that_python_knows_crashes_or_hangs_us(text: str) -> None:
    with quickly(4.0):
        for charset in CHARSETS:
            head = f'<?xml version="1.0" encoding="{charset}"?><rss>'.encode()
            for raw in (head + text.encode(), head + text.encode("latin-1")):
                assert decode(raw, {"content-type": f"text/xml; charset={charset}"})


@given(st.binary(max_size=400), NAMES, NAMES)
def test_any_bytes_are_decoded_gated_and_cleaned(tail: bytes, kind: str, own: str) -> None:
    raw = f'<?xml version="1.0" encoding="{own}"?>'.encode() * bool(own) + tail
    headers = {"content-type": f"text/xml; charset={kind}"}
    text = decode(raw, headers)
    with suppress(NotAFeed):
        assert open_document(raw, headers).text in text
    for clean in (display(text), fold(text), plain(text), plain(sanitise(text))):
        clean.encode()
