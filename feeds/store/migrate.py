"""Bring a database to the newest tables, and say where it stands."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from feeds.store import locks
from feeds.store.locks import Lock


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Apply all migrations up to a revision in one transaction.

    Safe to run from several processes.
    """
    _run(engine, command.upgrade, revision)


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Undo migrations down to a revision (`base` for none)."""
    _run(engine, command.downgrade, revision)


def current(engine: sa.Engine) -> str | None:
    """Name the revision that the database stands at; `None` for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """Name the newest revision of this release."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    if head is None:
        raise RuntimeError("this installation holds no migrations")
    return head


def config(connection: sa.Connection | None = None) -> Config:
    """Make Alembic's configuration, without a file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["connection"] = connection
    return made


def _run(engine: sa.Engine, what: object, revision: str) -> None:
    assert callable(what)
    with engine.begin() as connection:
        locks.hold(connection, Lock.MIGRATIONS)
        what(config(connection), revision)
