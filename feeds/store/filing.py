"""Filing: where stored articles belong, who wrote them, and moving them."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.model import LEARNED, Author, Filing, TopicHit
from feeds.store.articles import topics_of
from feeds.store.bulk import any_of, copy, insert_given
from feeds.store.tables import article, article_author, article_topic, author, source

_NONE: Set[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Filed:
    """A stored article as filing looks at it, and where it stands now."""

    article_id: int
    source_name: str
    source_section: str | None
    url: str
    title: str
    excerpt: str
    text: str
    categories: tuple[str, ...]
    section: str | None
    why: str
    topics: tuple[TopicHit, ...]
    effective_at: datetime

    def is_filed_as(self, decided: Filing) -> bool:
        """Tell whether a decision would change anything that is stored.

        Which words spoke for a learned section may change with each version, and moves nothing.
        """
        stored = {(hit.slug, hit.why) for hit in self.topics}
        wanted = {(hit.slug, hit.why) for hit in decided.topics}
        learned = self.why.startswith(LEARNED) and decided.why.startswith(LEARNED)
        why = decided.why if learned else self.why
        return (self.section, why, stored) == (decided.section, decided.why, wanted)


def subjects(connection: sa.Connection, ids: Sequence[int]) -> list[Filed]:
    """Read stored articles for filing, by id."""
    rows = connection.execute(
        sa.select(article, source.c.name, source.c.section.label("source_section"))
        .join(source, source.c.id == article.c.source_id)
        .where(any_of(article.c.id, ids))
        .order_by(article.c.id)
    ).all()
    topics = topics_of(connection, [row.id for row in rows])
    return [
        Filed(
            article_id=row.id,
            source_name=row.name,
            source_section=row.source_section,
            url=row.url,
            title=row.title,
            excerpt=row.excerpt,
            text=row.text,
            categories=tuple(row.categories),
            section=row.section,
            why=row.section_why,
            topics=tuple(topics[row.id]),
            effective_at=row.effective_at,
        )
        for row in rows
    ]


def move(connection: sa.Connection, filings: Mapping[int, Filing]) -> None:
    """Store new sections and topics of articles."""
    dates: dict[int, datetime] = {}
    for key, decided in sorted(filings.items()):
        at = connection.scalar(
            sa.update(article)
            .where(article.c.id == key)
            .values(
                section=decided.section,
                section_why=decided.why,
                section_confidence=decided.confidence,
            )
            .returning(article.c.effective_at)
        )
        if at is not None:
            dates[key] = at
    write_topics(connection, {key: filings[key] for key in dates}, dates)


def write_authors(
    connection: sa.Connection,
    authors: Mapping[int, Sequence[Author]],
    dates: Mapping[int, datetime],
    new: Set[int] = _NONE,
) -> None:
    """Replace the authors of articles; `dates` gives each article's date.

    `new` are articles that can have none yet.
    """
    names = {one.slug: one.name for group in authors.values() for one in group}
    if names:
        rows = sorted(names.items())
        connection.execute(insert_given(author, ["slug", "name"], rows).on_conflict_do_nothing())
    if old := authors.keys() - new:
        connection.execute(
            sa.delete(article_author).where(any_of(article_author.c.article_id, sorted(old)))
        )
    links = [
        (key, one.slug, position, dates[key])
        for key, group in sorted(authors.items())
        for position, one in enumerate({one.slug: one for one in group}.values())
    ]
    if links:
        columns = ["article_id", "slug", "position", "effective_at"]
        copy(connection, article_author, columns, links)


def write_topics(
    connection: sa.Connection,
    filings: Mapping[int, Filing],
    dates: Mapping[int, datetime],
    new: Set[int] = _NONE,
) -> None:
    """Replace the topics of articles; `dates` and `new` are `write_authors`'."""
    if old := filings.keys() - new:
        connection.execute(
            sa.delete(article_topic).where(any_of(article_topic.c.article_id, sorted(old)))
        )
    rows = [
        (key, hit.slug, hit.confidence, hit.why, dates[key])
        for key, filing in sorted(filings.items())
        for hit in filing.topics
    ]
    if rows:
        columns = ["article_id", "slug", "confidence", "why", "effective_at"]
        copy(connection, article_topic, columns, rows)
