import json
from typing import Any

import pytest
import sqlalchemy as sa

from feeds.model import article_id
from feeds.store.tables import article, work


@pytest.fixture(scope="module", autouse=True)
def story(stock: Any) -> None:
    """Three tell it, one repeats the second; they are old, so that no other test sees them."""
    first = stock.article("flood-1", "Lũ về sớm", minutes=30_000, language="vi")
    second = stock.article("flood-2", "Nước lên nhanh", minutes=29_000, by="cuu-long")
    third = stock.article("flood-3", "The flood came early", minutes=28_000, language="en")
    stock.article("flood-4", "Nước dâng", minutes=27_000, duplicate_of=second)
    with stock.engine.begin() as connection:
        members = article.c.id.in_([first, second, third])
        connection.execute(sa.update(article).where(members).values(story_id=first))


def test_a_story_shows_who_told_it_in_order_of_time(web: Any, public: Any) -> None:
    answer = web.ask(f"/story/{public('flood-1')}")
    assert answer.status == 200
    titles = ["Lũ về sớm</a>", "Nước lên nhanh</a>", "The flood came early</a>", "Nước dâng</a>"]
    places = [answer.text.index(title) for title in titles]
    assert places == sorted(places)
    assert "2 nơi đưa tin này, 4 bài" in answer.text
    assert f'<link rel="canonical" href="{web.url}/story/{public("flood-1")}">' in answer.text
    assert '<article class="told" lang="en">' in answer.text


@pytest.mark.parametrize("key", ["flood-2", "flood-4"])
def test_any_article_of_it_leads_to_the_story(web: Any, public: Any, key: str) -> None:
    answer = web.ask(f"/story/{public(key)}?lang=en")
    assert (answer.status, answer.headers["location"]) == (
        302,
        f"/story/{public('flood-1')}?lang=en",
    )


def test_an_article_that_nobody_else_tells_is_no_story(web: Any, public: Any) -> None:
    answer = web.ask(f"/story/{public('other-5')}")
    assert (answer.status, answer.headers["location"]) == (302, f"/article/{public('other-5')}")


@pytest.mark.parametrize("name", ["zzzzzzzzzzzzz", "0000000000001", "x", "%00"])
def test_what_never_was_is_not_found(web: Any, name: str) -> None:
    assert web.ask(f"/story/{name}").status == 404


def test_an_article_leads_to_its_story_and_repeats_it_in_no_block(web: Any, public: Any) -> None:
    text = web.ask(f"/article/{public('flood-2')}").text
    assert f'href="/story/{public("flood-1")}"' in text
    blocks = text.partition("same_topic")[2]
    for key in ("flood-1", "flood-3"):
        assert f"/article/{public(key)}" not in blocks


def test_pages_of_a_story_name_its_feed(web: Any, public: Any) -> None:
    key = f"story/{public('flood-1')}"
    for path in (f"/article/{public('flood-3')}", f"/{key}"):
        for name in ("rss", "atom", "json"):
            assert f'href="/feeds/{key}.{name}"' in web.ask(path).text


def test_a_storys_feed_is_there_when_it_is_asked_for_and_kept_from_then_on(
    web: Any, stock: Any, public: Any
) -> None:
    key = f"story/{public('flood-1')}"
    answer = web.ask(f"/feeds/{key}.atom")
    assert answer.status == 200
    assert f"{web.url}/{key}".encode() in answer.body
    for title in ("Lũ về sớm", "Nước lên nhanh", "The flood came early"):
        assert f"<title>{title}</title>" in answer.text  # though no feed had told them yet
    with stock.engine.connect() as connection:
        due = sa.select(work.c.kind).where(work.c.key == key)
        assert connection.scalars(due).all() == ["publish"]


def test_every_other_name_of_a_story_leads_to_its_feed(web: Any, public: Any) -> None:
    for name in ("flood-2", "flood-4"):
        answer = web.ask(f"/feeds/story/{public(name)}.json")
        where = f"/feeds/story/{public('flood-1')}.json"
        assert (answer.status, answer.headers["location"]) == (301, where)


def test_a_feed_of_no_story_is_gone_or_was_never_there(web: Any, stock: Any, public: Any) -> None:
    stock.article("retold", "Chuyện đã rút", minutes=41_000, state="withdrawn")
    assert web.ask(f"/feeds/story/{public('retold')}.rss").status == 410
    for name in (public("other-5"), "zzzzzzzzzzzzz", "x"):
        assert web.ask(f"/feeds/story/{name}.rss").status == 404


def test_a_story_whose_articles_were_withdrawn_is_gone(web: Any, stock: Any, public: Any) -> None:
    stock.article("lone", "Chuyện cũ", minutes=40_000)
    with stock.engine.begin() as connection:
        lone = article.c.id == article_id("lone")
        connection.execute(sa.update(article).where(lone).values(state="withdrawn"))
    assert web.ask(f"/story/{public('lone')}").status == 404


def test_a_storys_embed_shows_it_and_has_its_feed_kept(
    web: Any, stock: Any, public: Any, wait_for: Any
) -> None:
    lead = stock.article("fire-1", "Cháy chợ đêm", minutes=31_000)
    second = stock.article("fire-2", "Chợ đêm bốc cháy", minutes=30_500, by="cuu-long")
    _tell(stock, lead, [lead, second])
    key = f"story/{public('fire-1')}"
    frame = web.ask(f"/embed/{key}?count=9")
    assert frame.status == 200
    assert all(title in frame.text for title in ("Cháy chợ đêm", "Chợ đêm bốc cháy"))
    assert f'href="{web.url}/{key}"' in frame.text
    assert json.loads(web.ask(f"/embed/{key}.json").body)["title"] == "Cháy chợ đêm"
    with stock.engine.connect() as connection:
        due = sa.select(work.c.kind).where(work.c.key == key)
        assert connection.scalars(due).all() == ["publish"]
    third = stock.article("fire-3", "Đám cháy đã tắt", minutes=30_000, by="cuu-long")
    _tell(stock, lead, [third])
    stock.feed(key, b"<rss>told on</rss>")
    wait_for(lambda: "Đám cháy đã tắt" in web.ask(f"/embed/{key}?count=9").text)


def test_every_other_name_of_a_story_leads_to_its_embed(
    web: Any, public: Any, partner: Any, wait_for: Any
) -> None:
    there = f"/embed/story/{public('flood-1')}"
    for name in ("flood-2", "flood-4"):
        for rest in ("", ".json", ".html?count=3"):
            answer = web.ask(f"/embed/story/{public(name)}{rest}")
            assert (answer.status, answer.headers["location"]) == (302, there + rest)
            assert answer.headers["access-control-allow-origin"] == "*"
    key = partner()
    asked = f"/embed/story/{public('flood-2')}?count=3&key={key}"
    wait_for(lambda: web.ask(asked).status == 302)  # keys are read every two seconds
    answer = web.ask(asked)
    assert answer.headers["location"] == f"{there}?count=3&key={key}"


def test_over_the_quota_the_embed_of_a_story_that_moved_is_shown(
    web: Any, public: Any, partner: Any, wait_for: Any
) -> None:
    asked = f"/embed/story/{public('flood-2')}?key={partner(per_minute=1)}"
    said: list[Any] = []

    def is_limited() -> bool:
        said.append(web.ask(asked))
        return bool(said[-1].status == 429)

    wait_for(is_limited)
    assert "Lũ về sớm" in said[-1].text


def test_what_is_no_story_has_no_embed(web: Any, stock: Any, public: Any) -> None:
    stock.article("unsaid", "Chuyện không kể", minutes=42_000, state="withdrawn")
    for name in (public("other-5"), public("unsaid"), "zzzzzzzzzzzzz", "x", "%00"):
        answer = web.ask(f"/embed/story/{name}")
        assert answer.status == 404
        assert "Chuyện không kể" not in answer.text


def test_a_storys_page_says_how_to_embed_it(web: Any, public: Any) -> None:
    key = f"story/{public('flood-1')}"
    page = web.ask(f"/{key}").text
    assert f'data-feed="{key}"' in page
    found = web.ask(f"/oembed?url={web.url}/{key}")
    assert json.loads(found.body)["title"] == "Lũ về sớm"
    assert f"{web.url}/embed/{key}" in found.text
    assert web.ask(f"/oembed?url={web.url}/story/{public('other-5')}").status == 404
    assert "Lũ về sớm" in web.ask(f"/partners/embed?feed={key}").text


def _tell(stock: Any, lead: int, members: list[int]) -> None:
    with stock.engine.begin() as connection:
        told = article.c.id.in_(members)
        connection.execute(sa.update(article).where(told).values(story_id=lead))
