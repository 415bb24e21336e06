"""Pools: the candidates for a page's blocks."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from feeds.model import Author, Edge, Filing, TopicHit
from feeds.store import filing as filings
from feeds.store import pools, readings, relations
from feeds.store.tables import article, pin

AddArticle = Callable[..., int]


def pool(connection: sa.Connection, article_id: int, now: datetime) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for one in pools.candidates(connection, article_id, now, "news", ["sport"]):
        found[one.kind].append(one.id)
    return dict(found)


@pytest.fixture
def page(connection: sa.Connection, noon: datetime, add_article: AddArticle) -> int:
    """An article with a candidate in each pool; articles are a minute apart."""
    for number in range(1, 7):
        add_article(number, section={1: "news", 2: "news", 4: "sport"}.get(number))
    for number in (1, 3):
        hit = Filing(None, "", 0.0, (TopicHit("rain", 0.9, ""),))
        filings.write_topics(connection, {number: hit}, {number: noon + timedelta(minutes=number)})
    dates = {n: noon + timedelta(minutes=n) for n in range(1, 7)}
    ann = [Author("ann", "Ann")]
    filings.write_authors(connection, {1: ann, 3: ann}, dates)
    relations.add_edges(
        connection, [Edge(1, 4, "topic", 0.5, "both"), Edge(1, 5, "topic", 0.75, "x")]
    )
    readings.count(connection, 6, b"reader", noon)
    connection.execute(sa.insert(pin).values(article_id=2, position=1, at=noon))
    mates = article.c.id.in_([5, 6])
    connection.execute(sa.update(article).where(mates).values(story_id=5))
    return 1


def test_each_pool_is_best_first(connection: sa.Connection, page: int, noon: datetime) -> None:
    assert pool(connection, page, noon + timedelta(hours=1)) == {
        "same_topic": [5, 4],
        "of_topic": [3, 1],
        "newest": [6, 5, 4, 3, 2, 1],
        "same_author": [3, 1],
        "same_section": [2, 1],
        "near_section": [4],
        "most_read": [6],
        "pinned": [2],
        "told": [5],
    }


def test_of_one_topic_those_come_first_that_may_tell_the_same(
    connection: sa.Connection, page: int, noon: datetime
) -> None:
    relations.add_edges(
        connection, [Edge(1, 4, "story", 0.14, "close"), Edge(1, 2, "story", 0.3, "no topic")]
    )
    found = [one for one in pools.candidates(connection, page, noon) if one.kind == "same_topic"]
    assert [(one.id, one.why) for one in found] == [(4, "both"), (5, "x")]


def test_the_home_page_has_the_pools_that_need_no_article(
    connection: sa.Connection, page: int, noon: datetime
) -> None:
    found = {one.kind for one in pools.candidates(connection, 0, noon)}
    assert found == {"newest", "most_read", "pinned", "told"}


@pytest.mark.parametrize(
    "change", ["state = 'withdrawn'", "related_at = NULL", "duplicate_of = 404"]
)
def test_no_pool_names_what_must_not_be_listed(
    connection: sa.Connection, page: int, noon: datetime, change: str
) -> None:
    connection.execute(sa.text(f"UPDATE article SET {change} WHERE id > 1"))
    found = pool(connection, page, noon)
    assert {one for ids in found.values() for one in ids} <= {1, 404}
    assert pools.teasers(connection, [1, 2, 3]).keys() == {1}


def test_why_an_article_is_a_candidate_is_said(
    connection: sa.Connection, page: int, noon: datetime
) -> None:
    found = pools.candidates(connection, page, noon)
    whys = {(one.kind, one.id): one.why for one in found}
    assert {one.id: one.story for one in found if one.kind == "newest"}[6] == 5
    assert whys["same_topic", 4] == "both"
    assert whys["same_author", 3] == "Ann"
    assert whys["most_read", 6] == "1 readings"
    assert whys["told", 5] == "told by 2 sources"


def test_old_readings_count_less_and_fill_up_what_is_short(
    connection: sa.Connection, noon: datetime, add_article: AddArticle
) -> None:
    for number in (1, 2):
        add_article(number)
    for reader in (b"a", b"b", b"c"):
        readings.count(connection, 1, reader, noon - timedelta(days=3))
    readings.count(connection, 2, b"a", noon)
    assert pool(connection, 0, noon)["most_read"] == [2, 1]
    assert pool(connection, 0, noon + timedelta(days=80))["most_read"] == [2, 1]


def test_a_teaser_holds_what_a_list_shows(
    connection: sa.Connection, add_article: AddArticle
) -> None:
    add_article(1, image={"url": "https://x.example/i", "width": 3})
    teaser = pools.teasers(connection, [1, 404])[1]
    assert (teaser.title, teaser.source_title) == ("Title 1", "Agency")
    assert teaser.image is not None
    assert teaser.image.width == 3
