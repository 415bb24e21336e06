"""Neighbours: the stored articles whose vectors are nearest, beside those that share rare words.

A model is a version: the vectors that it made are compared with each other only. Before one is
fitted there are no vectors, and nothing is asked for. Where an operator's embedder fails, articles
are related without; they get their vectors with the next fit.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
import structlog
from numpy.typing import NDArray

from config.errors import ConfigError
from feeds.errors import EmbedderFailed
from feeds.pipeline.embedder import Embed, load_embedder
from feeds.related import embed
from feeds.related.embed import Embedding
from feeds.related.features import Counted
from feeds.related.held import Held
from feeds.related.nearest import Floats, divide, how_many_cells
from feeds.store import models, vectors
from feeds.store.searching import Subject
from feeds.store.statistics import Text

log = structlog.get_logger()

MODEL = "vectors"
MOST = 10
Pairs = NDArray[np.int64]


@dataclass(frozen=True)
class Sense:
    """A version: what makes its vectors, and the centres of their cells.

    `name` is that of the operator's embedder; "" for what was learned from the store.
    """

    name: str
    centres: Floats
    learned: Embedding | None = None

    @property
    def dimensions(self) -> int:
        """Say how long its vectors are."""
        return int(self.centres.shape[1])

    def dump(self) -> bytes:
        """Write it for the store."""
        to = io.BytesIO()
        learned = b"" if self.learned is None else self.learned.dump()
        np.savez(
            to,
            name=np.array(self.name),
            centres=self.centres,
            learned=np.frombuffer(learned, dtype=np.uint8),
        )
        return to.getvalue()


def written(one: Subject | Text) -> str:
    """Give an article to an embedder: title, an empty line, text."""
    return f"{one.title}\n\n{one.text}"


def load_sense(body: bytes) -> Sense:
    """Read what `dump` wrote; raises `ValueError` or `KeyError` for anything else."""
    with np.load(io.BytesIO(body), allow_pickle=False) as stored:
        learned = stored["learned"].tobytes()
        return Sense(
            str(stored["name"]), stored["centres"], embed.load(learned) if learned else None
        )


def make_sense(name: str, found: Floats, articles: int, learned: Embedding | None) -> Sense | None:
    """Divide a sample of a store of so many articles into cells; `None` where it is empty."""
    known = found[np.abs(found).sum(axis=1) > 0]
    if not len(known):
        return None
    return Sense(name, divide(known, how_many_cells(articles)), learned)


class Neighbours:
    """A process's copy of the active version and of its vectors; `path` names an embedder."""

    def __init__(self, path: str | None) -> None:
        self._path = path or ""
        self._embedder: Embed | None = None
        self._version: int | None = None
        self._sense: Sense | None = None
        self._held: Held | None = None
        self._since = 0
        self._last: set[tuple[int, int]] = set()

    @property
    def path(self) -> str:
        """Name the operator's embedder; "" for none."""
        return self._path

    @property
    def dimensions(self) -> int:
        """Say how long the vectors of the version are that was looked at; 0 without one."""
        return 0 if self._sense is None else self._sense.dimensions

    @property
    def note(self) -> str:
        """Say what a version of ours is by."""
        return self._path or "learned from the store"

    def embedder(self) -> Embed:
        """Give the operator's embedder; raises `ConfigError` where it can't be loaded."""
        if self._embedder is None:
            self._embedder = load_embedder(self._path)
        return self._embedder

    def look(self, connection: sa.Connection) -> int | None:
        """Look which version is active, and read it if it is another one.

        `None` where there is none, or where it is not of the embedder that is set now.
        """
        version = models.active_version(connection, MODEL)
        if version != self._version:
            body = None if version is None else models.body(connection, version, MODEL)
            self._sense = load_sense(body) if body else None
            self._version, self._held, self._since, self._last = version, None, 0, set()
        if self._sense is None or self._sense.name != self._path:
            return None
        return self._version

    def made(self, articles: Sequence[Subject], counted: Counted) -> Floats | None:
        """Make the vectors of articles, a row each; `None` without a version (see `look`).

        `counted` are the features of their titles and texts.
        """
        sense = self._sense
        if sense is None or sense.name != self._path:
            return None
        if sense.learned is not None:
            return sense.learned.embed(counted)
        try:
            found = self.embedder()(list(map(written, articles)))
            if found.shape[1] != sense.dimensions:
                why = f"{found.shape[1]} dimensions instead of {sense.dimensions}; fit again"
                raise EmbedderFailed(f"{self._path}: {why}")
        except (ConfigError, EmbedderFailed) as exc:
            log.error("embedder_failed", why=str(exc))
            return None
        return found

    def write(
        self, connection: sa.Connection, given: Mapping[int, int], made: Floats | None
    ) -> None:
        """Store the vectors of articles, given with their rows in what was made.

        Zeros say nothing, and are not stored.
        """
        if made is None or self._version is None or not given:
            return
        ids, chosen = np.array(list(given)), made[list(given.values())]
        known = np.abs(chosen).sum(axis=1) > 0
        vectors.write(connection, self._version, ids[known], chosen[known])

    def find(self, connection: sa.Connection, ids: Sequence[int], most: int = MOST) -> Pairs:
        """Pair articles with the `most` nearest others: our article, the other; a row a pair."""
        version = self.look(connection)
        nothing = np.zeros((0, 2), dtype=np.int64)
        if version is None or self._sense is None:
            return nothing
        own, found = vectors.of_articles(connection, version, ids, self._sense.dimensions)
        if not own.size:
            return nothing
        held = self._caught_up(connection, version, self._sense)
        ones, others, _ = held.nearest(own, found, most)
        return np.stack([ones, others], axis=1)

    def _caught_up(self, connection: sa.Connection, version: int, sense: Sense) -> Held:
        """Read what was written since we looked last; what comes twice is taken once."""
        if self._held is None:
            self._held = Held(sense.centres)
        since: int | None = None
        last: set[tuple[int, int]] = set()
        for page in vectors.written_since(connection, version, self._since, sense.dimensions):
            pairs = list(zip(page.ids.tolist(), page.written.tolist(), strict=True))
            new = np.array([pair not in self._last for pair in pairs], dtype=np.bool_)
            self._held.add(page.ids[new], page.vectors[new])
            since = page.since if since is None else since
            last.update(pair for pair in pairs if pair[1] >= since)
        self._since, self._last = since or 0, last
        return self._held
