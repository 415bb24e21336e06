"""Connections to the one database."""

from typing import Any

import orjson
import psycopg
import sqlalchemy as sa

from feeds.store.packed import Packed, PackedDumper

# A plan that was made while a table was empty reads all of it when it is full, and a prepared
# statement keeps its plan; so each statement is planned for the table as it is.
_OPTIONS = " ".join(
    (
        "-c timezone=UTC",
        "-c jit=off",
        "-c random_page_cost=1.1",
        "-c statement_timeout=60000",
        "-c plan_cache_mode=force_custom_plan",
    )
)


def connect(url: str, pool_size: int = 4) -> sa.Engine:
    """Open a pool on a PostgreSQL URL; sessions speak UTC, and plan for disks without seeks.

    The planner's own figures are those of turning disks: it would read whole tables too early.
    """
    engine = sa.create_engine(
        sa.make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=pool_size * 2,
        pool_pre_ping=True,
        json_deserializer=orjson.loads,
        hide_parameters=True,  # errors are logged; whole articles in a log hide the error
        connect_args={
            "options": _OPTIONS,
            "connect_timeout": 5,
        },
    )
    sa.event.listen(engine, "connect", _adapt)
    return engine


def _adapt(driver: psycopg.Connection[Any], _record: object) -> None:
    """Let statements carry packed arrays."""
    driver.adapters.register_dumper(Packed, PackedDumper)
