"""What is stored of articles that others may be related to, read by the thousand.

Each column comes as one value from the server: rows one by one would cost ten times as much.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feeds.store.bulk import literal
from feeds.text.vectors import Rows, Vectors, Weighed, pack, weigh


@dataclass(frozen=True, slots=True)
class Found:
    """What articles are compared by: one row each, by id.

    `days` counts from 1970; `floors` is the score of each one's last kept edge; `counted` tells
    whose features are weighed by counts over the store.
    """

    ids: NDArray[np.int64]
    days: NDArray[np.float64]
    features: Weighed
    topics: tuple[Mapping[str, float], ...]
    sections: tuple[str | None, ...]
    floors: NDArray[np.float64]
    counted: NDArray[np.bool_]

    def rows(self, pairs: NDArray[np.int64]) -> tuple[Rows, Rows]:
        """Give the rows of pairs of ids, leaving out pairs of which one is not here."""
        left, right = rows_of(self.ids, pairs[:, 0]), rows_of(self.ids, pairs[:, 1])
        known = (left >= 0) & (right >= 0)
        return left[known], right[known]


@dataclass(frozen=True, slots=True)
class Named:
    """What articles are about, in words: one row each, by id.

    `names` holds how each writes its terms, in the order of its vector.
    """

    ids: NDArray[np.int64]
    vectors: Vectors
    names: tuple[str, ...]


def rows_of(ids: NDArray[np.int64], asked: NDArray[np.int64]) -> Rows:
    """Give the rows of asked ids among sorted ones, -1 for those that are not there."""
    if not ids.size:
        return np.full(asked.size, -1, dtype=np.intp)
    at = np.minimum(np.searchsorted(ids, asked), ids.size - 1)
    return np.where(ids[at] == asked, at, -1)


def found(connection: sa.Connection, ids: Iterable[int]) -> Found:
    """Read the features, topics and sections of articles that are public and marked."""
    asked = {"ids": literal(ids)}
    heads, features, weights, sections = connection.execute(_FOUND, asked).one()
    rows = np.frombuffer(heads or b"", dtype=_HEAD)
    order = np.argsort(rows["id"], kind="stable")
    filed = (sections or "").split("\n")
    rows = rows[order]
    numbers = rows["id"].astype(np.int64)
    return Found(
        ids=numbers,
        days=(rows["at"] + _YEAR_2000_US) / 1e6 / 86400,
        features=weigh(_sizes(heads), features or b"", weights or b"").taken(order),
        topics=_topics(connection, asked, numbers),
        sections=tuple(filed[at] or None for at in order.tolist()),
        floors=rows["floor"].astype(np.float64).round(4),  # as scores are
        counted=rows["version"] > 0,
    )


def named(connection: sa.Connection, ids: Iterable[int]) -> Named:
    """Read what articles are about, of those that are marked."""
    heads, terms, weights, names = connection.execute(_NAMED, {"ids": literal(ids)}).one()
    rows = np.frombuffer(heads or b"", dtype=_TITLE)
    vectors = pack(rows["size"].astype(np.intp), terms or b"", weights or b"")
    return Named(
        rows["id"].astype(np.int64), vectors, tuple(names.split(_APART)) if rows.size else ()
    )


def languages(connection: sa.Connection, ids: NDArray[np.int64]) -> NDArray[np.str_]:
    """Read what articles are written in, in the order of their sorted ids."""
    packed, told = connection.execute(_LANGUAGES, {"ids": literal(ids.tolist())}).one()
    known = np.frombuffer(packed or b"", dtype=">i8").astype(np.int64)
    found = np.full(ids.size, "und", dtype="U16")
    found[rows_of(ids, known)] = (told or "").split("\n") if known.size else []
    return found


def _sizes(heads: bytes | None) -> NDArray[np.intp]:
    return np.frombuffer(heads or b"", dtype=_HEAD)["size"].astype(np.intp)


def _topics(
    connection: sa.Connection, asked: Mapping[str, str], ids: NDArray[np.int64]
) -> tuple[Mapping[str, float], ...]:
    """Map each article's topics to how sure they are."""
    packed, slugs = connection.execute(_TOPICS, asked).one()
    hits = np.frombuffer(packed or b"", dtype=[("id", ">i8"), ("sure", ">f8")])
    topics: Sequence[dict[str, float]] = [{} for _ in range(ids.size)]
    rows, sures = rows_of(ids, hits["id"].astype(np.int64)), hits["sure"].round(6).tolist()
    for row, slug, sure in zip(rows.tolist(), (slugs or "").split("\n"), sures, strict=False):
        if row >= 0:
            topics[row][slug] = sure
    return tuple(topics)


_YEAR_2000_US = 946_684_800_000_000
_HEAD = [("id", ">i8"), ("at", ">i8"), ("floor", ">f4"), ("version", ">i4"), ("size", ">i2")]
_TITLE = [("id", ">i8"), ("size", ">i2")]
_APART = "\x1e"
# All columns of one statement come in the same order of rows.
_FOUND = sa.text(
    """
    SELECT
      string_agg(int8send(f.article_id) || timestamptz_send(f.effective_at)
        || float4send(f.floor) || int4send(f.version)
        || int2send(CAST(length(f.feature_weights) AS int2)), ''),
      string_agg(f.features, ''), string_agg(f.feature_weights, ''),
      string_agg(COALESCE(a.section, ''), E'\\n')
    FROM unnest(CAST(CAST(:ids AS text) AS bigint[])) chosen(id)
    JOIN fingerprint f ON f.article_id = chosen.id
    JOIN article a ON a.id = chosen.id
    WHERE a.state = 'public'
    """
)
_TOPICS = sa.text(
    """
    SELECT string_agg(int8send(t.article_id) || float8send(CAST(t.confidence AS float8)), ''),
      string_agg(t.slug, E'\\n')
    FROM unnest(CAST(CAST(:ids AS text) AS bigint[])) chosen(id)
    JOIN article_topic t ON t.article_id = chosen.id
    """
)
_LANGUAGES = sa.text(
    """
    SELECT string_agg(int8send(a.id), ''), string_agg(a.language, E'\\n')
    FROM unnest(CAST(CAST(:ids AS text) AS bigint[])) chosen(id) JOIN article a ON a.id = chosen.id
    """
)
_NAMED = sa.text(
    f"""
    SELECT
      string_agg(int8send(article_id) || int2send(CAST(length(weights) / 4 AS int2)), ''),
      string_agg(terms, ''), string_agg(weights, ''),
      string_agg(names, E'\\x{ord(_APART):x}')
    FROM (
      SELECT f.article_id, f.terms, f.weights, f.names
      FROM unnest(CAST(CAST(:ids AS text) AS bigint[])) chosen(id)
      JOIN fingerprint f ON f.article_id = chosen.id ORDER BY f.article_id OFFSET 0
    ) f
    """
)
