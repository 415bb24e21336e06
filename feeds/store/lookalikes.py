"""Lookalikes: stored articles that may say the same as ours, by the shingles they are looked up by.

Theory: a stock phrase is shared by thousands of articles, and hardly says that two are one. So an
article that shares one crowded shingle with ours and no other is left out: reading the sketches of
all these took most of the time at a million articles. Two copies share most of their shingles, and
an excerpt shares one that is rare.
"""

from collections.abc import Sequence

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from feeds.store.bulk import any_of, literal
from feeds.store.marks import looked_up
from feeds.store.tables import fingerprint

Pairs = NDArray[np.int64]


def lookalikes(connection: sa.Connection, ids: Sequence[int], per_shingle: int = 20) -> Pairs:
    """Pair articles with others that share shingles; at most `per_shingle` for each shingle.

    Gives one row a pair: the smaller id, the larger.
    """
    keys, owners = _keys(connection, ids)
    asked = {"keys": literal(keys), "per_shingle": per_shingle}
    packed = connection.scalar(_HOLDERS, asked)
    found = np.frombuffer(packed or b"", dtype=[("place", ">i4"), ("other", ">i8")])
    places = found["place"].astype(np.intp) - 1
    crowded = np.bincount(places, minlength=len(keys)) >= per_shingle
    own = np.array(owners, dtype=np.int64)[places]
    other = found["other"].astype(np.int64)
    real = own != other
    return likely(own[real], other[real], crowded[places[real]])


def likely(own: Pairs, other: Pairs, crowded: NDArray[np.bool_]) -> Pairs:
    """Leave out pairs that share one shingle only, and that one `crowded`.

    Takes a row for each shingle that a pair shares, from either side; gives each pair once.
    """
    if not own.size:
        return np.zeros((0, 2), dtype=np.int64)
    left, right = np.minimum(own, other), np.maximum(own, other)
    # What one article alone was asked for counts once, what both were asked for twice.
    order = np.lexsort((own, right, left))
    left, right, own, crowded = left[order], right[order], own[order], crowded[order]
    new_pair = np.ones(left.size, dtype=np.bool_)
    new_pair[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1])
    new_side = new_pair.copy()
    new_side[1:] |= own[1:] != own[:-1]
    sides = np.flatnonzero(new_side)
    several = np.diff(sides, append=left.size) > 1
    rare = ~np.logical_and.reduceat(crowded, sides)
    starts = np.searchsorted(sides, np.flatnonzero(new_pair))
    kept = np.logical_or.reduceat(several | rare, starts)
    firsts = np.flatnonzero(new_pair)[kept]
    return np.stack([left[firsts], right[firsts]], axis=1)


def _keys(connection: sa.Connection, ids: Sequence[int]) -> tuple[list[int], list[int]]:
    """List the shingles that articles are looked up by, and beside each its article.

    A short text has a sketch, and none of its shingles in the table.
    """
    packed = connection.execute(
        sa.select(fingerprint.c.article_id, fingerprint.c.sketch, fingerprint.c.opening).where(
            any_of(fingerprint.c.article_id, ids)
        )
    ).all()
    keys = [np.frombuffer(looked_up(row.sketch, row.opening), dtype="<i8") for row in packed]
    owners = np.repeat([row.article_id for row in packed], [own.size for own in keys])
    joined = np.concatenate([np.zeros(0, dtype=np.int64), *keys])
    return joined.tolist(), owners.tolist()


_HOLDERS = sa.text(
    """
    SELECT string_agg(int4send(CAST(own.place AS int4)) || int8send(other.article_id), '')
    FROM unnest(CAST(CAST(:keys AS text) AS bigint[])) WITH ORDINALITY own(shingle, place)
    CROSS JOIN LATERAL (
      SELECT s.article_id FROM shingle s
      WHERE s.shingle = own.shingle ORDER BY s.article_id LIMIT :per_shingle
    ) other
    """
)
