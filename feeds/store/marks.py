"""Marks: what articles are found by, written when they come and when they are edited."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feeds.store import vectors
from feeds.store.bulk import any_of, copy, copy_numbers, given, moment
from feeds.store.tables import article, fingerprint, posting, shingle

# Articles are found by their heaviest features only; all of them count in the score. Of pairs of
# one story 16 find 0.98, 12 find 0.96.
POSTINGS = 16
# Of a sketch the first are looked up, besides those of the opening; a short text has none of them
# in the table.
KEYS = 10


# What a mark depends on: date, hash of the text, terms, version of the statistics.
MarkKey = tuple[datetime, bytes, tuple[int, ...], int]


@dataclass(frozen=True, slots=True)
class Mark:
    """What an article is found by: shingles of its text, terms (heaviest first) of its matter."""

    article_id: int
    effective_at: datetime
    exact: bytes
    sketch: bytes
    size: int
    shingles: tuple[int, ...]
    terms: tuple[int, ...]
    weights: tuple[float, ...]
    names: tuple[str, ...]
    features: bytes = b""
    feature_weights: bytes = b""
    version: int = 0

    @property
    def key(self) -> MarkKey:
        """Tell whether an article has this mark already."""
        return (self.effective_at, self.exact, self.terms, self.version)


def write_marks(connection: sa.Connection, marks: Sequence[Mark], again: Iterable[int]) -> None:
    """Store what articles are found by; `again` names those that had marks before.

    Raises `Raced` when another worker marked one of them meanwhile.
    """
    unmark(connection, again)
    if not marks:
        return
    ordered = sorted(marks, key=lambda mark: mark.article_id)
    copy(connection, fingerprint, _PACKED, [_packed(mark) for mark in ordered])
    ids = np.array([mark.article_id for mark in ordered], dtype=np.int64)
    moments = np.array([moment(mark.effective_at) for mark in ordered], dtype=np.int64)
    sizes = [len(mark.shingles) for mark in ordered]
    found = np.array([key for mark in ordered for key in mark.shingles], dtype=np.int64)
    _write(connection, shingle, found, np.repeat(ids, sizes))
    packed = [mark.features[: 4 * POSTINGS] for mark in ordered]
    sizes = [len(one) // 4 for one in packed]
    terms = np.frombuffer(b"".join(packed), dtype="<u4").astype(np.int64)
    _write(connection, posting, terms, np.repeat(moments, sizes), np.repeat(ids, sizes))


def _write(connection: sa.Connection, table: sa.Table, *columns: NDArray[np.int64]) -> None:
    """Write rows in the order of their key, which keeps them together in its index."""
    if columns[0].size:
        order = np.lexsort(columns[::-1])
        names = [column.key for column in table.c]
        copy_numbers(connection, table, names, *(column[order] for column in columns))


_PACKED = (
    "article_id",
    "effective_at",
    "exact",
    "sketch",
    "size",
    "opening",
    "terms",
    "weights",
    "names",
    "features",
    "feature_weights",
    "version",
)


def _packed(mark: Mark) -> tuple[object, ...]:
    return (
        mark.article_id,
        mark.effective_at,
        mark.exact,
        mark.sketch,
        mark.size,
        array("q", mark.shingles[KEYS:]).tobytes(),
        array("q", mark.terms).tobytes(),
        array("f", mark.weights).tobytes(),
        "\n".join(mark.names),
        mark.features,
        mark.feature_weights,
        mark.version,
    )


def looked_up(sketch: bytes, opening: bytes) -> bytes:
    """Give the shingles that an article is looked up by, packed, from what is stored of it."""
    return sketch[: 8 * KEYS] + opening


def postings_of(features: bytes) -> list[int]:
    """List the keys that an article is found by, from its packed features."""
    return array("I", features[: 4 * POSTINGS]).tolist()


def unmark(connection: sa.Connection, ids: Iterable[int]) -> None:
    """Make articles unfindable (edited before they are marked again, or withdrawn)."""
    chosen = list(ids)
    if not chosen:
        return
    gone = connection.execute(
        sa.delete(fingerprint)
        .where(any_of(fingerprint.c.article_id, chosen))
        .returning(fingerprint)
    ).all()
    vectors.drop(connection, chosen)
    shingles = [
        (key, row.article_id)
        for row in gone
        for key in array("q", looked_up(row.sketch, row.opening))
    ]
    postings = [
        (key, row.effective_at, row.article_id) for row in gone for key in postings_of(row.features)
    ]
    for table, rows in ((shingle, shingles), (posting, postings)):
        if rows:
            old = given(list(table.c), rows)
            same = sa.and_(*(column == old.c[column.key] for column in table.c))
            connection.execute(sa.delete(table).where(same))


def stored_marks(connection: sa.Connection, ids: Sequence[int]) -> dict[int, MarkKey]:
    """Read what articles were marked with before."""
    table = fingerprint.c
    columns = (table.article_id, table.effective_at, table.exact, table.terms, table.version)
    rows = connection.execute(sa.select(*columns).where(any_of(table.article_id, ids)))
    return {
        row.article_id: (row.effective_at, row.exact, tuple(array("q", row.terms)), row.version)
        for row in rows
    }


def sketches(connection: sa.Connection, ids: Iterable[int]) -> dict[int, bytes]:
    """Read the sketches of articles that are marked."""
    rows = connection.execute(
        sa.select(fingerprint.c.article_id, fingerprint.c.sketch).where(
            any_of(fingerprint.c.article_id, sorted(ids))
        )
    )
    return {row.article_id: row.sketch for row in rows}


@dataclass(frozen=True, slots=True)
class Written:
    """A stored article's text, the address that it stands at ("" for none), and its source."""

    url: str
    source_id: int
    text: str


def written(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Written]:
    """Read the texts of articles."""
    rows = connection.execute(
        sa.select(article.c.id, article.c.url, article.c.source_id, article.c.text).where(
            any_of(article.c.id, sorted(ids))
        )
    )
    return {row.id: Written(*row[1:]) for row in rows}
