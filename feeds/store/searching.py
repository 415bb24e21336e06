"""Searching: which stored articles may be about the same matter as ours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feeds.store.bulk import any_of, literal
from feeds.store.marks import POSTINGS
from feeds.store.tables import article, fingerprint


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


Ids = NDArray[np.int64]
Pairs = NDArray[np.int64]


def near(connection: sa.Connection, ids: Sequence[int], ahead: timedelta) -> Pairs:
    """Pair articles with the others that share the heaviest features and topics.

    Each feature and topic gives its newest articles up to `ahead` after the article's own date
    (rounded up to half a day, so that what many ask for is looked up once), and each article takes
    its best few, so that the cost per article stays the same however many are stored, and an old
    article that is looked at again finds those of its time. Gives one row a pair: our article, the
    other.
    """
    own, terms, weights, dates = _postings(connection, ids)
    asked, asking = np.unique(terms << _DATES | dates, return_inverse=True)
    chosen = {
        "terms": literal((asked >> _DATES).tolist()),
        "dates": literal((asked & _DATE).tolist()),
        "ahead": ahead,
        "per_term": _PER_TERM,
    }
    found = _places(connection.scalar(_NEAR_BY_TERM, chosen))
    owners, hits = _shared_out(found["place"].astype(np.intp) - 1, asking, asked.size)
    chosen = {"ids": literal(ids), "ahead": ahead, "per_topic": _PER_TOPIC}
    by_topic = _places(connection.scalar(_NEAR_BY_TOPIC, chosen))
    ones = np.array(ids, dtype=np.int64)[by_topic["place"].astype(np.intp) - 1]
    other = np.concatenate([found["other"][hits], by_topic["other"]]).astype(np.int64)
    points = np.concatenate([weights[owners] ** 2, np.full(by_topic.size, _TOPIC_POINTS)])
    return best_of(np.concatenate([own[owners], ones]), other, points, _LEAST_POINTS, _PER_ARTICLE)


def _shared_out(
    places: NDArray[np.intp], asking: NDArray[np.intp], count: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give what was found at each of `count` places to all that asked for the place.

    `asking` names the place of each asker, `places` that of each find. Returns pairs: asker, find.
    """
    by_place = np.argsort(asking, kind="stable")
    sizes = np.bincount(asking, minlength=count)
    begins = np.cumsum(sizes) - sizes
    times = sizes[places]
    finds = np.repeat(np.arange(places.size), times)
    turns = np.arange(finds.size) - np.repeat(np.cumsum(times) - times, times)
    return by_place[begins[places[finds]] + turns], finds


def _places(packed: bytes | None) -> NDArray[np.void]:
    """Read what each asked feature gave: its place from 1, and an article that has it too."""
    return np.frombuffer(packed or b"", dtype=[("place", ">i4"), ("other", ">i8")])


_PER_TERM, _PER_TOPIC, _PER_ARTICLE = 24, 12, 24
_TOPIC_POINTS, _LEAST_POINTS = 25_000, 5_000  # a topic counts as a feature of weight 158 does
_DATES, _DATE, _HALF_DAY_S = np.int64(20), np.int64((1 << 20) - 1), 43_200
# Each step by index, one after the other: OFFSET keeps the planner from joining whole tables first.
_NEAR_BY_TERM = sa.text(
    f"""
    SELECT string_agg(int4send(CAST(own.place AS int4)) || int8send(near.article_id), '')
    FROM unnest(
      CAST(CAST(:terms AS text) AS bigint[]), CAST(CAST(:dates AS text) AS bigint[])
    ) WITH ORDINALITY own(term, date, place)
    CROSS JOIN LATERAL (
      SELECT p.article_id FROM posting p
      WHERE p.term = own.term
        AND p.effective_at <= to_timestamp(own.date * {_HALF_DAY_S}) + :ahead
      ORDER BY p.effective_at DESC, p.article_id DESC LIMIT :per_term
    ) near
    """
)
_NEAR_BY_TOPIC = sa.text(
    f"""
    WITH own AS MATERIALIZED (
      SELECT chosen.place, topic.slug,
        ceil(extract(epoch FROM topic.effective_at) / {_HALF_DAY_S}) AS date
      FROM unnest(CAST(CAST(:ids AS text) AS bigint[])) WITH ORDINALITY chosen(id, place)
      CROSS JOIN LATERAL (
        SELECT slug, effective_at FROM article_topic WHERE article_id = chosen.id OFFSET 0
      ) topic
    ), near AS MATERIALIZED (
      SELECT asked.slug, asked.date, newest.article_id
      FROM (SELECT DISTINCT slug, date FROM own) asked
      CROSS JOIN LATERAL (
        SELECT t.article_id FROM article_topic t
        WHERE t.slug = asked.slug
          AND t.effective_at <= to_timestamp(asked.date * {_HALF_DAY_S}) + :ahead
        ORDER BY t.effective_at DESC, t.article_id DESC LIMIT :per_topic
      ) newest
    )
    SELECT string_agg(int4send(CAST(own.place AS int4)) || int8send(near.article_id), '')
    FROM own JOIN near USING (slug, date)
    """
)


def best_of(own: Ids, other: Ids, points: NDArray[np.intp], least: int, most: int) -> Pairs:
    """Add up the points of each pair; of each own article the `most` with the most points stay.

    Those below `least` go; of equal ones the lower id comes first. A pair of one article with
    itself is none.
    """
    real = own != other
    own, other, points = own[real], other[real], points[real]
    owners, rows = np.unique(own, return_inverse=True)
    # Article and other in one number: one array is sorted five times as fast as two.
    others, places = np.unique(other, return_inverse=True)
    keys = rows << _ROW | places
    order = np.argsort(keys)
    keys, points = keys[order], points[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    totals = np.add.reduceat(points, starts) if starts.size else points
    kept = totals >= least
    keys, totals = keys[starts][kept], totals[kept]
    ranked = np.argsort(
        keys >> _ROW << _ROW | (_HIGHEST - np.minimum(totals, _HIGHEST)), kind="stable"
    )
    rows, places = (keys >> _ROW)[ranked], (keys & _PLACE)[ranked]
    turns = np.arange(rows.size) - np.searchsorted(rows, rows)
    return np.stack([owners[rows], others[places]], axis=1)[turns < most]


_ROW, _PLACE = np.int64(32), np.int64((1 << 32) - 1)
_HIGHEST = np.int64((1 << 31) - 1)


def _postings(
    connection: sa.Connection, ids: Sequence[int]
) -> tuple[Ids, Ids, NDArray[np.intp], Ids]:
    """List the features that articles are found by: article, feature, weight, date in half days."""
    table = fingerprint.c
    columns = (table.article_id, table.effective_at, table.features, table.feature_weights)
    rows = connection.execute(sa.select(*columns).where(any_of(table.article_id, ids))).all()
    weights = [row.feature_weights[:POSTINGS] for row in rows]
    terms = b"".join([row.features[: 4 * POSTINGS] for row in rows])
    sizes = [len(one) for one in weights]
    dates = [-int(-row.effective_at.timestamp() // _HALF_DAY_S) for row in rows]
    return (
        np.repeat(np.array([row.article_id for row in rows], dtype=np.int64), sizes),
        np.frombuffer(terms, dtype="<u4").astype(np.int64),
        np.frombuffer(b"".join(weights), dtype=np.uint8).astype(np.intp),
        np.repeat(np.array(dates, dtype=np.int64), sizes) & _DATE,
    )


def texts(connection: sa.Connection, ids: Iterable[int]) -> dict[int, str]:
    """Read the plain texts of articles."""
    rows = connection.execute(
        sa.select(article.c.id, article.c.text).where(any_of(article.c.id, sorted(set(ids))))
    )
    return {row.id: row.text for row in rows}
