from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from feeds.ingest.document import open_document
from feeds.ingest.elements import items_of, text_of
from feeds.ingest.tree import grow
from feeds.ingest.trim import newest, trim

ITEM = "<item><title>{}</title><pubDate>{}</pubDate></item>"
URL = "https://bao.vn/"


def test_the_oldest_items_go_and_the_text_follows() -> None:
    dates = ["2020-01-01", "2024-01-01", "soon", "2022-01-01"]
    items = "".join(ITEM.format(n, date) for n, date in enumerate(dates))
    tree = grow(
        open_document(f"<rss><channel>{items}</channel></rss>".encode(), {}), "https://bao.vn/"
    )
    trimmed, gone = trim(tree, "UTC", 2)
    assert gone == 2
    assert trimmed.root is not None
    assert [text_of(item.find("title")) for item in items_of(trimmed.root)] == ["1", "3"]
    assert "soon" not in trimmed.text


def test_twice_as_many_stay_where_an_item_has_several_dates() -> None:
    item = "<item><updated>2020-01-01</updated><pubDate>2024-01-0{}</pubDate></item>"
    items = "".join(map(item.format, range(1, 6)))
    tree = grow(open_document(f"<rss><channel>{items}</channel></rss>".encode(), {}), URL)
    trimmed, gone = trim(tree, "UTC", 2)
    assert (len(items_of(trimmed.root)), gone) == (4, 1)


def test_a_small_document_stays_as_it_is() -> None:
    tree = grow(open_document(b"<rss><item/></rss>", {}), URL)
    assert trim(tree, "UTC", 1) == (tree, 0)


DATES = st.one_of(
    st.none(), st.integers(0, 50).map(lambda day: datetime.fromtimestamp(day * 86400, UTC))
)


@given(st.lists(DATES, max_size=30), st.integers(0, 10))
def test_no_item_that_goes_is_newer_than_one_that_stays(
    dates: list[datetime | None], most: int
) -> None:
    places = list(range(len(dates)))
    kept = newest(places, dates, most)
    assert kept == sorted(kept)
    assert len(kept) == min(most, len(places))
    gone = [dates[place] for place in places if place not in kept]
    for date in filter(None, gone):
        assert all((stays := dates[place]) is not None and stays >= date for place in kept)
