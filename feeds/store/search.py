"""Search: articles by their words, without diacritics, the best and newest first.

Theory: who searches news means something recent, so of words that are everywhere only the newest
`MOST` matches are ranked, and the cost is bounded. A match in the title is worth most, words that
stand close together more than scattered ones. Whoever typed diacritics meant them: titles that
have the very words, wherever they place a tone, come first, and the others still come. What is
withdrawn, or stands behind another article, is never found.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.store.bulk import any_of, insert_given
from feeds.store.packed import array, numbers, texts
from feeds.store.tables import article, search_due
from feeds.text.spelling import spellings

DUE = "due"  # the key of the one row of work
MOST = 1000
HALF_LIFE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Told:
    """What a public article says."""

    article_id: int
    effective_at: datetime
    title: str
    excerpt: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """What an article is searched by: folded words, parted by spaces."""

    article_id: int
    effective_at: datetime
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found, best first; `total` counts no further than `MOST`."""

    ids: tuple[int, ...]
    total: int


def note_due(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Note articles that changed; mark the work, too."""
    if ids:
        rows = [(one,) for one in sorted(ids)]
        connection.execute(insert_given(search_due, ["article_id"], rows).on_conflict_do_nothing())


def take_due(connection: sa.Connection, limit: int) -> list[int]:
    """Take articles that changed, and that no other worker has taken."""
    return list(connection.scalars(_TAKE, {"limit": limit}))


# Chosen once: as a subquery the plan may choose anew for each row, and skip what it has locked.
_TAKE = sa.text(
    """
    WITH chosen AS MATERIALIZED (
      SELECT article_id FROM search_due ORDER BY article_id LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    DELETE FROM search_due d USING chosen
    WHERE d.article_id = chosen.article_id RETURNING d.article_id
    """
)


def told(connection: sa.Connection, ids: Sequence[int], longest: int) -> list[Told]:
    """Read what public articles say, texts no longer than `longest` characters."""
    rows = connection.execute(
        sa.select(
            article.c.id,
            article.c.effective_at,
            article.c.title,
            article.c.excerpt,
            sa.func.left(article.c.text, longest),
        ).where(any_of(article.c.id, ids), article.c.state == "public")
    ).all()
    return [Told(*row) for row in rows]


def write(connection: sa.Connection, words: Sequence[Words], gone: Collection[int]) -> None:
    """Write what articles are searched by, and drop those that are gone."""
    if gone:
        connection.execute(_DROP, {"ids": numbers(gone)})
    if words:
        ordered = sorted(words, key=lambda one: one.article_id)
        given = {
            "ids": numbers(one.article_id for one in ordered),
            "dates": array(sa.DateTime, [one.effective_at for one in ordered]),
            "titles": texts(one.title for one in ordered),
            "texts": texts(one.text for one in ordered),
        }
        connection.execute(_WRITE, given)


_DROP = sa.text(
    "DELETE FROM searchable WHERE article_id IN (SELECT unnest(CAST(:ids AS bigint[])))"
)
_WRITE = sa.text(
    """
    INSERT INTO searchable (article_id, effective_at, words)
    SELECT id, at, setweight(to_tsvector('simple', title), 'A') || to_tsvector('simple', said)
    FROM unnest(CAST(:ids AS bigint[]), CAST(:dates AS timestamptz[]),
                CAST(:titles AS text[]), CAST(:texts AS text[])) new(id, at, title, said)
    ON CONFLICT (article_id)
    DO UPDATE SET effective_at = excluded.effective_at, words = excluded.words
    """
)


def find(
    connection: sa.Connection, query: str, exact: str, now: datetime, limit: int, offset: int = 0
) -> Found:
    """Find articles that may be listed.

    `query` is in the form that websearch_to_tsquery reads: folded words, quotes around phrases,
    a minus before what must not be there. `exact` are the words with their diacritics, in lower
    case and composed; empty when they have none.
    """
    written = texts(f"%{_literally(one)}%" for one in spellings(exact) if one)
    asked = {"query": query, "exact": written, "now": now, "limit": limit, "offset": offset}
    rows = connection.execute(_FIND, {**asked, "most": MOST, "half_life": HALF_LIFE_DAYS}).all()
    return Found(tuple(row.id for row in rows), rows[0].total if rows else 0)


def _literally(text: str) -> str:
    return re.sub(r"[\\%_]", r"\\\g<0>", text)


# Rare words are looked up in the index of words, and common ones met by date: the planner knows
# how common each is. OFFSET keeps it from joining the whole table. Ages are bounded because
# PostgreSQL's exp fails where it would be 0.
_FIND = sa.text(
    """
    WITH asked AS (
      SELECT websearch_to_tsquery('simple', :query) AS query, CAST(:exact AS text[]) AS exact
    ),
    newest AS MATERIALIZED (
      SELECT article_id, words FROM searchable
      WHERE words @@ websearch_to_tsquery('simple', :query)
      ORDER BY effective_at DESC, article_id DESC LIMIT :most
    )
    SELECT a.id, count(*) OVER () AS total,
      ts_rank_cd('{0.1, 0.2, 0.4, 1.0}', newest.words, asked.query, 0)
      * CASE WHEN cardinality(asked.exact) = 0 THEN 1.0
             WHEN lower(a.title COLLATE pg_c_utf8) LIKE ANY (asked.exact) THEN 3.0
             WHEN lower(a.excerpt COLLATE pg_c_utf8) LIKE ANY (asked.exact) THEN 2.0 ELSE 1.0 END
      * (0.3 + exp(-ln(2) * greatest(0, least(extract(epoch FROM :now - a.effective_at) / 86400,
                                              100 * :half_life)) / :half_life)) AS score
    FROM asked CROSS JOIN newest CROSS JOIN LATERAL (
      SELECT id, title, excerpt, effective_at, state, related_at, duplicate_of FROM article
      WHERE id = newest.article_id OFFSET 0
    ) a
    WHERE a.state = 'public' AND a.related_at IS NOT NULL AND a.duplicate_of IS NULL
    ORDER BY score DESC, a.effective_at DESC, a.id DESC LIMIT :limit OFFSET :offset
    """
)
