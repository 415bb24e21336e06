"""What is asked of the store here begins with an empty one, which all tests share."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa


@pytest.fixture
def database_url(shared_engine: sa.Engine, empty: Callable[[], None]) -> str:
    """The address of an empty database."""
    empty()
    return shared_engine.url.render_as_string(hide_password=False)


@pytest.fixture
def engine(shared_engine: sa.Engine, database_url: str) -> sa.Engine:
    """A pool on that database."""
    return shared_engine
