"""Locks: what only one transaction at a time may do, in whichever process it runs."""

from enum import IntEnum

import sqlalchemy as sa


class Lock(IntEnum):
    """What is locked; the numbers are names in ASCII, and other versions' processes know them."""

    MIGRATIONS = 0x714E57495245  # two at once would both create the first table
    GRAPH = 0x6752615048  # edges and groups; what is read and computed before is not locked
    STORIES = 0x73746F7279  # one settles; others write edges meanwhile, and note what they touched
    VERDICTS = 0x76657264696374  # each decision looks at those that hold
    MODELS = 0x6D6F64656C  # versions are numbered one after another


def hold(connection: sa.Connection, lock: Lock) -> None:
    """Wait until nobody else holds a lock; held until the transaction ends."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(int(lock))))
