"""Feeds as they are asked for: choices, pages, parts, other codings, other addresses, none."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import brotli
import pytest
import sqlalchemy as sa
from lxml import etree

from feeds import zstandard
from feeds.model import public_id
from feeds.publish.coding import CODINGS, encode
from feeds.publish.etag import etag_of
from feeds.store import aliases, feeds, fragments, pages
from feeds.store.tables import article

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # where the clock of this room stands
DECODE: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "zstd": zstandard.decompress,
    "gzip": gzip.decompress,
}


def emit(web: Any, key: str, ids: list[int], at: Any, title: str = "Một nguồn") -> str:
    """Store a feed of these articles, as a build does; returns its JSON's ETag."""
    with web.engine.begin() as connection:
        made = [(one, b"m", [b"<i>%d</i>" % one] * 2 + [b'{"id":%d}' % one]) for one in ids]
        names = fragments.store(connection, made, NOW)
        hashes = b"".join(names[one] for one in ids)
        frames = {
            "rss": (b"<rss>", b"</rss>"),
            "atom": (b"<feed>", b"</feed>"),
            "json": (b'{"items":[', b"]}"),
        }
        files = {}
        for nth, name in enumerate(fragments.FORMATS):
            marks = [fragments.mark_of(names[one], nth) for one in ids]
            files[name] = (etag_of(frames[name][0], marks, frames[name][1]), frames[name][0])
        after = {name: last for name, (_, last) in frames.items()}
        built = feeds.Built(key, title, tuple(ids), at, files, after, hashes)
        feeds.store(connection, [built], NOW)
    return files["json"][0]


def ids_of(body: bytes) -> list[int]:
    return [item["id"] for item in json.loads(body)["items"]]


@pytest.fixture(scope="session")
def five(stock: Any) -> list[int]:
    """Five articles, newest first: the second in English, the last three one story by its lead.

    They stand in the feeds of these tests alone: lists of other tests don't show them.
    """
    numbers = []
    for n in range(5):
        more = {"language": "en"} if n == 1 else {}
        numbers.append(stock.article(f"five-{n}", f"Bài {n}", minutes=60 * n + 1, **more))
    with stock.engine.begin() as connection:
        told = sa.update(article).where(article.c.id.in_(numbers[2:]))
        connection.execute(told.values(story_id=numbers[4]))
        unlisted = sa.update(article).where(article.c.id.in_(numbers))
        connection.execute(unlisted.values(related_at=None))
    return numbers


@pytest.mark.parametrize("coding", list(CODINGS))
def test_each_coding_holds_the_same_bytes_under_its_own_tag(web: Any, coding: str) -> None:
    plain = web.ask("/feeds/all.rss")
    coded = web.ask("/feeds/all.rss", Accept_Encoding=coding)
    assert coded.headers["content-encoding"] == coding
    assert DECODE[coding](coded.body) == plain.body
    assert coded.headers["etag"] != plain.headers["etag"]
    assert len(coded.body) < len(plain.body) / 4
    again = web.ask("/feeds/all.rss", If_None_Match=coded.headers["etag"], Accept_Encoding=coding)
    assert again.status == 304
    assert again.headers["etag"] == coded.headers["etag"]
    assert encode(coding, plain.body) == coded.body


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("br;q=0, *", "zstd"),
        ("identity;q=1, br;q=0.9", None),
        ("deflate", None),
    ],
)
def test_the_coding_that_is_liked_best_is_sent(web: Any, accepted: str, sent: str | None) -> None:
    answer = web.ask("/feeds/all.rss", Accept_Encoding=accepted)
    assert answer.headers.get("content-encoding") == sent


def test_a_range_is_answered_with_the_whole(web: Any) -> None:
    answer = web.ask("/feeds/all.rss", Range="bytes=0-9")
    assert answer.status == 200
    assert answer.headers["accept-ranges"] == "none"
    assert len(answer.body) > 10


def test_readers_choose_among_the_items(web: Any, five: list[int]) -> None:
    emit(web, "topic/choice", five, NOW)
    path = "/feeds/topic/choice.json"
    chosen = {
        "": five,
        "?limit=2": five[:2],
        "?lang=en": [five[1]],
        "?stories=1": [*five[:2], five[4]],
        "?limit=3&stories=1": [*five[:2], five[4]],
        "?lang=vi&limit=2": [five[0], five[2]],
        f"?since={NOW - timedelta(minutes=90):%Y-%m-%dT%HZ}": five[:2],
    }
    for query, ids in chosen.items():
        answer = web.ask(path + query)
        assert (answer.status, ids_of(answer.body)) == (200, ids), query
        again = web.ask(path + query, If_None_Match=answer.headers["etag"])
        assert again.status == 304


def test_a_later_telling_of_a_story_is_no_news_to_who_wants_each_once(
    web: Any, five: list[int], wait_for: Callable[..., None]
) -> None:
    path = "/feeds/topic/telling.json"
    emit(web, "topic/telling", five[3:], NOW)
    first = web.ask(path + "?stories=1")
    new = emit(web, "topic/telling", five[2:], NOW)
    wait_for(lambda: web.ask(path).headers.get("etag") == new, 10)
    later = web.ask(path + "?stories=1")
    assert ids_of(later.body) == [five[4]]
    assert (later.body, later.headers["etag"]) == (first.body, first.headers["etag"])


@pytest.mark.parametrize("name", ["rss", "atom", "json"])
def test_a_choice_is_a_feed_of_its_own_without_hub_or_archive(
    web: Any, stock: Any, five: list[int], name: str
) -> None:
    emit(web, "topic/own", five, NOW)
    own = f"{web.url}/feeds/topic/own.{name}?lang=vi&limit=2"
    answer = web.ask(own.removeprefix(web.url))
    assert answer.headers["link"] == f'<{own}>; rel="self"'
    if name == "json":
        feed = json.loads(answer.body)
        assert feed["feed_url"] == own
        assert not {"next_url", "hubs"} & feed.keys()
        return
    links = etree.fromstring(answer.body).findall(".//{http://www.w3.org/2005/Atom}link")
    told = {link.get("rel"): link.get("href") for link in links}
    told.pop("alternate", None)
    assert told == {"self": own}


def test_a_choice_tells_what_was_taken_back(web: Any, stock: Any, five: list[int]) -> None:
    lost = stock.article("choice-lost", "Bài rút", minutes=400, topics=("rut",), emitted_at=NOW)
    emit(web, "topic/rut", five, NOW)
    stock.withdraw(lost, NOW)
    assert b"deleted-entry" in web.ask("/feeds/topic/rut.atom?lang=vi").body


@pytest.mark.parametrize(
    ("query", "where"),
    [("?utm_source=x", ""), ("?limit=3&lang=VI", "?lang=vi&limit=3"), ("?page=x", "")],
)
def test_other_spellings_lead_to_the_one(web: Any, query: str, where: str) -> None:
    answer = web.ask("/feeds/all.rss" + query)
    assert answer.status == 301
    assert answer.headers["location"] == "/feeds/all.rss" + where


def test_a_reader_who_asks_for_it_is_sent_only_what_is_new(
    web: Any, five: list[int], wait_for: Callable[..., None]
) -> None:
    path = "/feeds/topic/part.json"
    old = emit(web, "topic/part", five[2:], NOW)
    new = emit(web, "topic/part", five, NOW)
    wait_for(lambda: web.ask(path).headers.get("etag") == new, 10)
    part = web.ask(path, A_IM="feed", If_None_Match=old)
    assert (part.status, part.headers["im"], part.headers["etag"]) == (226, "feed", new)
    assert ids_of(part.body) == five[:2]
    assert {"A-IM", "If-None-Match"} <= set(part.headers["vary"].split(", "))
    assert part.headers["cache-control"] == "no-store, im"
    assert web.ask(path, "HEAD", A_IM="feed", If_None_Match=old).status == 226
    assert web.ask(path, A_IM="feed", If_None_Match=new).status == 304
    for headers in (
        {"If_None_Match": old},
        {"A_IM": "feed"},
        {"A_IM": "feed;q=0", "If_None_Match": old},
        {"A_IM": "vcdiff", "If_None_Match": old},
        {"A_IM": "feed", "If_None_Match": '"of-nobody"'},
    ):
        whole = web.ask(path, **headers)
        assert (whole.status, ids_of(whole.body)) == (200, five), headers
        assert "A-IM" in whole.headers["vary"]


def test_pages_say_what_stands_before_and_after_and_what_was_taken_back(
    web: Any, stock: Any, five: list[int]
) -> None:
    lost = stock.article("five-lost", "Bài rút", minutes=400)
    emit(web, "topic/paged", [*five, lost], NOW)
    stock.withdraw(lost, NOW)
    with web.engine.begin() as connection:
        pages.write(
            connection,
            {"topic/paged": {1: [lost, *five], 2: list(range(1, 1 + pages.SIZE)), 3: [1]}},
        )
    first = web.ask("/feeds/topic/paged.atom?page=1")
    assert first.status == 200
    for one in five:
        assert f"article/{public_id(one)}</id>" in first.text
    assert f"article/{public_id(lost)}</id>" not in first.text
    assert b"deleted-entry" in first.body
    assert b"?page=2" in first.body
    assert b"?page=3" not in web.ask("/feeds/topic/paged.atom?page=2").body
    assert b"?page=1" in web.ask("/feeds/topic/paged.atom?page=2").body
    assert web.ask("/feeds/topic/paged.atom?page=4").status == 404
    again = web.ask("/feeds/topic/paged.atom?page=1", If_None_Match=first.headers["etag"])
    assert again.status == 304


def test_a_renamed_feed_is_found_by_its_old_address(
    web: Any, stock: Any, wait_for: Callable[..., None]
) -> None:
    stock.feed("author/moi", b"new")
    with web.engine.begin() as connection:
        aliases.rename(connection, "author/cu-nhat", "author/cu")
        aliases.rename(connection, "author/cu", "author/moi")
    for old in ("author/cu", "author/cu-nhat"):
        answer = web.ask(f"/feeds/{old}.atom?limit=3")
        assert answer.status == 301
        assert answer.headers["location"] == "/feeds/author/moi.atom?limit=3"


def test_a_feed_that_was_taken_back_is_gone(
    web: Any, stock: Any, wait_for: Callable[..., None]
) -> None:
    stock.feed("source/het", b"there")
    assert web.ask("/feeds/source/het.rss").status == 200
    with web.engine.begin() as connection:
        feeds.retire(connection, ["source/het"], NOW)
    wait_for(lambda: web.ask("/feeds/source/het.rss").status == 410, 10)
    stock.feed("source/het", b"there again")
    wait_for(lambda: web.ask("/feeds/source/het.rss").status == 200, 10)
