"""A store of its own for an evaluation: embedded PostgreSQL, filled by the product's own steps."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from config.editorial import SourceSpec, load_editorial
from config.logs import configure
from config.settings import load_settings
from feeds.model import Entry
from feeds.pipeline.desk import Desk
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.ingest import ingest
from feeds.pipeline.run import run
from feeds.store import sources
from feeds.store.engine import connect
from feeds.text.normalise import slugify
from worker import embedded
from worker.prepare import prepare

ROOT = Path(__file__).parents[2]
SOURCE = "evaluation"
NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
_BATCH = 200


@contextmanager
def store() -> Iterator[Desk]:
    """Start an empty store with one source; everything ends with the context."""
    configure("WARNING", as_json=False)
    with tempfile.TemporaryDirectory(prefix="twe") as folder:
        running = embedded.start(Path(folder))
        desk = Desk(
            connect(running.servers.database_url),
            load_editorial(ROOT / "config"),
            load_settings({}),
        )
        try:
            url = "https://evaluation.example/rss"
            spec = SourceSpec(name=SOURCE, title="Evaluation", url=url, language="vi")
            prepare(desk, [spec])
            yield desk
        finally:
            desk.engine.dispose()
            running.stop()


def take_in(desk: Desk, entries: Sequence[Entry]) -> dict[str, int]:
    """Ingest entries in batches, as a poll would; returns their articles by guid."""
    found: dict[str, int] = {}
    for start in range(0, len(entries), _BATCH):
        with desk.engine.begin() as connection:
            source = sources.find(connection, SOURCE)
            done = ingest(desk, connection, [Incoming(source, tuple(entries[start:][:_BATCH]))])
        found |= {one.draft.guid: one.article_id for one in done.settled}
    return found


def relate_all(desk: Desk) -> None:
    """Relate what was taken in, in the product's batches, until nothing is due."""
    for kind in ("relate", "retell"):
        while run(desk, kind):
            pass


def entry(name: str, number: int, text: str, publisher: str = "", title: str = "") -> Entry:
    """Make an entry of a text, a paragraph a line, under an address of its own at its publisher."""
    paragraphs = [f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip()]
    return Entry(
        guid=name,
        url=f"https://{slugify(publisher or SOURCE)}.example/a{number}",
        title=title,
        content="\n".join(paragraphs),
        published=NOON,
    )
