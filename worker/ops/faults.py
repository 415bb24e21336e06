"""Faults: which errors of the store mean "try again later", and how they are answered."""

import sqlalchemy as sa

RETRY_AFTER_S = 5

# Gone, restarting, full, read-only, or all connections taken. Others are mistakes of ours.
UNREACHABLE: tuple[type[Exception], ...] = (
    sa.exc.OperationalError,
    sa.exc.InterfaceError,
    sa.exc.InternalError,
    sa.exc.TimeoutError,
)
