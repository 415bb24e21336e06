"""How close articles are that no edge joins, where a story asks.

What is looked at together is read together, once the first of it is asked for: of most news nothing
is.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import sqlalchemy as sa

from feeds.dedupe.story import same_story
from feeds.pipeline.across import Languages
from feeds.pipeline.desk import Desk
from feeds.store.found import Found, found, rows_of
from feeds.text.vectors import alike


class Closeness:
    """What was read of articles, in one transaction, to compare them by."""

    def __init__(self, desk: Desk, connection: sa.Connection) -> None:
        """Read through a connection, when the first pair is asked for."""
        self._connection = connection
        self._languages = Languages(desk, connection)
        self._expected: set[int] = set()
        self._read: set[int] = set()
        self._found: Found | None = None

    def expect(self, ids: Iterable[int]) -> None:
        """Read these, too, when something has to be read."""
        self._expected.update(ids)

    def compare(self, own: int, others: Sequence[int]) -> Mapping[int, float]:
        """Score an article with others (0 to 1); leaves out who tells something else."""
        known = self._having({own, *others})
        pairs = np.array([sorted((own, other)) for other in others], dtype=np.int64)
        left, right = known.rows(pairs)
        row = rows_of(known.ids, np.array([own], dtype=np.int64))
        theirs = np.where(left == row, right, left)
        hours = 24 * np.abs(known.days[left] - known.days[right])
        told = same_story(
            alike(known.features, np.broadcast_to(row, theirs.shape), theirs),
            hours,
            known.counted[left] & known.counted[right],
            self._languages.across(known, left, right, hours),
        )
        ids, scores = known.ids[theirs].tolist(), told.scores.tolist()
        told_same = zip(ids, scores, told.verdicts.tolist(), strict=True)
        return {other: score for other, score, same in told_same if same}

    def _having(self, ids: set[int]) -> Found:
        """Give what was read, with these among it."""
        known = self._found
        if known is None or not ids <= self._read:
            self._read = ids | self._expected
            known = self._found = found(self._connection, self._read)
        return known
