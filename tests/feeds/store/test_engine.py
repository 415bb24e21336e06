"""Connections: one driver and one zone, whatever the URL says, and no texts in errors."""

import pytest
import sqlalchemy as sa

from feeds.store.engine import connect

SETTINGS = {"timezone": "UTC", "jit": "off", "statement_timeout": "1min", "random_page_cost": "1.1"}
SETTINGS |= {"plan_cache_mode": "force_custom_plan"}


@pytest.mark.parametrize(("name", "value"), SETTINGS.items())
def test_sessions_are_set_up_alike(engine: sa.Engine, name: str, value: str) -> None:
    with engine.connect() as connection:
        assert connection.scalar(sa.text(f"SHOW {name}")) == value


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_any_postgresql_url_is_opened_with_psycopg(scheme: str) -> None:
    made = connect(f"{scheme}://user:secret@127.0.0.1:1/none")
    assert made.url.drivername == "postgresql+psycopg"
    assert "secret" not in repr(made)


def test_an_error_doesnt_hold_the_texts_that_were_sent(engine: sa.Engine) -> None:
    with engine.connect() as connection, pytest.raises(sa.exc.DataError) as caught:
        connection.execute(sa.text("SELECT CAST(:text AS int)"), {"text": "whole article"})
    assert "SQL parameters hidden" in str(caught.value)
