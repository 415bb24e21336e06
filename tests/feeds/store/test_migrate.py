"""Migrations: there and back, and the result is what `tables` says."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from feeds.store import migrate
from feeds.store.tables import metadata


def tables(engine: sa.Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names()) - {"alembic_version"}


def differences(engine: sa.Engine) -> list[object]:
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, metadata))


def test_the_migrated_database_is_what_the_tables_say(engine: sa.Engine) -> None:
    assert differences(engine) == []
    assert migrate.current(engine) == migrate.newest()


def test_a_database_goes_back_to_nothing_and_comes_again(engine: sa.Engine) -> None:
    migrate.downgrade(engine, "base")
    assert tables(engine) == set()
    assert migrate.current(engine) is None
    migrate.upgrade(engine)
    assert tables(engine) == set(metadata.tables)
    assert differences(engine) == []


def test_upgrading_twice_is_once(engine: sa.Engine) -> None:
    migrate.upgrade(engine)
    assert migrate.current(engine) == migrate.newest()


def test_two_processes_may_migrate_at_once(engine: sa.Engine) -> None:
    migrate.downgrade(engine, "base")
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(migrate.upgrade, engine) for _ in range(2)]:
            done.result()
    assert migrate.current(engine) == migrate.newest()


def test_a_migration_that_fails_leaves_nothing_behind(engine: sa.Engine) -> None:
    migrate.downgrade(engine, "base")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE reindex (id int)"))
    with pytest.raises(sa.exc.ProgrammingError):
        migrate.upgrade(engine)
    assert tables(engine) == {"reindex"}
