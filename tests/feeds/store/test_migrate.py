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


def test_decisions_that_were_stored_pair_by_pair_become_decisions(engine: sa.Engine) -> None:
    """Of a pair with several words the newest is left below, where there is one for each."""
    migrate.downgrade(engine, "0018")
    with engine.begin() as connection:
        for statement in _BEFORE_DECISIONS.split(";"):
            connection.execute(sa.text(statement))
    asked = sa.text("SELECT left_id, right_id, together, decision FROM verdict ORDER BY 1, 2, 4")
    migrate.upgrade(engine)
    with engine.begin() as connection:
        found = [tuple(row) for row in connection.execute(asked)]
        (line,) = connection.scalars(sa.text("SELECT id FROM audit"))
        assert found == [(1, 2, False, line), (1, 3, False, line), (2, 3, True, -1)]
        again = "INSERT INTO verdict SELECT 1, n, 'story', {}, 'ben', now(), '', 99 FROM {}"
        connection.execute(sa.text(again.format("true", "generate_series(2, 2) n")))
        connection.execute(sa.text(again.format("NULL", "generate_series(3, 3) n")))
    migrate.downgrade(engine, "0018")
    with engine.begin() as connection:
        rows = connection.execute(sa.text("SELECT left_id, right_id, together FROM verdict"))
        assert sorted(map(tuple, rows)) == [(1, 2, True), (2, 3, True)]


_BEFORE_DECISIONS = """
    INSERT INTO source (name, title, url, timezone) VALUES ('s', 'S', 'https://s.example/', 'UTC');
    INSERT INTO article (id, source_id, guid, url, title, excerpt, html, text, language,
        content_hash, first_seen_at, effective_at)
      SELECT n, s.id, n, '', '', '', '', '', 'vi', '', now(), now()
      FROM source s, generate_series(1, 3) n WHERE s.name = 's';
    INSERT INTO audit (at, actor, action, detail)
      VALUES ('2026-11-20', 'anna', 'split', '{"kind"\\: "story"}');
    INSERT INTO verdict VALUES (1, 2, 'story', false, 'anna', '2026-11-20', ''),
      (1, 3, 'story', false, 'anna', '2026-11-20', ''), (2, 3, 'story', true, 'ben', now(), '')
"""
