"""The invented publishers' pages say the same to readers, to OpenGraph and to JSON-LD."""

import json
from datetime import timedelta

import pytest
from lxml import html

from worker.demo.edition import edition, show
from worker.demo.pages import article_page, front_page, gone_page, index_page


@pytest.fixture(
    params=["thong-tan-cuu-long/gao-xuat-khau-quy-nay", "harbour-ledger/durian-cold-chain"]
)
def piece(request, newsroom):
    return newsroom.piece(request.param)


def test_an_article_page_agrees_with_its_metadata(newsroom, started_at, base_url, piece):
    item = show(newsroom, piece, started_at, started_at)
    page = html.fromstring(article_page(newsroom.publisher(piece.source), item, base_url).decode())
    linked = json.loads(page.findtext(".//script[@type='application/ld+json']"))
    shared = {node.get("property"): node.get("content") for node in page.iter("meta")}
    assert page.findtext(".//h1") == linked["headline"] == shared["og:title"] == piece.title
    assert page.find(".//link[@rel='canonical']").get("href") == linked["url"] == shared["og:url"]
    assert ("og:image" in shared) == ("image" in linked) == (piece.picture is not None)
    assert len(page.findall(".//div[@class='body']/p")) == piece.body.count("<p>")


def test_a_corrected_page_says_so(newsroom, started_at, base_url):
    piece = newsroom.piece("thong-tan-cuu-long/gao-xuat-khau-quy-nay")
    publisher = newsroom.publisher(piece.source)
    later = started_at + timedelta(minutes=5)
    before, after = (
        article_page(publisher, show(newsroom, piece, started_at, now), base_url).decode()
        for now in (started_at, later)
    )
    assert piece.correction.note not in before
    assert " ".join(piece.correction.note.split()) in " ".join(after.split())


def test_front_pages_lead_to_every_item_and_feed(newsroom, started_at):
    shown = edition(newsroom, "la-non", started_at, started_at)
    front = front_page(shown).decode()
    assert all(f'href="{item.path}"' in front for item in shown.items)
    index = index_page(newsroom).decode()
    assert all(f'href="{publisher.feed_path}"' in index for publisher in newsroom.publishers)


def test_the_page_of_what_is_gone_apologises_in_the_publishers_language(newsroom):
    assert "gỡ" in gone_page(newsroom.publisher("la-non")).decode()
    assert "withdrawn" in gone_page(newsroom.publisher("harbour-ledger")).decode()
