"""What the store's tests share: a transaction that is undone, rows to begin with, a counter."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.base import ischema_names

from config.editorial import SourceSpec
from feeds.model import Source
from feeds.store import sources
from feeds.store.engine import connect
from feeds.store.tables import Halfvec, article, sighting

# What is read back from a database; the product itself never asks it for its tables.
ischema_names["halfvec"] = Halfvec

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def clean(migrated: Any) -> Iterator[sa.Engine]:
    """A pool on one database for all tests whose transactions are undone."""
    with migrated() as url:
        engine = connect(url)
        yield engine
        engine.dispose()


@pytest.fixture
def connection(clean: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that is undone."""
    with clean.connect() as opened:
        yield opened


@pytest.fixture
def noon() -> datetime:
    """The moment at which every test happens."""
    return NOON


@pytest.fixture
def add_source(connection: sa.Connection) -> Callable[..., Source]:
    """Declare a source by name."""

    def add(name: str, **more: Any) -> Source:
        fields = {"title": name.title(), "url": f"https://{name}.example/rss", **more}
        sources.declare(connection, [SourceSpec.model_validate({"name": name, **fields})], NOON)
        return sources.find(connection, name)

    return add


@pytest.fixture
def add_article(connection: sa.Connection, add_source: Callable[..., Source]) -> Callable[..., int]:
    """Store an article that is listed, with one sighting; any column may be given."""

    def add(number: int, source: str = "agency", **columns: Any) -> int:
        source_id = add_source(source).id
        row = {
            "id": number,
            "source_id": source_id,
            "guid": f"g{number}",
            "url": f"https://{source}.example/{number}",
            "title": f"Title {number}",
            "excerpt": f"Excerpt {number}",
            "html": f"<p>Text {number}</p>",
            "text": f"Text {number}",
            "language": "en",
            "content_hash": b"hash",
            "first_seen_at": NOON,
            "effective_at": NOON + timedelta(minutes=number),
            "related_at": NOON,
            **columns,
        }
        connection.execute(sa.insert(article).values(**row))
        seen = {name: row[name] for name in ("source_id", "guid", "url", "effective_at")}
        seen |= {"article_id": number, "entry_hash": b"entry", "first_seen_at": NOON}
        connection.execute(sa.insert(sighting).values(**seen))
        return number

    return add


@pytest.fixture
def statements(engine: sa.Engine) -> Callable[[], AbstractContextManager[list[str]]]:
    """Collect the SQL statements that a block sends."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            sent.append(statement)

        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)

    return collect
