"""`python -m bench.items`: CPU time of one item in each format, and of a changed feed of 50 in all.

What the formats share is made once for all three: "all formats" of many items costs more than
each format alone of one. feedgen's own entries, without our corrections, stand beside them.
"""

import time
import timeit
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from feedgen.entry import FeedEntry
from lxml.etree import tostring

from feeds.model import Article, Author, Image, TopicHit
from feeds.publish.atom import atom_entry, atom_frame
from feeds.publish.document import FeedItem, document
from feeds.publish.feed_head import FeedHead
from feeds.publish.jsonfeed import json_frame, json_item
from feeds.publish.rss import rss_frame, rss_item

ITEMS = 50
_START = datetime(2026, 11, 20, tzinfo=UTC)
_TEXT = '<p>Nước mặn <a href="https://e.com/?a=1&amp;b=2">vào sâu</a> hơn mọi năm.</p>' * 50


def main() -> None:
    """Print the figures, in microseconds of CPU time: the least of five rounds."""
    head = FeedHead("all", "Tin", "Mọi tin", "http://t.vn/", "http://t.vn", "vi", "t.vn,2026")
    articles = [_article(number) for number in range(1, ITEMS + 1)]
    built = document(head, articles)
    item = built.items[0]
    writers = (json_item, atom_entry, rss_item)  # as fragments are rendered
    for write in writers:
        print(f"{write.__name__:24}{_us(lambda w=write: w(item), 1000):10.1f}")

    def fragments() -> None:
        for one in built.items:
            for write in writers:
                write(one)

    print(f"{'an item, all formats':24}{_us(fragments, 20) / ITEMS:10.1f}")
    print(f"{'feedgen, RSS':24}{_us(lambda: tostring(_by_feedgen(item).rss_entry()), 500):10.1f}")
    print(f"{'feedgen, Atom':24}{_us(lambda: tostring(_by_feedgen(item).atom_entry()), 500):10.1f}")

    def whole() -> None:
        made = document(head, articles)
        for frame in (rss_frame, atom_frame, json_frame):
            frame(made)
        for one in made.items:
            for write in writers:
                write(one)

    print(f"{f'a feed of {ITEMS}, all formats':24}{_us(whole, 10):10.1f}")


def _us(work: Callable[[], Any], times: int) -> float:
    rounds = timeit.repeat(work, number=times, repeat=5, timer=time.process_time)
    return min(rounds) / times * 1e6


def _article(number: int) -> Article:
    return Article(
        id=number,
        url=f"https://bao.vn/{number}?a=1&b=2",
        title=f"Tin số {number}: AT&T, 1 < 2",
        excerpt="Độ mặn trên sông đã vượt mức cho phép. " * 5,
        html=_TEXT,
        language="vi",
        effective_at=_START + timedelta(hours=number),
        revised_at=None,
        image=Image("https://i.bao.vn/a.jpg", "Ảnh", "AFP", width=800, height=600),
        authors=(Author("an-nguyen", "An Nguyễn"),),
        section="nhan-quyen",
        section_why="rule",
        topics=(TopicHit("phu-nu", 0.9, ""), TopicHit("bao-chi", 0.9, "")),
        source_name="bao",
        source_title="Báo & Con",
        source_url="https://bao.vn/feed.xml",
    )


def _by_feedgen(item: FeedItem) -> Any:
    entry = FeedEntry()
    entry.id(item.id)
    entry.title(item.title)
    entry.link(href=item.link, rel="alternate")
    entry.published(item.published)
    entry.updated(item.updated)
    entry.summary(item.summary)
    entry.content(item.html, type="html")
    entry.author({"name": item.authors[0].name})
    entry.source(url=item.source_url, title=item.source_title)
    entry.category([{"term": one.term, "scheme": one.scheme} for one in item.categories])
    return entry


if __name__ == "__main__":
    main()
