"""Learning vectors: what makes them, from a sample of the store, as a part of `fit`."""

from collections.abc import Iterator, Sequence

import numpy as np
import sqlalchemy as sa

from feeds.errors import EmbedderFailed
from feeds.pipeline.desk import Desk
from feeds.pipeline.neighbours import MODEL, Neighbours, Sense, make_sense, written
from feeds.related.embed import learn, lexicon
from feeds.related.features import counted
from feeds.related.statistics import Counts
from feeds.related.terms import plain_case
from feeds.store import models, statistics
from feeds.store.statistics import Text
from feeds.text.reading import read

# What is learned from: twice as many took twice the time. An embedder only says where cells lie.
_LEARNED_FROM, _EMBEDDED = 8000, 2000
_TOGETHER = 250


def is_by(connection: sa.Connection, neighbours: Neighbours) -> bool:
    """Tell whether the active version was made by what makes vectors now."""
    kept = models.versions(connection, MODEL)
    return bool(kept) and kept[0].notes == neighbours.note


def learn_sense(desk: Desk, ids: Sequence[int], counts: Counts) -> Sense | None:
    """Learn from a sample of articles; `None` where they are too few or too poor.

    `counts` says how common features are among all of `ids`. Raises `ConfigError` and
    `EmbedderFailed`.
    """
    articles = _stored(desk, len(ids))
    if desk.neighbours.path:
        embed = desk.neighbours.embedder()
        found = [embed(list(map(written, page))) for page in _pages(desk, ids, _EMBEDDED)]
        if len({page.shape[1] for page in found}) > 1:
            raise EmbedderFailed(f"{desk.neighbours.path}: rows are not always as long")
        return make_sense(desk.neighbours.path, np.concatenate(found), articles, None)
    chosen = lexicon(counts, len(ids))
    rows = [
        chosen.rows(
            counted(read([part for one in page for part in (plain_case(one.title), one.text)]))
        )
        for page in _pages(desk, ids, _LEARNED_FROM)
    ]
    learned = learn(chosen, rows)
    if learned is None:
        return None
    vectors = np.concatenate([learned.embed_rows(page) for page in rows])
    return make_sense("", vectors, articles, learned)


def _stored(desk: Desk, counted: int) -> int:
    """Say how many articles there are, and that is more than are counted over."""
    with desk.engine.connect() as connection:
        return max(counted, models.count_since(connection, None, 10**6))


def _pages(desk: Desk, ids: Sequence[int], most: int) -> Iterator[list[Text]]:
    chosen = ids[:: -(-len(ids) // most)]
    for start in range(0, len(chosen), _TOGETHER):
        with desk.engine.connect() as connection:
            yield statistics.texts(connection, chosen[start : start + _TOGETHER])
