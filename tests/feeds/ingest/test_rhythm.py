import pytest
from lxml import etree

from feeds.foreign import Rhythm
from feeds.ingest.parse import parse
from feeds.ingest.rhythm import read_rhythm

URL = "https://bao.vn/rss"
SY = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"


def rhythm(inner: str) -> Rhythm:
    return read_rhythm(etree.fromstring(f"<rss {SY}><channel>{inner}</channel></rss>"))


TTLS = [
    ("<ttl>60</ttl>", 3600),
    ("<ttl> 5\n</ttl><sy:updatePeriod>daily</sy:updatePeriod>", 300),
    ("<ttl>0</ttl><sy:updatePeriod>weekly</sy:updatePeriod>", 604_800),
    ("<ttl>99999999</ttl>", 31_536_000),
    ("<ttl>soon</ttl>", None),
    ("<sy:updatePeriod>\n hourly\t</sy:updatePeriod>", 3600),
    ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 21_600),
    ("<sy:updateFrequency>2</sy:updateFrequency>", 43_200),
    ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", None),
    ("<sy:updatePeriod>now and then</sy:updatePeriod>", None),
    ("", None),
]


@pytest.mark.parametrize(("inner", "ttl_s"), TTLS)
def test_a_document_says_how_long_it_holds(inner: str, ttl_s: int | None) -> None:
    assert rhythm(inner).ttl_s == ttl_s


def test_hours_and_days_to_skip_are_counted_from_midnight_and_monday() -> None:
    hours = "".join(f"<hour>{hour}</hour>" for hour in ("0", "7", "24", "25", "x"))
    days = "<day>Monday</day><day>sunday </day><day>Holiday</day>"
    found = rhythm(f"<skipHours>{hours}</skipHours><skipDays>{days}</skipDays>")
    assert (found.skip_hours, found.skip_days) == ({0, 7}, {0, 6})


def test_who_skips_every_hour_skips_none() -> None:
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(24))
    assert rhythm(f"<skipHours>{hours}</skipHours>") == Rhythm()


DOCUMENTS = [
    f"<rss version='2.0' {SY}><channel><ttl>2</ttl><item><title>a</title></item></channel></rss>",
    f"<rss version='0.92' {SY}><channel><ttl>2</ttl><item><title>a</title></item></channel></rss>",
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
    f"xmlns='http://purl.org/rss/1.0/' {SY}><channel><sy:updatePeriod>hourly</sy:updatePeriod>"
    "<sy:updateFrequency>30</sy:updateFrequency></channel><item><title>a</title></item></rdf:RDF>",
    f"<feed xmlns='http://www.w3.org/2005/Atom' {SY}><sy:updatePeriod>hourly</sy:updatePeriod>"
    "<sy:updateFrequency>30</sy:updateFrequency><entry><title>a</title></entry></feed>",
    "<rss version='2.0'><channel><ttl>2</ttl><item><title>a</title></item><item><title>b",
]


@pytest.mark.parametrize("text", DOCUMENTS)
def test_every_way_of_reading_a_feed_finds_its_rhythm(text: str) -> None:
    assert parse(text.encode(), {}, URL).rhythm == Rhythm(ttl_s=120)
