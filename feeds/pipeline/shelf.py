"""The shelf: a process's copy of the learned model that filing uses."""

import sqlalchemy as sa
import structlog

from feeds.store import models
from feeds.topics.model import Model, load

log = structlog.get_logger()


class Shelf:
    """Hold the active version; asks the store for its number once a batch, for its bytes once."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._model: Model | None = None

    def model(self, connection: sa.Connection) -> Model | None:
        """Give the active model; `None` where nothing was learned, or where it can't be read."""
        version = models.active_version(connection)
        if version != self._version:
            self._model = None if version is None else _read(connection, version)
            self._version = version
        return self._model


def _read(connection: sa.Connection, version: int) -> Model | None:
    """Read a version; filing goes on by rules alone where its bytes are broken."""
    body = models.body(connection, version)
    try:
        return None if body is None else load(body)
    except (ValueError, KeyError, OSError) as exc:
        log.error("model_unreadable", version=version, why=f"{type(exc).__name__}: {exc}")
        return None
