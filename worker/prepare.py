"""Prepare a store: newest tables, editors' sources and partners, and work that is always due."""

from collections.abc import Sequence

from config.editorial import SourceSpec
from feeds.pipeline import fit, learn, tidy
from feeds.pipeline.desk import Desk
from feeds.store import migrate, partners, sources, work


def prepare(desk: Desk, specs: Sequence[SourceSpec]) -> None:
    """Migrate, declare sources and partners, and mark what comes back by itself.

    Safe to run again.
    """
    migrate.upgrade(desk.engine)
    now = desk.clock()
    with desk.engine.begin() as connection:
        sources.submitted(connection)
        sources.declare(connection, specs, now)
        partners.declare(connection, desk.editorial.partners, now)
        work.mark(connection, "tidy", tidy.KEYS, now)
        work.mark(connection, "fit", [fit.KEY], now, lane=work.REINDEX)
        work.mark(connection, "learn", [learn.KEY], now, lane=work.REINDEX)
