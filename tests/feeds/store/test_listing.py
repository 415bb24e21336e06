"""Listing: which feeds hold an article, and which articles a feed holds."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from feeds.model import Author, Filing, TopicHit
from feeds.store import filing as filings
from feeds.store import listing, pins, readings
from feeds.store.succession import key_of
from feeds.store.tables import article, sighting

AddArticle = Callable[..., int]
TREE = {"news": ("news", "rights"), "rights": ("rights",)}
PATHS = {"news": ("news",), "rights": ("news", "rights")}


def newest(connection: sa.Connection, key: str, limit: int = 10) -> list[int]:
    return listing.newest(connection, key, limit, TREE)


@pytest.fixture
def three(connection: sa.Connection, noon: datetime, add_article: AddArticle) -> list[int]:
    """Three articles by one author about one topic, a minute apart."""
    numbers = [add_article(n, section="rights" if n == 2 else "news") for n in (1, 2, 3)]
    dates = {n: noon + timedelta(minutes=n) for n in numbers}
    filings.write_authors(connection, {n: [Author("ann", "Ann")] for n in numbers}, dates)
    filing = Filing("news", "", 1.0, (TopicHit("storms", 0.9, "title"),))
    filings.write_topics(connection, dict.fromkeys(numbers, filing), dates)
    return numbers


KEYS = ("all", "section/news", "author/ann", "topic/storms", "source/agency")


@pytest.mark.parametrize("key", KEYS)
def test_the_newest_come_first_up_to_the_limit(
    connection: sa.Connection, three: list[int], key: str
) -> None:
    assert newest(connection, key) == [3, 2, 1]
    assert newest(connection, key, 2) == [3, 2]


@pytest.mark.parametrize("key", KEYS)
def test_of_one_moment_the_higher_id_comes_first(
    connection: sa.Connection, three: list[int], noon: datetime, key: str
) -> None:
    for table in ("article", "sighting", "article_author", "article_topic"):
        connection.execute(sa.text(f"UPDATE {table} SET effective_at = :at"), {"at": noon})
    assert newest(connection, key, 2) == [3, 2]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("change", ["state = 'withdrawn'", "related_at = NULL"])
def test_withdrawn_and_unrelated_articles_are_in_no_feed(
    connection: sa.Connection, three: list[int], key: str, change: str
) -> None:
    connection.execute(sa.text(f"UPDATE article SET {change} WHERE id = 3"))
    assert newest(connection, key) == [2, 1]


def test_duplicates_stand_only_in_their_sources_feed(
    connection: sa.Connection, three: list[int]
) -> None:
    connection.execute(sa.update(article).where(article.c.id == 3).values(duplicate_of=1))
    assert {key: 3 in newest(connection, key) for key in KEYS} == {
        **dict.fromkeys(KEYS, False),
        "source/agency": True,
    }


def test_a_sections_feed_holds_what_lies_below_it(
    connection: sa.Connection, three: list[int]
) -> None:
    assert newest(connection, "section/rights") == [2]
    assert newest(connection, "section/news") == [3, 2, 1]
    assert newest(connection, "section/gone") == []


def test_a_sources_feed_holds_what_it_sighted_each_once(
    connection: sa.Connection, three: list[int], noon: datetime, add_article: AddArticle
) -> None:
    add_article(4, "other", effective_at=noon)
    other = connection.scalar(sa.select(article.c.source_id).where(article.c.id == 4))
    for guid in ("again", "and again"):
        values = {"guid": guid, "article_id": 3, "url": "u", "entry_hash": b""}
        moments = {"effective_at": noon + timedelta(hours=1), "first_seen_at": noon}
        connection.execute(sa.insert(sighting).values(source_id=other, **values, **moments))
    assert newest(connection, "source/other") == [3, 4]
    assert newest(connection, "source/other", 1) == [3]


@pytest.mark.parametrize("key", ["", "nonsense", "nonsense/x", "source/x", "author/x"])
def test_unknown_keys_are_empty(connection: sa.Connection, three: list[int], key: str) -> None:
    assert newest(connection, key) == []


def test_an_article_names_every_feed_it_may_be_in(
    connection: sa.Connection, three: list[int]
) -> None:
    wanted = {"all", "featured", "section/news", "section/rights", "author/ann", "topic/storms"}
    assert listing.keys_of(connection, [2], PATHS) == wanted | {"source/agency"}
    assert listing.keys_of(connection, [], PATHS) == set()


def test_a_section_that_is_no_more_still_names_its_feed(
    connection: sa.Connection, add_article: AddArticle
) -> None:
    add_article(1, section="gone")
    assert "section/gone" in listing.keys_of(connection, [1], PATHS)
    assert "section/None" not in listing.keys_of(connection, [add_article(2)], PATHS)


def test_authors_sources_and_stories_have_names(
    connection: sa.Connection, three: list[int]
) -> None:
    assert listing.names(connection, [key_of(2), "story/nonsense"]) == {key_of(2): "Title 2"}
    assert listing.names(connection, KEYS) == {"author/ann": "Ann", "source/agency": "Agency"}


def test_featured_are_pins_and_what_several_tell(
    connection: sa.Connection, noon: datetime, add_article: AddArticle
) -> None:
    for number in range(1, 7):
        add_article(number, **({"duplicate_of": 1} if number == 4 else {}))
    assert newest(connection, "featured") == [1], "two tell it"
    pins.put(connection, 5, 1, noon)
    pins.put(connection, 1, 2, noon)
    assert newest(connection, "featured") == [5, 1], "each once"
    connection.execute(sa.update(article).where(article.c.id == 5).values(state="withdrawn"))
    assert newest(connection, "featured") == [1]


def test_most_read_are_those_that_readers_keep_warm(
    connection: sa.Connection, noon: datetime, add_article: AddArticle
) -> None:
    for number in range(1, listing.CHOSEN + 4):
        add_article(number, **({"duplicate_of": 1} if number == 2 else {}))
        for reader in range(number):
            readings.count(connection, number, b"%d" % reader, noon)
    add_article(99)
    found = newest(connection, "most-read", 50)
    assert found == list(range(listing.CHOSEN + 3, 3, -1))
    assert "most-read" in listing.keys_of(connection, [5], PATHS)
    assert "most-read" not in listing.keys_of(connection, [99], PATHS)
