"""A store of one's own, filled with documents of a file by the product's own steps.

Documents are taken in as entries of one source each publisher, related in batches, and counted
over (`fit`) once there are enough. What has no date gets one by chance (seeded) within the time
that the others span, so that distractors are news of the same weeks.
"""

import gzip
import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.measure import Watch
from config.editorial import SourceSpec, load_editorial
from config.logs import configure
from config.settings import load_settings
from feeds.model import Entry
from feeds.pipeline.desk import Desk
from feeds.pipeline.fit import fit
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.ingest import ingest
from feeds.pipeline.run import run
from feeds.store import migrate, sources
from feeds.store.engine import connect
from feeds.store.tables import article
from worker import embedded

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
SOURCE = "eval"
_TOGETHER = 250
_HANOI = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Doc:
    """A document: `label` names its story, "" for a distractor."""

    key: str
    label: str
    title: str
    text: str
    at: datetime

    def shortened(self, words: int | None) -> "Doc":
        """Keep the title and so many words of the text."""
        text = self.text if words is None else " ".join(self.text.split()[:words])
        return Doc(self.key, self.label, self.title, text, self.at)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Read a file of one JSON object a line, packed or not."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def clusters(path: Path, words: int | None = None) -> list[Doc]:
    """Read documents of stories, in order of time."""
    docs = [
        Doc(
            f"c{row['id']}",
            row["cluster"],
            row.get("title") or halves(row["text"])[0],
            row["text"] if row.get("title") else halves(row["text"])[1],
            _moment(row["published"]),
        ).shortened(words)
        for row in read_lines(path)
    ]
    return sorted(docs, key=lambda doc: (doc.at, doc.key))


def distractors(
    paths: Sequence[Path], like: Sequence[Doc], most: int | None, words: int | None = None
) -> list[Doc]:
    """Read documents of no story, with dates by chance among those of `like`."""
    chance = random.Random(17)
    moments = sorted(doc.at for doc in like)
    first, last = (moments[len(moments) * share // 100] for share in (5, 95))
    rows = [row for path in paths for row in read_lines(path)][:most]
    return [
        Doc(
            f"d{number}",
            "",
            *halves(row["text"]),
            first + chance.random() * (last - first),
        ).shortened(words)
        for number, row in enumerate(rows)
    ]


def halves(text: str) -> tuple[str, str]:
    """Take the first line as the title; of a text in one line its first words."""
    title, _, rest = text.partition("\n")
    if rest:
        return title, rest
    words = text.split()
    return " ".join(words[:12]), " ".join(words)


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=_HANOI).astimezone(UTC)
    except ValueError:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


class NewsStore:
    """A migrated store on servers of its own, and what it holds."""

    def __init__(self, desk: Desk, running: embedded.Running) -> None:
        self.desk = desk
        self.running = running
        self.keys: dict[int, str] = {}

    def take_in(self, docs: Sequence[Doc], relate: bool = True) -> None:
        """Store documents, batch by batch in the given order, and relate each batch if asked to."""
        with self.desk.engine.connect() as connection:
            source = sources.find(connection, SOURCE)
        for start in range(0, len(docs), _TOGETHER):
            entries = tuple(map(_entry, docs[start : start + _TOGETHER]))
            with self.desk.engine.begin() as connection:
                done = ingest(self.desk, connection, [Incoming(source, entries)])
            for one in done.settled:
                self.keys[one.article_id] = one.draft.guid
            if relate:
                self.settle("relate")
                self.settle("retell")

    def settle(self, kind: str) -> None:
        """Work until nothing of a kind is due."""
        while run(self.desk, kind, 60.0):
            pass

    def fit(self) -> int | None:
        """Count over the store, and relate all of it anew."""
        version = fit(self.desk)
        self.settle("reindex")
        self.settle("retell")
        return version

    def watch(self) -> Watch:
        """Measure this process and the servers."""
        return Watch([*self.running.children().values()])

    def stories(self) -> dict[str, str]:
        """Map each document to what names its story: another one, or itself."""
        columns = (article.c.id, sa.func.coalesce(article.c.story_id, article.c.id))
        with self.desk.engine.connect() as connection:
            rows = connection.execute(sa.select(*columns)).all()
        return {self.keys[key]: self.keys[lead] for key, lead in rows}

    def merged(self) -> set[tuple[str, str]]:
        """Pair the documents that are stored as one text, the lower key first."""
        lead = sa.func.coalesce(article.c.duplicate_of, article.c.id)
        with self.desk.engine.connect() as connection:
            rows = connection.execute(sa.select(article.c.id, lead)).all()
        groups: dict[int, list[str]] = defaultdict(list)
        for key, head in rows:
            groups[head].append(self.keys[key])
        return {pair for own in groups.values() for pair in combinations(sorted(own), 2)}


def _entry(doc: Doc) -> Entry:
    paragraphs = "".join(f"<p>{_escaped(part)}</p>" for part in doc.text.split("\n") if part)
    return Entry(
        guid=doc.key,
        url=f"https://eval.example/{doc.key}",
        title=doc.title,
        content=paragraphs,
        published=doc.at,
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


@contextmanager
def news_store() -> Iterator[NewsStore]:
    """Start servers with an empty store; everything ends with the context."""
    configure("WARNING", False)
    with tempfile.TemporaryDirectory(prefix="twe") as name:
        running = embedded.start(Path(name))
        desk = Desk(
            connect(running.servers.database_url),
            load_editorial(ROOT / "config"),
            load_settings({"TINWIRE_DATA_DIR": name}),
        )
        try:
            migrate.upgrade(desk.engine)
            spec = SourceSpec(name=SOURCE, title="Eval", url="https://eval.example/rss")
            with desk.engine.begin() as connection:
                sources.declare(connection, [spec], desk.clock())
            yield NewsStore(desk, running)
        finally:
            desk.engine.dispose()
            running.stop()


def filled(docs: Sequence[Doc], others: Sequence[Doc], store: NewsStore) -> None:
    """Store what is no story first and count over it, then stream the stories in order of time."""
    store.take_in(others)
    store.fit()
    store.take_in(docs)


def table(rows: Iterable[Sequence[object]]) -> str:
    """Lay rows out in columns."""
    cells = [[f"{one:.4f}" if isinstance(one, float) else str(one) for one in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )
