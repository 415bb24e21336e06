"""Search: articles by their words, without diacritics, the best and newest first.

Theory: who searches news means something recent, so of words that are everywhere only the newest
`MOST` matches are ranked, and the cost is bounded. A match in the title is worth most, words that
stand close together more than scattered ones. What is ranked is how articles begin; where that
finds little, all their words are asked, and such matches come last. Whoever typed diacritics
meant them: titles that have the very words, wherever they place a tone, come first, and the others
still come. What is withdrawn, or stands behind another article, is never found.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from feeds.store.bulk import any_of, insert_given
from feeds.store.packed import array, numbers, texts
from feeds.store.tables import article, search_due, whole_due
from feeds.text.spelling import spellings

DUE = "due"  # the key of the one row of work
MOST = 1000
ENOUGH = 100  # matches by beginnings after which whole texts are not asked
HALF_LIFE_DAYS = 30
_LONGEST_WORD = 500  # characters of at most four bytes


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
    _note(connection, search_due, ids)


def note_whole_due(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Note articles whose whole texts are to be made searchable; mark the work, too."""
    _note(connection, whole_due, ids)


def take_due(connection: sa.Connection, limit: int) -> list[int]:
    """Take articles that changed, and that no other worker has taken."""
    return list(connection.scalars(_take(search_due.name), {"limit": limit}))


def take_whole_due(connection: sa.Connection, limit: int) -> list[int]:
    """Take articles whose whole texts are due, and that no other worker has taken."""
    return list(connection.scalars(_take(whole_due.name), {"limit": limit}))


def _note(connection: sa.Connection, table: sa.Table, ids: Sequence[int]) -> None:
    if ids:
        rows = [(one,) for one in sorted(ids)]
        connection.execute(insert_given(table, ["article_id"], rows).on_conflict_do_nothing())


@cache
def _take(table: str) -> sa.TextClause:
    # Chosen once: as a subquery the plan may choose anew for each row, and skip what it has locked.
    return sa.text(
        f"""
        WITH chosen AS MATERIALIZED (
          SELECT article_id FROM {table} ORDER BY article_id LIMIT :limit FOR UPDATE SKIP LOCKED
        )
        DELETE FROM {table} d USING chosen
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


def write_whole(connection: sa.Connection, words: Sequence[Words], gone: Collection[int]) -> None:
    """Write all words of articles, and drop those of articles that are gone or short."""
    if gone:
        connection.execute(_DROP_WHOLE, {"ids": numbers(gone)})
    if words:
        ordered = sorted(words, key=lambda one: one.article_id)
        given = {
            "ids": numbers(one.article_id for one in ordered),
            "dates": array(sa.DateTime, [one.effective_at for one in ordered]),
            "texts": texts(_all_words(one) for one in ordered),
        }
        connection.execute(_WRITE_WHOLE, given)


def _all_words(words: Words) -> str:
    """Name each word once; PostgreSQL's longest lexeme has 2,046 bytes."""
    every = {*words.title.split(), *words.text.split()}
    return " ".join([one for one in every if len(one) <= _LONGEST_WORD])


_DROP_WHOLE = sa.text(
    "DELETE FROM searchable_whole WHERE article_id IN (SELECT unnest(CAST(:ids AS bigint[])))"
)
# Folded words need no parser: to_tsvector takes five times as long for the same.
_WRITE_WHOLE = sa.text(
    """
    INSERT INTO searchable_whole (article_id, effective_at, words)
    SELECT id, at, array_to_tsvector(array_remove(string_to_array(said, ' '), ''))
    FROM unnest(CAST(:ids AS bigint[]), CAST(:dates AS timestamptz[]),
                CAST(:texts AS text[])) new(id, at, said)
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
    case and composed; empty when they have none. Phrases are found where articles begin, single
    words anywhere in them.
    """
    written = texts(f"%{_literally(one)}%" for one in spellings(exact) if one)
    asked = {"query": query, "exact": written, "now": now, "limit": limit, "offset": offset}
    bounds = {"most": MOST, "enough": ENOUGH, "half_life": HALF_LIFE_DAYS}
    rows = connection.execute(_FIND, asked | bounds).all()
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
    ),
    further AS MATERIALIZED (
      SELECT article_id FROM searchable_whole
      WHERE (SELECT count(*) FROM newest) < :enough
        AND words @@ websearch_to_tsquery('simple', :query)
      ORDER BY effective_at DESC, article_id DESC LIMIT :enough
    ),
    matched AS (
      SELECT article_id,
        ts_rank_cd('{0.1, 0.2, 0.4, 1.0}', newest.words, asked.query, 0) AS weight
      FROM newest CROSS JOIN asked
      UNION ALL
      SELECT article_id, 0.0005 FROM further
      WHERE article_id NOT IN (SELECT article_id FROM newest)
    )
    SELECT a.id, count(*) OVER () AS total,
      matched.weight
      * CASE WHEN cardinality(asked.exact) = 0 THEN 1.0
             WHEN lower(a.title COLLATE pg_c_utf8) LIKE ANY (asked.exact) THEN 3.0
             WHEN lower(a.excerpt COLLATE pg_c_utf8) LIKE ANY (asked.exact) THEN 2.0 ELSE 1.0 END
      * (0.3 + exp(-ln(2) * greatest(0, least(extract(epoch FROM :now - a.effective_at) / 86400,
                                              100 * :half_life)) / :half_life)) AS score
    FROM asked CROSS JOIN matched CROSS JOIN LATERAL (
      SELECT id, title, excerpt, effective_at, state, related_at, duplicate_of FROM article
      WHERE id = matched.article_id OFFSET 0
    ) a
    WHERE a.state = 'public' AND a.related_at IS NOT NULL AND a.duplicate_of IS NULL
    ORDER BY score DESC, a.effective_at DESC, a.id DESC LIMIT :limit OFFSET :offset
    """
)
