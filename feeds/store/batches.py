"""Batches: what was counted elsewhere and is handed in to be added, each once.

A batch's id commits with what it adds, so whoever has not heard of a commit hands it in again.
"""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.store.tables import usage_batch

# A batch that was added and could not be forgotten by its counter is handed in again; not so late.
_KEPT = timedelta(days=30)


def is_new(connection: sa.Connection, batch: UUID, now: datetime) -> bool:
    """Note a batch; tells whether it was never added before."""
    noted = insert(usage_batch).values(id=batch, at=now).on_conflict_do_nothing()
    if connection.scalar(noted.returning(usage_batch.c.id)) is None:
        return False
    connection.execute(sa.delete(usage_batch).where(usage_batch.c.at < now - _KEPT))
    return True
