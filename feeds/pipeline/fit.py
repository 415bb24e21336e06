"""Fit: count anew how common words are in the store, and have every article weighed by it.

Each fit is a version. Articles are weighed by the newest one when they are related; a fit starts a
round over the whole store in the reindex lane, and when that has ended all have one version.
Until then vectors of two versions are compared, which is sound: keys mean the same in both.
"""

import numpy as np
import sqlalchemy as sa

from feeds.pipeline.desk import Desk
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
from feeds.store import reindexes, statistics
from feeds.text.reading import read

# As many as a soft limit of 90 s allows by far (0.2 ms each), and more say hardly more.
MOST_ARTICLES = 50_000
_TOGETHER = 500


def fit(desk: Desk) -> int | None:
    """Count over the newest articles and start the round; returns the new version.

    `None` where there are too few articles for counts to mean anything.
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
    now = desk.clock()
    with desk.engine.begin() as connection:
        version = statistics.add(connection, len(ids), pack(counts), now)
        reindexes.create(connection, reindexes.Scope(), "relate", now)
    return version


def is_due(connection: sa.Connection) -> bool:
    """Tell whether the store has outgrown its statistics: twice as many articles, or none yet."""
    counted = min(2 * statistics.newest_size(connection), MOST_ARTICLES)
    articles = statistics.estimated_articles(connection)
    return articles >= max(LEAST_ARTICLES, counted) and counted < MOST_ARTICLES


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
