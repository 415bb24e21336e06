"""A store of its own for an evaluation: labelled documents go in as articles of sources."""

import gzip
import json
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import sqlalchemy as sa

from bench.product import settings_for
from config.editorial import Editorial, Section, SourceSpec
from config.site import Site
from feeds.model import Entry
from feeds.pipeline.desk import Desk
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.ingest import ingest
from feeds.store import migrate, sources, tables
from feeds.store.engine import connect
from worker import embedded

_BATCH = 200
_LONGEST_TITLE = 300
_WHEN = datetime(2026, 1, 1, tzinfo=UTC)
_BARE = str.maketrans("đĐ", "dD")


@dataclass(frozen=True, slots=True)
class Document:
    """A labelled text; its first line is the title."""

    guid: str
    label: str
    title: str
    text: str


def read_documents(path: Path) -> list[Document]:
    """Read documents, one JSON object a line, plain or gzip'd."""
    raw = path.read_bytes()
    lines = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode().split("\n")
    rows = [json.loads(line) for line in lines if line.strip()]
    return [
        _document(f"{path.name}:{at}", row["label"], row["text"]) for at, row in enumerate(rows)
    ]


def _document(guid: str, label: str, text: str) -> Document:
    title, _, rest = text.strip().partition("\n")
    if len(title) > _LONGEST_TITLE:  # a text without a title; none so long would be taken in
        title, rest = " ".join(title.split()[:12])[:_LONGEST_TITLE], text
    return Document(guid, label, title, rest)


def cut(one: Document, chars: int | None) -> Document:
    """Keep so many first characters of title and text together."""
    if chars is None:
        return one
    return _document(one.guid, one.label, f"{one.title}\n{one.text}"[:chars])


def stripped(one: Document) -> Document:
    """Type a document without diacritics."""
    return replace(one, title=_bare(one.title), text=_bare(one.text))


def _bare(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.translate(_BARE))
    return "".join(char for char in parts if not unicodedata.combining(char))


@dataclass
class Newsroom:
    """A desk on a database of its own."""

    desk: Desk

    def empty(self) -> None:
        """Forget everything; the next sections are those of another run."""
        with self.desk.engine.begin() as connection:
            for table in reversed(tables.metadata.sorted_tables):
                connection.execute(sa.delete(table))

    def declare(self, labels: Sequence[str]) -> dict[str, str]:
        """Make a section and a source of each label, and one source without; maps to slugs."""
        slugs = {label: f"section-{number}" for number, label in enumerate(labels)}
        sections = tuple(Section(slug=slug, names={"en": name}) for name, slug in slugs.items())
        site = Site(title="Evaluation", description="", blocks=())
        editorial = Editorial(site=site, sections=sections, topics=(), sources=())
        self.desk = Desk(self.desk.engine, editorial, self.desk.settings)
        specs = [_spec(slug, slug) for slug in slugs.values()]
        with self.desk.engine.begin() as connection:
            sources.declare(connection, [*specs, _spec("asked", None)], _WHEN)
        return slugs

    def take(self, source: str, documents: Sequence[Document]) -> None:
        """Take documents in by the product's ingest."""
        for at in range(0, len(documents), _BATCH):
            entries = tuple(_entry(source, one) for one in documents[at : at + _BATCH])
            with self.desk.engine.begin() as connection:
                found = sources.find(connection, source)
                ingest(self.desk, connection, [Incoming(found, entries)])


def _spec(name: str, section: str | None) -> SourceSpec:
    url = f"https://{name}.example/feed"
    return SourceSpec(name=name, title=name, url=url, section=section)


def _entry(source: str, one: Document) -> Entry:
    lines = (line for line in one.text.split("\n") if line.strip())
    content = "".join(f"<p>{escape(line)}</p>" for line in lines)
    url = f"https://{source}.example/{one.guid.replace(':', '/')}"
    title = one.title or "."
    return Entry(guid=one.guid, url=url, title=title, content=content, published=_WHEN)


@contextmanager
def newsroom() -> Iterator[Newsroom]:
    """Start servers on a folder of their own; everything ends with the context."""
    with tempfile.TemporaryDirectory(prefix="twe") as name:
        folder = Path(name)
        running = embedded.start(folder)
        engine = connect(running.servers.database_url)
        try:
            migrate.upgrade(engine)
            site = Site(title="Evaluation", description="", blocks=())
            editorial = Editorial(site=site, sections=(), topics=(), sources=())
            yield Newsroom(Desk(engine, editorial, settings_for(running, folder)))
        finally:
            engine.dispose()
            running.stop()
