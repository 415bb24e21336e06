"""Articles: whole ones for pages and feeds, and where each stands."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.model import Author, Filing, Image, TopicHit
from feeds.store import articles, gone
from feeds.store import filing as filings
from feeds.store.articles import Also, Standing
from feeds.store.tables import alias, article, sighting

AddArticle = Callable[..., int]


def test_an_article_is_read_with_authors_topics_and_source(
    connection: sa.Connection, noon: datetime, add_article: AddArticle
) -> None:
    add_article(1, section="news", section_why="category", image={"url": "https://x.example/i"})
    add_article(2, state="withdrawn")
    people = [Author("zoe", "Zoe"), Author("ann", "Ann")]
    filings.write_authors(connection, {1: people}, {1: noon})
    hits = (TopicHit("b", 0.5, ""), TopicHit("a", 0.5, ""), TopicHit("c", 0.75, "title"))
    filings.write_topics(connection, {1: Filing(None, "", 0.0, hits)}, {1: noon})
    (found,) = articles.load(connection, [1, 2, 404]).values()
    assert [one.slug for one in found.authors] == ["zoe", "ann"], "in the byline's order"
    assert [one.slug for one in found.topics] == ["c", "a", "b"], "the surest first"
    assert (found.source_name, found.source_title) == ("agency", "Agency")
    assert (found.section, found.section_why) == ("news", "category")
    assert found.image == Image("https://x.example/i")
    assert articles.load(connection, []) == {}


def test_an_article_stands_where_its_row_says(
    connection: sa.Connection, noon: datetime, add_article: AddArticle
) -> None:
    add_article(1)
    add_article(2, duplicate_of=1, story_id=1)
    gone.withdraw(connection, [1], "court order", noon)
    assert articles.standing(connection, 404) is None
    assert articles.standing(connection, 2) == Standing(2, "public", 1, 1)
    withdrawn = Standing(1, "withdrawn", None, None, noon, "court order")
    assert articles.standing(connection, 1) == withdrawn


def test_others_are_sightings_duplicates_and_story_mates_each_once(
    connection: sa.Connection, noon: datetime, add_article: AddArticle
) -> None:
    add_article(1, story_id=1)
    add_article(2, "beta", duplicate_of=1, story_id=1)
    add_article(3, "gamma", story_id=1)
    add_article(4, "delta", story_id=1, state="withdrawn")
    add_article(5, "delta", story_id=1, related_at=None)
    source = connection.scalar(sa.select(article.c.source_id).where(article.c.id == 2))
    moments = {"effective_at": noon, "first_seen_at": noon - timedelta(hours=1)}
    for guid in ("s", "t"):
        values = {"source_id": source, "guid": guid, "url": f"https://b.example/{guid}"}
        statement = sa.insert(sighting).values(**values, **moments, article_id=1, entry_hash=b"")
        connection.execute(statement)
    (found,) = articles.load(connection, [1]).values()
    assert articles.also_by(connection, found) == [
        Also("sighting", "Beta", "https://b.example/s", "Title 1"),
        Also("duplicate", "Beta", "https://beta.example/2", "Title 2", 2),
        Also("story", "Gamma", "https://gamma.example/3", "Title 3", 3),
    ]


def test_an_address_leads_to_its_article(
    connection: sa.Connection, add_article: AddArticle
) -> None:
    add_article(1)
    connection.execute(sa.insert(alias).values(identity="news.example/a", article_id=1))
    assert articles.by_address(connection, "news.example/a") == 1
    assert articles.by_address(connection, "news.example/b") is None
