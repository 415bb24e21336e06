"""Searching: which stored articles may say the same as ours, or be about the same matter."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.store.bulk import any_of, given, literal
from feeds.store.marks import POSTINGS
from feeds.store.tables import article, article_topic, band, fingerprint


@dataclass(frozen=True, slots=True)
class Subject:
    """A stored article as relating needs it."""

    id: int
    title: str
    text: str
    language: str
    section: str | None
    effective_at: datetime
    is_public: bool
    is_related: bool


def subjects(connection: sa.Connection, ids: Iterable[int]) -> list[Subject]:
    """Read articles to relate, by id."""
    rows = connection.execute(
        sa.select(
            article.c.id,
            article.c.title,
            article.c.text,
            article.c.language,
            article.c.section,
            article.c.effective_at,
            (article.c.state == "public").label("is_public"),
            article.c.related_at.is_not(None).label("is_related"),
        )
        .where(any_of(article.c.id, ids))
        .order_by(article.c.id)
    )
    return [Subject(*row) for row in rows]


def same_bands(
    connection: sa.Connection, ids: Sequence[int], per_band: int = 20
) -> set[tuple[int, int]]:
    """Pair articles with others that share a band; at most `per_band` others for each band."""
    packed = connection.execute(
        sa.select(fingerprint.c.article_id, fingerprint.c.bands).where(
            any_of(fingerprint.c.article_id, ids)
        )
    )
    keys = [(key, row.article_id) for row in packed for key in array("q", row.bands)]
    if not keys:
        return set()
    own = given([band.c.band, band.c.article_id], keys)
    other = (
        sa.select(band.c.article_id)
        .where(band.c.band == own.c.band)
        .order_by(band.c.article_id)
        .limit(per_band)
        .lateral("other")
    )
    rows = connection.execute(
        sa.select(own.c.article_id, other.c.article_id)
        .select_from(own.join(other, sa.true()))
        .where(other.c.article_id != own.c.article_id)
        .distinct()
    )
    return {(row[0], row[1]) for row in rows}


def same_text(connection: sa.Connection, ids: Sequence[int]) -> set[tuple[int, int]]:
    """Pair articles with others whose whole match form is equal, short texts left out."""
    own = fingerprint.alias("own")
    rows = connection.execute(
        sa.select(own.c.article_id, fingerprint.c.article_id)
        .join(fingerprint, fingerprint.c.exact == own.c.exact)
        .where(any_of(own.c.article_id, ids), fingerprint.c.article_id != own.c.article_id)
        .where(own.c.size >= 18)
    )
    return {(row[0], row[1]) for row in rows}


@dataclass(frozen=True, slots=True)
class Near:
    """Another article that shares terms or topics with one of ours."""

    own: int
    other: int
    terms: int


def near(connection: sa.Connection, ids: Sequence[int], ahead: timedelta) -> list[Near]:
    """Pair articles with the others that share the most terms and topics.

    Each term and topic gives its newest articles up to `ahead` after the article's own date, and
    each article takes its best few, so that the cost per article stays the same however many are
    stored, and an old article that is looked at again finds those of its time.
    """
    packed = connection.execute(
        sa.select(fingerprint.c.article_id, fingerprint.c.effective_at, fingerprint.c.terms).where(
            any_of(fingerprint.c.article_id, ids)
        )
    )
    own = [
        (key, row.article_id, row.effective_at + ahead)
        for row in packed
        for key in array("q", row.terms)[:POSTINGS]
    ]
    asked = {
        "ids": literal(ids),
        "terms": literal(key for key, _, _ in own),
        "owners": literal(article_id for _, article_id, _ in own),
        "untils": [until for _, _, until in own],
        "ahead": ahead,
    }
    rows = connection.execute(_NEAR, {**asked, **_NEAR_LIMITS})
    return [Near(row.own, row.other, row.terms) for row in rows]


_NEAR_LIMITS = {"per_term": 16, "per_topic": 12, "per_article": 12}
_NEAR = sa.text(
    """
    WITH shared AS (
      SELECT own.article_id AS own, near.article_id AS other, 1 AS term, 0 AS topic
      FROM unnest(
        CAST(CAST(:terms AS text) AS bigint[]),
        CAST(CAST(:owners AS text) AS bigint[]),
        CAST(:untils AS timestamptz[])
      ) own(term, article_id, until)
      CROSS JOIN LATERAL (
        SELECT p.article_id FROM posting p
        WHERE p.term = own.term AND p.effective_at <= own.until
        ORDER BY p.effective_at DESC, p.article_id DESC LIMIT :per_term
      ) near
      UNION ALL
      SELECT own.article_id, near.article_id, 0, 1
      FROM unnest(CAST(CAST(:ids AS text) AS bigint[])) chosen(id)
      JOIN article_topic own ON own.article_id = chosen.id
      CROSS JOIN LATERAL (
        SELECT t.article_id FROM article_topic t
        WHERE t.slug = own.slug AND t.effective_at <= own.effective_at + :ahead
        ORDER BY t.effective_at DESC, t.article_id DESC LIMIT :per_topic
      ) near
    ), ranked AS (
      SELECT own, other, sum(term) AS terms,
        row_number() OVER (
          PARTITION BY own ORDER BY sum(term) + 2 * sum(topic) DESC, other
        ) AS place
      FROM shared WHERE own <> other GROUP BY own, other
      HAVING sum(term) + 2 * sum(topic) >= 2
    )
    SELECT own, other, terms FROM ranked WHERE place <= :per_article
    """
)


@dataclass(frozen=True, slots=True)
class Found:
    """What is stored of an article that another may be related to."""

    id: int
    effective_at: datetime
    signature: bytes
    size: int
    terms: Mapping[int, float]
    name_lines: str
    topics: Mapping[str, float]
    section: str | None
    floor: float

    def names(self) -> dict[int, str]:
        """Map each term to how the article writes it."""
        return dict(zip(self.terms, self.name_lines.split("\n"), strict=True))


def found(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Found]:
    """Read the marks, topics and sections of articles that are public and marked."""
    chosen = sorted(set(ids))
    rows = connection.execute(
        sa.select(fingerprint, article.c.section)
        .join(article, article.c.id == fingerprint.c.article_id)
        .where(any_of(fingerprint.c.article_id, chosen), article.c.state == "public")
    ).all()
    topics: dict[int, dict[str, float]] = {row.article_id: {} for row in rows}
    hits = sa.select(
        article_topic.c.article_id, article_topic.c.slug, article_topic.c.confidence
    ).where(any_of(article_topic.c.article_id, list(topics)))
    for hit in connection.execute(hits):
        topics[hit.article_id][hit.slug] = hit.confidence
    return {
        row.article_id: Found(
            row.article_id,
            row.effective_at,
            row.signature,
            row.size,
            dict(zip(array("q", row.terms), array("f", row.weights), strict=True)),
            row.names,
            topics[row.article_id],
            row.section,
            row.floor,
        )
        for row in rows
    }


def texts(connection: sa.Connection, ids: Iterable[int]) -> dict[int, str]:
    """Read the plain texts of articles."""
    rows = connection.execute(
        sa.select(article.c.id, article.c.text).where(any_of(article.c.id, sorted(set(ids))))
    )
    return {row.id: row.text for row in rows}
