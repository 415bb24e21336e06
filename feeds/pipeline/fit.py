"""Fit: count anew how common words are in the store, learn vectors, and have all related by both.

Each fit is a version. Articles are weighed by the newest one when they are related; a fit starts a
round over the whole store in the reindex lane, and when that has ended all have one version. It
is due when as many articles came in since as were counted, so a store is related anew ever more
rarely.
Until then vectors of two versions are compared, which is sound: keys mean the same in both.
"""

from datetime import timedelta

import numpy as np
import sqlalchemy as sa

from feeds.pipeline.desk import Desk
from feeds.pipeline.learn_vectors import is_by, learn_sense
from feeds.pipeline.neighbours import MODEL
from feeds.related.features import count
from feeds.related.statistics import (
    BITS,
    LEAST_ARTICLES,
    NOTHING_COUNTED,
    Statistics,
    pack,
    unpack,
)
from feeds.related.terms import plain_case
from feeds.store import models, reindexes, statistics, work
from feeds.text.reading import read

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
        due = models.count_since(connection, since, least) >= least
        if not due and not is_by(connection, desk.neighbours):
            due = models.count_since(connection, None, LEAST_ARTICLES) >= LEAST_ARTICLES
    version = fit(desk) if due else None
    with desk.engine.begin() as connection:
        later = dict.fromkeys(claimed.keys, desk.clock() + _EVERY)
        work.again(connection, claimed, later)
    return 0 if version is None else 1


def fit(desk: Desk) -> int | None:
    """Count over the newest articles and start the round; returns the new version.

    `None` where there are too few articles for counts to mean anything. Raises `ConfigError` and
    `EmbedderFailed` where the operator's embedder can't be loaded or gives no vectors.
    """
    with desk.engine.connect() as connection:
        ids = statistics.newest_ids(connection, MOST_ARTICLES)
    if len(ids) < LEAST_ARTICLES:
        return None
    counts = np.zeros(1 << BITS, dtype=np.int32)
    for start in range(0, len(ids), _TOGETHER):
        with desk.engine.connect() as connection:
            found = statistics.texts(connection, ids[start : start + _TOGETHER])
        count(read([part for one in found for part in (plain_case(one.title), one.text)]), counts)
    sense = learn_sense(desk, ids, counts)
    now = desk.clock()
    with desk.engine.begin() as connection:
        version = statistics.add(connection, len(ids), pack(counts), now)
        body = b"" if sense is None else sense.dump()
        models.add(connection, body, len(ids), desk.neighbours.note, now, MODEL)
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
