"""What is asked of the store here begins with an empty one, which all tests share."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from feeds.model import Entry, public_id
from feeds.pipeline.desk import Desk
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.ingest import ingest
from feeds.store import sources
from tests.worker.desks import Named, settle

WIRE = " ".join(f"word{number}" for number in range(80))
OWN = " ".join(f"other{number}" for number in range(80))
TEXTS = {"a": WIRE, "b": WIRE, "c": WIRE, "d": OWN}


@pytest.fixture
def database_url(shared_engine: sa.Engine, empty: Callable[[], None]) -> str:
    """The address of an empty database."""
    empty()
    return shared_engine.url.render_as_string(hide_password=False)


@pytest.fixture
def engine(shared_engine: sa.Engine, database_url: str) -> sa.Engine:
    """A pool on that database."""
    return shared_engine


@pytest.fixture
def named(desk: Desk) -> Named:
    """One text in three places, and another article; ids by name."""
    entries = tuple(
        Entry(guid=name, url=f"https://{name}.example/1", title=f"On {name}", content=text)
        for name, text in TEXTS.items()
    )
    with desk.engine.begin() as connection:
        done = ingest(desk, connection, [Incoming(sources.submitted(connection), entries)])
    settle(desk)
    return {one.draft.guid: public_id(one.article_id) for one in done.settled}


@pytest.fixture
def four(desk: Desk) -> Named:
    """Four articles that have nothing in common; ids by name."""
    entries = tuple(
        Entry(
            guid=name,
            url=f"https://{name}.example/1",
            title=f"On {name}",
            content=" ".join(f"{name}word{number}" for number in range(80)),
        )
        for name in "abcd"
    )
    with desk.engine.begin() as connection:
        done = ingest(desk, connection, [Incoming(sources.submitted(connection), entries)])
    settle(desk)
    return {one.draft.guid: public_id(one.article_id) for one in done.settled}
