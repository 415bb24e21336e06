"""The origin over real HTTP, with a clock that the test moves."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import feedparser
import pytest
from aiohttp.test_utils import TestClient, TestServer

from worker.demo.edition import edition
from worker.demo.newsroom import Newsroom
from worker.demo.origin import create


class MovedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(started_at: datetime) -> MovedClock:
    return MovedClock(started_at)


@pytest.fixture
async def origin(
    newsroom: Newsroom, started_at: datetime, clock: MovedClock
) -> AsyncIterator[TestClient]:
    async with TestClient(TestServer(create(newsroom, started_at, clock))) as client:
        yield client


async def read(origin: TestClient, path: str) -> tuple[int, str]:
    async with origin.get(path) as response:
        return response.status, await response.text()


async def test_every_feed_parses_to_all_items_of_its_edition(origin, newsroom, started_at):
    for publisher in newsroom.publishers:
        shown = edition(newsroom, publisher.name, started_at, started_at)
        async with origin.get(publisher.feed_path) as response:
            assert response.status == 200
            if publisher.format == "json":
                assert len((await response.json())["items"]) == len(shown.items)
                continue
            parsed = feedparser.parse(await response.read())
        linked = [entry for entry in parsed.entries if entry.get("link")]
        assert bool(parsed.bozo) == publisher.malformed
        assert len(linked) == len(shown.items)


async def test_every_article_front_page_and_picture_answers(origin, newsroom):
    paths = [
        "/",
        *(f"/{publisher.name}/" for publisher in newsroom.publishers),
        *(piece.path for piece in newsroom.pieces),
        *(f"/images/{name}.svg" for name in newsroom.pictures),
    ]
    for path in paths:
        assert (await read(origin, path))[0] == 200, path


@pytest.mark.parametrize("path", ["/la-non/feed.xml", "/mach-so/feed.json", "/la-non/"])
async def test_an_unchanged_document_answers_304_to_its_validators(origin, path):
    async with origin.get(path) as first:
        etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    for headers in (
        {"If-None-Match": etag},
        {"If-None-Match": f'"other", W/{etag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": modified},
    ):
        async with origin.get(path, headers=headers) as again:
            assert (again.status, await again.read()) == (304, b"")
            assert again.headers["ETag"] == etag


async def test_an_etag_that_does_not_match_outweighs_a_date_that_does(origin):
    async with origin.get("/la-non/feed.xml") as first:
        modified = first.headers["Last-Modified"]
    headers = {"If-None-Match": '"other"', "If-Modified-Since": modified}
    async with origin.get("/la-non/feed.xml", headers=headers) as again:
        assert again.status == 200


async def test_time_that_passes_without_news_keeps_the_etag(origin, clock):
    clock.now += timedelta(minutes=5)
    async with origin.get("/la-non/feed.xml") as first:
        etag = first.headers["ETag"]
    clock.now += timedelta(days=1)
    async with origin.get("/la-non/feed.xml", headers={"If-None-Match": etag}) as again:
        assert again.status == 304


async def test_a_correction_changes_page_and_feed_as_time_passes(origin, newsroom, clock):
    for piece in [piece for piece in newsroom.pieces if piece.correction]:
        feed = newsroom.publisher(piece.source).feed_path
        page_before, feed_before = await read(origin, piece.path), await read(origin, feed)
        clock.now += timedelta(minutes=5)
        page_after, feed_after = await read(origin, piece.path), await read(origin, feed)
        clock.now -= timedelta(minutes=5)
        assert page_before != page_after
        assert feed_before != feed_after
        assert 'class="correction"' in page_after[1]


async def test_a_withdrawn_article_leaves_a_tombstone_and_answers_410(origin, newsroom, clock):
    gone = next(piece for piece in newsroom.pieces if piece.withdrawn_after_s)
    feed = newsroom.publisher(gone.source).feed_path
    assert (await read(origin, gone.path))[0] == 200
    assert "deleted-entry" not in (await read(origin, feed))[1]
    clock.now += timedelta(minutes=5)
    assert (await read(origin, gone.path))[0] == 410
    body = (await read(origin, feed))[1]
    assert "deleted-entry" in body
    assert gone.path not in body


@pytest.mark.parametrize(
    "path",
    [
        "/khong-co/feed.xml",
        "/mach-so/feed.xml",
        "/la-non/khong-co.html",
        "/images/x.svg",
        "/khong-co/",
    ],
)
async def test_what_does_not_exist_answers_404(origin, path):
    assert (await read(origin, path))[0] == 404


async def test_head_answers_without_a_body(origin):
    async with origin.head("/la-non/feed.xml") as response:
        assert response.status == 200
        assert response.headers["ETag"]
