"""Archive pages as subscribers follow them: whole after a burst, and current after an edit."""

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree

from feeds.model import Entry, public_id
from feeds.pipeline.publish import rebuild
from feeds.pipeline.withdraw import restore, withdraw
from feeds.store.pages import SIZE

MakeEntry = Callable[..., Entry]
WaitFor = Callable[..., None]
ATOM = "{http://www.w3.org/2005/Atom}"
FH = "{http://purl.org/syndication/history/1.0}"
LATER = "Sun, 01 Jan 2034 00:00:00 GMT"


@dataclass
class Archive:
    """A newsroom whose public web runs."""

    newsroom: Any

    def ask(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Ask the web; underscores in header names stand for hyphens."""
        served = urlsplit(self.newsroom.desk.settings.public_url)
        connection = http.client.HTTPConnection(served.netloc, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=named)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        body = answer.read()
        connection.close()
        return answer.status, found, body

    def settle(self) -> None:
        self.newsroom.settle("relate", "retell", "publish")

    def pages(self, key: str) -> list[list[int]]:
        rows = self.newsroom.rows(
            "SELECT article_ids FROM feed_page WHERE key = :key ORDER BY page", key=key
        )
        return [list(row.article_ids) for row in rows]

    def withdraw(self, *ids: int) -> None:
        with self.newsroom.desk.engine.begin() as connection:
            withdraw(self.newsroom.desk, connection, ids, "asked", self.newsroom.watch.now)
        self.settle()

    def restore(self, *ids: int) -> None:
        with self.newsroom.desk.engine.begin() as connection:
            restore(self.newsroom.desk, connection, ids, self.newsroom.watch.now)
        self.settle()


@pytest.fixture
def archive(followed: Any) -> Archive:
    return Archive(followed.newsroom)


@pytest.fixture
def burst(archive: Archive, make_entry: MakeEntry) -> Archive:
    """Three hundred articles of three sources, all published by one build."""
    newsroom = archive.newsroom
    counts = {"alpha": 120, "beta": 100, "gamma": 80}
    newsroom.take_all(
        *[
            newsroom.incoming(
                name,
                [
                    make_entry(f"rights/{name}-{n}", f"{name}.example", hours=150 - n)
                    for n in range(count)
                ],
            )
            for name, count in counts.items()
        ]
    )
    archive.settle()
    return archive


def shown(body: bytes) -> list[str]:
    """Name the articles of an Atom document, as they stand there."""
    entries = etree.fromstring(body).iter(f"{ATOM}entry")
    return [str(entry.findtext(f"{ATOM}id")).rpartition("/")[2] for entry in entries]


def links(body: bytes) -> dict[str, str]:
    found = feedparser.parse(body).feed.links
    return {link.rel: link.href for link in found if link.rel not in ("alternate", "hub")}


@pytest.mark.parametrize("key", ["all", "section/news", "source/beta"])
def test_each_page_of_a_burst_shows_all_that_stands_on_it(burst: Archive, key: str) -> None:
    filled = burst.pages(key)
    lost = {filled[0][3], filled[-2][7]}
    burst.withdraw(*lost)
    for number, ids in enumerate(filled, 1):
        _, _, body = burst.ask(f"/feeds/{key}.atom?page={number}")
        told = [public_id(one) for one in reversed(ids) if one not in lost]
        assert shown(body) == told, number
        _, _, body = burst.ask(f"/feeds/{key}.json?page={number}")
        assert len(json.loads(body)["items"]) == len(told)
        assert len(feedparser.parse(burst.ask(f"/feeds/{key}.rss?page={number}")[2]).entries) == (
            len(told)
        )
    placed = sorted(one for ids in filled for one in ids)
    fixed = burst.newsroom.rows("SELECT id FROM article WHERE emitted_at IS NOT NULL")
    assert set(placed) - lost <= {row.id for row in fixed}


@pytest.mark.parametrize("key", ["all", "source/beta"])
def test_a_subscriber_who_follows_the_pages_of_a_burst_back_gets_each_article_once(
    burst: Archive, key: str
) -> None:
    """RFC 5005 §4: archives say what they are, and name their neighbours and what is current."""
    base = burst.newsroom.desk.settings.public_url
    own = f"{base}/feeds/{key}.atom"
    _, _, feed = burst.ask(f"/feeds/{key}.atom")
    assert etree.fromstring(feed).find(f"{FH}archive") is None
    came: list[str] = []
    before, after = links(feed).get("prev-archive"), None
    while before is not None:
        number = int(before.partition("?page=")[2])
        _, _, body = burst.ask(before.removeprefix(base))
        assert etree.fromstring(body).find(f"{FH}archive") is not None
        named = links(body)
        assert (named["self"], named["current"]) == (before, own)
        assert named.get("next-archive") == after
        assert len(shown(body)) == len(set(shown(body))) == SIZE
        came += shown(body)
        before, after = named.get("prev-archive"), before
        assert before == (f"{own}?page={number - 1}" if number > 1 else None)
    assert len(came) == len(set(came))
    placed = [public_id(one) for ids in burst.pages(key) for one in ids]
    assert {*came, *shown(feed)} == set(placed)


def test_an_article_that_comes_back_hides_behind_no_date(
    archive: Archive, make_entry: MakeEntry, wait_for: WaitFor
) -> None:
    newsroom, path = archive.newsroom, "/feeds/all.atom?page=1"
    newsroom.take("alpha", *[make_entry(f"{n}", hours=99 - n) for n in range(30)])
    archive.settle()
    (page, *_) = archive.pages("all")
    tags, moments, whole = [], [], archive.ask(path)[2]
    for act, count in ((archive.withdraw, SIZE - 1), (archive.restore, SIZE)):
        newsroom.watch.forward(hours=1)
        act(page[5])
        wait_for(lambda count=count: len(shown(archive.ask(path)[2])) == count)
        _, headers, body = archive.ask(path)
        assert "last-modified" not in headers
        assert archive.ask(path, If_Modified_Since=LATER)[0] == 200
        assert archive.ask(path, If_None_Match=headers["etag"])[0] == 304
        tags.append(headers["etag"])
        moments.append(etree.fromstring(body).findtext(f"{ATOM}updated"))
    assert tags[0] != tags[1]
    assert moments[0] == moments[1] > etree.fromstring(whole).findtext(f"{ATOM}updated")


def test_a_correction_reaches_the_page_of_an_article_that_left_the_feed(
    archive: Archive, make_entry: MakeEntry, wait_for: WaitFor
) -> None:
    newsroom, path = archive.newsroom, "/feeds/all.atom?page=1"
    newsroom.take("alpha", *[make_entry(f"{n}", hours=99 - n) for n in range(80)])
    archive.settle()
    feed, version = archive.ask("/feeds/all.atom")[2], newsroom.versions()["all"]
    _, headers, body = archive.ask(path)
    (old,) = [one for one in feedparser.parse(body).entries if one.links[1].href.endswith("/3")]
    newsroom.watch.forward(hours=1)
    newsroom.take("alpha", make_entry("3", hours=90, title="What it should have said"))
    archive.settle()
    wait_for(lambda: b"What it should have said" in archive.ask(path)[2])
    _, now, body = archive.ask(path)
    (new,) = [one for one in feedparser.parse(body).entries if one.id == old.id]
    assert new.title == "What it should have said"
    assert new.published == old.published
    assert new.updated > old.updated
    assert now["etag"] != headers["etag"]
    assert archive.ask(path, If_None_Match=headers["etag"])[0] == 200
    assert archive.ask("/feeds/all.atom")[2] == feed
    assert newsroom.versions()["all"] == version


def test_feeds_that_stay_the_same_are_read_again_only_where_pages_hold_more(
    archive: Archive, make_entry: MakeEntry, statements: Any
) -> None:
    newsroom, told = archive.newsroom, []
    for count in (40, 60):
        newsroom.take("alpha", *[make_entry(f"{n}", hours=99 - n) for n in range(count)])
        archive.settle()
        with statements() as sent, newsroom.desk.engine.begin() as connection:
            assert rebuild(newsroom.desk, connection, ["all"], newsroom.watch.now) == 0
        told.append(any("pg_notify" in one for one in sent))
    assert told == [False, True]
