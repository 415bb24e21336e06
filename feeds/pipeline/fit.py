"""Fit: count anew how common words are in the store, learn vectors, and have all related by both.

Each fit is a version. Articles are weighed by the newest one when they are related; a fit starts a
round over the whole store in the reindex lane, and when that has ended all have one version. It
is due when as many articles came in since as were counted, so a store is related anew ever more
rarely.
Until then vectors of two versions are compared, which is sound: keys mean the same in both.
"""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import sqlalchemy as sa
import structlog

from config.errors import ConfigError
from feeds.errors import EmbedderFailed
from feeds.pipeline.desk import Desk
from feeds.pipeline.learn_vectors import is_by, learn_sense
from feeds.pipeline.neighbours import MODEL, Sense
from feeds.related.features import count
from feeds.related.statistics import (
    BITS,
    LEAST_ARTICLES,
    NOTHING_COUNTED,
    Counts,
    Statistics,
    pack,
    unpack,
)
from feeds.related.terms import plain_case
from feeds.store import models, reindexes, statistics, work
from feeds.text.reading import read

log = structlog.get_logger()

# As many as a soft limit of 90 s allows by far (0.2 ms each), and more say hardly more.
MOST_ARTICLES = 50_000
_TOGETHER = 500
KEY = "statistics"
_EVERY = timedelta(hours=1)


def fit_when_due(desk: Desk, claimed: work.Claim) -> int:
    """Fit if the store has doubled since the last time, and come back; returns 1 if it did."""
    with desk.engine.connect() as connection:
        last = statistics.newest(connection)
        least = max(LEAST_ARTICLES, min(last.articles, MOST_ARTICLES)) if last else LEAST_ARTICLES
        since = last.fitted_at if last else None
        has_doubled = models.count_since(connection, since, least) >= least
        due = has_doubled
        if not due and not is_by(connection, desk.neighbours):
            due = models.count_since(connection, None, LEAST_ARTICLES) >= LEAST_ARTICLES
    version = _fit_with_what_works(desk, has_doubled) if due else None
    with desk.engine.begin() as connection:
        later = dict.fromkeys(claimed.keys, desk.clock() + _EVERY)
        work.again(connection, claimed, later)
    return 0 if version is None else 1


def fit(desk: Desk) -> int | None:
    """Count over the newest articles and start the round; returns the new version.

    `None` where there are too few articles for counts to mean anything. Raises `ConfigError` and
    `EmbedderFailed` where the operator's embedder can't be loaded or gives no vectors.
    """
    ids, counts = _counted(desk)
    if not ids:
        return None
    return _store(desk, len(ids), counts, learn_sense(desk, ids, counts), desk.neighbours.note)


def _fit_with_what_works(desk: Desk, has_doubled: bool) -> int | None:
    """Fit; where the embedder fails, store the counts alone if these are due.

    What is stored then is by no embedder, so it is tried again the next time.
    """
    ids, counts = _counted(desk)
    if not ids:
        return None
    try:
        sense = learn_sense(desk, ids, counts)
    except (ConfigError, EmbedderFailed) as exc:
        log.error("embedder_failed", why=str(exc))
        if not has_doubled:
            return None
        return _store(desk, len(ids), counts, None, f"no vectors: {desk.neighbours.path} failed")
    return _store(desk, len(ids), counts, sense, desk.neighbours.note)


def _counted(desk: Desk) -> tuple[Sequence[int], Counts]:
    """Count the features of the newest articles; of none where they are too few."""
    with desk.engine.connect() as connection:
        ids = statistics.newest_ids(connection, MOST_ARTICLES)
    counts = np.zeros(1 << BITS, dtype=np.int32)
    if len(ids) < LEAST_ARTICLES:
        return [], counts
    for start in range(0, len(ids), _TOGETHER):
        with desk.engine.connect() as connection:
            found = statistics.texts(connection, ids[start : start + _TOGETHER])
        count(read([part for one in found for part in (plain_case(one.title), one.text)]), counts)
    return ids, counts


def _store(desk: Desk, articles: int, counts: Counts, sense: Sense | None, note: str) -> int:
    """Store what was counted and learned, and have all articles related by it."""
    now = desk.clock()
    with desk.engine.begin() as connection:
        version = statistics.add(connection, articles, pack(counts), now)
        body = b"" if sense is None else sense.dump()
        models.add(connection, body, articles, note, now, MODEL)
        reindexes.create(connection, reindexes.Scope(), "relate", now)
    return version


def current(desk: Desk, connection: sa.Connection) -> Statistics:
    """Give the newest statistics; read once by each process."""
    version = statistics.newest_version(connection)
    if not version:
        return NOTHING_COUNTED
    if version not in desk.fitted:
        found = statistics.read(connection, version)
        desk.fitted.clear()
        desk.fitted[version] = unpack(found.version, found.articles, found.body)
    return desk.fitted[version]
