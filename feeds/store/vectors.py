"""Vectors in the store: one of pgvector's half precision an article, of the version that made it.

Processes hold what is stored in memory, so each asks for what was written since it asked last. Ids
and clocks don't tell that: who began earlier may commit later. So a row carries the transaction
that wrote it, and what is asked for is all that was not certainly there before.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feeds.store.bulk import any_of, literal
from feeds.store.tables import article_vector

MOST_READ = 500_000  # the newest; 100 MB in memory
_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_LAST = 2**63 - 1
_COPY = "COPY article_vector (article_id, version, vector) FROM STDIN (FORMAT BINARY)"


@dataclass(frozen=True, slots=True)
class Stored:
    """Vectors by their articles' ids, one row each, and what to ask for next time (`since`)."""

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    written: NDArray[np.int64]
    since: int


def write(
    connection: sa.Connection, version: int, ids: NDArray[np.int64], vectors: NDArray[np.float32]
) -> None:
    """Store articles' vectors, in place of those that they had."""
    if not ids.size:
        return
    drop(connection, ids.tolist())
    rows = np.zeros(ids.size, dtype=_row(vectors.shape[1]))
    rows["fields"], rows["id_bytes"], rows["version_bytes"] = 3, 8, 4
    rows["vector_bytes"], rows["dimensions"] = 4 + 2 * vectors.shape[1], vectors.shape[1]
    rows["id"], rows["version"], rows["vector"] = ids, version, vectors
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(_COPY) as to:
        to.write(_HEADER + rows.tobytes() + _TRAILER)


def _row(dimensions: int) -> np.dtype[np.void]:
    """Lay out a row as COPY's binary format has it; a halfvec is two counts and its numbers."""
    return np.dtype(
        [
            ("fields", ">i2"),
            ("id_bytes", ">i4"),
            ("id", ">i8"),
            ("version_bytes", ">i4"),
            ("version", ">i4"),
            ("vector_bytes", ">i4"),
            *_halfvec(dimensions),
        ]
    )


def _halfvec(dimensions: int) -> list[tuple[str, str] | tuple[str, str, tuple[int]]]:
    return [("dimensions", ">i2"), ("unused", ">i2"), ("vector", ">f2", (dimensions,))]


def drop(connection: sa.Connection, ids: Iterable[int]) -> None:
    """Forget articles' vectors."""
    connection.execute(sa.delete(article_vector).where(any_of(article_vector.c.article_id, ids)))


def of_articles(
    connection: sa.Connection, version: int, ids: Iterable[int], dimensions: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Read the vectors of articles that have one of this version: ids, and a row for each."""
    row = connection.execute(_OF_ARTICLES, {"version": version, "ids": literal(ids)}).one()
    found = _read(row.packed, dimensions)
    return found.ids, found.vectors


def written_since(
    connection: sa.Connection, version: int, since: int, dimensions: int, page: int = 50_000
) -> Iterator[Stored]:
    """Read the vectors of a version that may have been written since, newest first, by pages.

    0 asks for all; there is one page at least. What to ask for next time stands in the first: what
    is written while pages are read comes then.
    """
    place, read = (_LAST, _LAST), 0
    while True:
        asked = {"version": version, "since": since, "page": page}
        place_of = {"written": place[0], "article": place[1]}
        row = connection.execute(_SINCE, asked | place_of).one()
        found = replace(_read(row.packed, dimensions), since=row.since)
        yield found
        read += found.ids.size
        if found.ids.size < page or read >= MOST_READ:
            return
        place = min(zip(found.written.tolist(), found.ids.tolist(), strict=True))


def _read(packed: bytes | None, dimensions: int) -> Stored:
    kind = np.dtype([("id", ">i8"), ("written", ">i8"), *_halfvec(dimensions)])
    rows = np.frombuffer(packed or b"", dtype=kind)
    return Stored(
        rows["id"].astype(np.int64),
        rows["vector"].astype(np.float32),
        rows["written"].astype(np.int64),
        0,
    )


# As one string of bytes: rows by themselves cost the driver ten times as much.
_PACKED = "string_agg(int8send(article_id) || int8send(written) || halfvec_send(vector), '')"
_OF_ARTICLES = sa.text(
    f"""
    SELECT {_PACKED} AS packed FROM article_vector
    WHERE version = :version
      AND article_id IN (SELECT unnest(CAST(CAST(:ids AS text) AS bigint[])))
    """
)
# One statement, so one snapshot: all transactions before its oldest running one have ended.
_SINCE = sa.text(
    f"""
    SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) AS since, (
      SELECT {_PACKED} FROM (
        SELECT article_id, written, vector FROM article_vector
        WHERE version = :version AND written >= :since
          AND (written, article_id) < (:written, :article)
        ORDER BY written DESC, article_id DESC LIMIT :page
      ) newest
    ) AS packed
    """
)
