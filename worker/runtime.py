"""The composition root: what a process needs, put together once from its settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from config.editorial import Editorial, load_editorial
from config.errors import ConfigError
from config.settings import Settings, load_settings
from feeds.pipeline.desk import Desk
from feeds.store.engine import connect
from worker import embedded


@cache
def settings() -> Settings:
    """Read this process's settings, once."""
    return load_settings()


@cache
def editorial() -> Editorial:
    """Read the editors' choices, once."""
    return load_editorial(settings().config_dir)


def database_url(chosen: Settings) -> str:
    """Name the database: the one that is set, else the embedded one that runs for this data folder.

    Raises `ConfigError` when there is neither.
    """
    if chosen.database_url is not None:
        return chosen.database_url.get_secret_value()
    return _embedded(chosen.data_dir, "TINWIRE_DATABASE_URL").database_url


def broker_url(chosen: Settings) -> str:
    """Name the broker: the one that is set, else the embedded one that runs for this data folder.

    Raises `ConfigError` when there is neither.
    """
    if chosen.broker_url is not None:
        return chosen.broker_url.get_secret_value()
    return _embedded(chosen.data_dir, "TINWIRE_BROKER_URL").broker_url


def counter_url(chosen: Settings) -> str | None:
    """Name the Valkey that counts partners' requests, as its client writes it.

    The one that is set, else the broker's, else the embedded one; `None` where there is none, and
    for a broker of another kind.
    """
    if chosen.counter_url is not None:
        return plain_url(chosen.counter_url.get_secret_value())
    if chosen.broker_url is not None:
        return plain_url(chosen.broker_url.get_secret_value())
    found = embedded.find(chosen.data_dir)
    return None if found is None else plain_url(found.broker_url)


def plain_url(url: str) -> str | None:
    """Turn a Valkey's address as Celery writes it into its client's; `None` for other brokers."""
    scheme, _, rest = url.partition("://")
    if scheme in ("redis+socket", "unix"):
        return "unix://" + rest.replace("virtual_host=", "db=")
    return url if scheme in ("redis", "rediss") else None


def _embedded(data_dir: Path, variable: str) -> embedded.Servers:
    found = embedded.find(data_dir)
    if found is None:
        raise ConfigError(
            f"no servers run for {data_dir.absolute()}: run `tinwire up`, or set {variable}"
        )
    return found


@contextmanager
def servers() -> Iterator[None]:
    """Have servers for the time of a command: those that are set or run, else our own."""
    chosen = settings()
    if chosen.database_url is not None or embedded.find(chosen.data_dir) is not None:
        yield
        return
    running = embedded.start(chosen.data_dir)
    try:
        yield
    finally:
        running.stop()


def engine(chosen: Settings, pool_size: int = 4) -> sa.Engine:
    """Open a pool on the database of these settings."""
    return connect(database_url(chosen), pool_size)


@cache
def desk() -> Desk:
    """Put together what every step of the pipeline is handed."""
    return Desk(engine(settings()), editorial(), settings())


def forget_connections() -> None:
    """Drop connections that a forked child inherited, without closing the parent's."""
    if desk.cache_info().currsize:
        desk().engine.dispose(close=False)
        desk.cache_clear()
