"""A small newsroom: sources, entries and a clock that stands still, over a real database."""

import json
import random
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import uvicorn

from config.editorial import Editorial, Rule, Section, SourceSpec, Topic
from feeds.model import BrokenEntry, Entry, Source
from feeds.pipeline import wait
from feeds.pipeline.desk import Desk
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.ingest import Ingested, ingest
from feeds.pipeline.run import KINDS, run
from feeds.store import backlog, feeds, sources, subscriptions, tables
from feeds.store.standing import Subscription
from feeds.web.app import create_app

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
# Pseudo-words, so that two texts share hardly any run of them unless they are one text.
_ENDS = [a + b for a in "ndrlv" for b in "aeiou"]
_WORDS = [a + b + c for a in ("ba", "ke", "mi", "so", "tu") for b in _ENDS for c in _ENDS]


@dataclass
class Watch:
    """A clock that moves when it is told to."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """Read it."""
        return self.now

    def forward(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


def prose(seed: int | str, words: int = 90) -> str:
    """Make a text of its own for each seed."""
    chosen = random.Random(str(seed))
    return " ".join(chosen.choice(_WORDS) for _ in range(words)) + "."


def entry(slug: str, host: str = "news.example", hours: float = 1, **changes: Any) -> Entry:
    """Make an entry that was published some hours before noon; any field may be given."""
    made = Entry(
        guid=f"tag:{slug}",
        url=f"https://{host}/{slug}",
        title=f"On {prose(slug, 3)}",
        content=f"<p>{prose(slug)}</p>",
        authors=("Anna Bell",),
        published=NOON - timedelta(hours=hours),
    )
    return replace(made, **changes)


class Newsroom:
    """Sources by name, and what tests ask of the store."""

    def __init__(self, desk: Desk, watch: Watch, delete_all: Callable[[], None]) -> None:
        self.desk = desk
        self.watch = watch
        self._delete_all = delete_all
        self.known: dict[str, Source] = {}

    def source(self, name: str, **more: Any) -> Source:
        """Declare a source once."""
        if name not in self.known:
            fields = {"title": name.title(), "url": f"https://{name}.example/rss", **more}
            with self.desk.engine.begin() as connection:
                sources.declare(
                    connection, [SourceSpec.model_validate({"name": name, **fields})], self.watch()
                )
                self.known[name] = sources.find(connection, name)
        return self.known[name]

    def incoming(
        self,
        name: str,
        entries: Iterable[Entry] = (),
        broken: Sequence[BrokenEntry] = (),
        deleted: Sequence[str] = (),
    ) -> Incoming:
        """Say what a fetch of a source brought."""
        return Incoming(self.source(name), tuple(entries), tuple(broken), tuple(deleted))

    def take(self, name: str, *entries: Entry, **more: Any) -> Ingested:
        """Ingest entries of one source, and commit."""
        return self.take_all(self.incoming(name, entries, **more))

    def take_all(self, *incoming: Incoming) -> Ingested:
        """Ingest what several sources brought in one transaction."""
        with self.desk.engine.begin() as connection:
            return ingest(self.desk, connection, incoming)

    def settle(self, *kinds: str) -> None:
        """Work until nothing is due now, but for polling."""
        chosen = kinds or [kind for kind in KINDS if kind != "poll"]
        due = self._due()
        while due & set(chosen):
            for kind in chosen:
                if kind in due:
                    run(self.desk, kind)
                    due = self._due()

    def _due(self) -> set[str]:
        """Tell the kinds of which some is due, which costs less than looking for each."""
        lanes = [(kind, one.lane) for kind, one in KINDS.items()]
        with self.desk.engine.connect() as connection:
            found = backlog.due(connection, self.desk.clock(), lanes)
        return {one.kind for one in found if one.ready}

    def items(self, key: str) -> list[dict[str, Any]]:
        """Read a feed's items from its JSON format; none for a feed that never was."""
        with self.desk.engine.connect() as connection:
            found = feeds.file(connection, key, "json")
        return json.loads(found.body)["items"] if found else []

    def titles(self, key: str) -> list[str]:
        """Read the titles of a feed's items."""
        return [item["title"] for item in self.items(key)]

    def files(self) -> dict[tuple[str, str], tuple[str, bytes]]:
        """Read every format of every feed: its ETag and bytes."""
        with self.desk.engine.connect() as connection:
            rows = connection.execute(sa.select(tables.feed_file.c["key", "format"])).all()
            found = {tuple(row): feeds.file(connection, *row) for row in rows}
        return {key: (one.etag, one.body) for key, one in found.items() if one}

    def versions(self) -> dict[str, int]:
        """Read how often each feed was stored."""
        return {row.key: row.version for row in self.rows("SELECT key, version FROM feed")}

    def rows(self, query: str, **values: Any) -> list[Any]:
        """Run a query."""
        with self.desk.engine.connect() as connection:
            return list(connection.execute(sa.text(query), values))

    def execute(self, statement: str, **values: Any) -> None:
        """Change rows behind the product's back."""
        with self.desk.engine.begin() as connection:
            connection.execute(sa.text(statement), values)

    def empty(self) -> None:
        """Forget everything."""
        self._delete_all()
        self.known.clear()

    def dump(self, *names: str) -> dict[str, list[tuple[Any, ...]]]:
        """List what a reader or an editor could see of the articles, in a fixed order.

        All of it, or what is named.
        """
        queries = {
            "article": "SELECT a.id, s.name, a.guid, a.url, a.title, a.html, a.text,"
            " a.effective_at, a.revised_at, a.state, a.section, a.section_why,"
            " a.duplicate_of, a.story_id"
            " FROM article a JOIN source s ON s.id = a.source_id",
            "sighting": "SELECT s.name, g.guid, g.article_id, g.url, g.entry_hash, g.effective_at"
            " FROM sighting g JOIN source s ON s.id = g.source_id",
            "alias": "SELECT identity, article_id FROM alias",
            "topic": "SELECT article_id, slug, confidence, why, effective_at FROM article_topic",
            "author": "SELECT article_id, slug, position, effective_at FROM article_author",
            "relation": "SELECT left_id, right_id, kind, score, why FROM relation",
            "mark": "SELECT article_id, effective_at, exact, floor FROM fingerprint",
            "feed": "SELECT key, title, item_ids, updated_at FROM feed",
        }
        found = {
            name: sorted(map(tuple, self.rows(query)), key=repr)
            for name, query in queries.items()
            if name in (names or queries)
        }
        if names:
            return found
        return found | {"file": sorted((*key, *one) for key, one in self.files().items())}


@pytest.fixture
def engine(shared_engine: sa.Engine, empty: Callable[[], None]) -> sa.Engine:
    """The pool, on an empty database."""
    empty()
    return shared_engine


@pytest.fixture
def watch() -> Watch:
    """A clock that stands at noon."""
    return Watch()


@pytest.fixture(scope="session")
def rules(editorial: Editorial) -> Editorial:
    """Two sections, one inside the other, a third beside them, and two topics."""
    return Editorial(
        site=editorial.site,
        sections=(
            Section(slug="news", names={"vi": "Tin"}),
            Section(
                slug="rights",
                names={"vi": "Quyền"},
                parent="news",
                rules=(Rule.model_validate({"url": "/rights/"}),),
            ),
            Section(
                slug="sport",
                names={"vi": "Thể thao"},
                rules=(Rule.model_validate({"category": "Sport"}),),
            ),
        ),
        topics=(
            Topic(
                slug="child-care", names={"vi": "Trẻ em"}, keywords=("child care", "day nursery")
            ),
            Topic(slug="harbour", names={"vi": "Cảng"}, keywords=("harbour",)),
        ),
        sources=(),
    )


@pytest.fixture
def newsroom(
    desk: Desk,
    rules: Editorial,
    watch: Watch,
    empty: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Newsroom:
    """The newsroom, empty; a poll waits for its own sources, however busy the machine is."""
    monkeypatch.setattr(wait, "_QUIET", 1.0)
    monkeypatch.setattr(wait, "_LEAST", 1.0)
    return Newsroom(replace(desk, editorial=rules, clock=watch), watch, empty)


@dataclass
class Followed:
    """A source whose feed names a hub; the public web runs, so that the hub can reach us."""

    newsroom: Newsroom
    origin: Any
    hub: Any
    every_s: int = 3600

    def feed(self, *slugs: str, scheme: str = "https", hub: str | None = None) -> str:
        """Write the source's feed; `hub` is the address that it names, `""` for none."""
        named = self.hub.url if hub is None else hub
        links = f'<a:link rel="hub" href="{named}"/>' if named else ""
        links += f'<a:link rel="self" href="{self.origin.url}/feed"/>'
        items = "".join(
            f"<item><title>On {slug}</title><link>{scheme}://news.example/{slug}</link>"
            f"<description>{prose(slug)}</description>"
            f"<pubDate>Fri, 20 Nov 2026 11:00:00 GMT</pubDate></item>"
            for slug in slugs
        )
        return (
            '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom">'
            f"<channel><title>News</title>{links}{items}</channel></rss>"
        )

    def serve(self, *slugs: str, **more: Any) -> None:
        """Serve the feed from now on."""
        self.origin.serve("/feed", self.feed(*slugs, **more), "application/rss+xml")

    def poll(self) -> None:
        """Poll the source if it is due, and ask hubs that are due."""
        self.newsroom.source("alpha", url=f"{self.origin.url}/feed", every_s=self.every_s)
        run(self.newsroom.desk, "poll")
        run(self.newsroom.desk, "subscribe")

    def start(self, *slugs: str) -> None:
        """Subscribe to the hub, and have it deliver something that holds nothing new."""
        self.serve(*slugs)
        self.poll()
        assert self.push(*slugs) == 202
        self.newsroom.watch.forward(seconds=1)

    def push(self, *slugs: str, **more: Any) -> int:
        """Have the hub deliver the feed, and read it; returns what the hub was answered."""
        status: int = self.hub.push(self.feed(*slugs), **more)
        run(self.newsroom.desk, "push")
        return status

    @property
    def standing(self) -> Subscription:
        """Read the source's subscription."""
        with self.newsroom.desk.engine.connect() as connection:
            (found,) = subscriptions.listed(connection)
        return found

    def due_in(self, kind: str = "poll") -> float:
        """Tell in how many seconds the source is polled, or its hub asked."""
        (row,) = self.newsroom.rows("SELECT run_at FROM work WHERE kind = :kind", kind=kind)
        return float((row.run_at - self.newsroom.watch.now).total_seconds())


@pytest.fixture
def followed(newsroom: Newsroom, origin: Any, hub: Any) -> Iterator[Followed]:
    """A source with a hub, and our public web on a free port, by the same clock."""
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = newsroom.desk.settings.model_copy(update={"public_url": url})
    newsroom.desk = replace(newsroom.desk, settings=settings)
    app = create_app(newsroom.desk.engine, newsroom.desk.editorial, settings, newsroom.watch)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield Followed(newsroom, origin, hub)
    server.should_exit = True
    thread.join()


@pytest.fixture
def make_entry() -> Callable[..., Entry]:
    """Make an entry; see `entry`."""
    return entry


@pytest.fixture
def make_prose() -> Callable[..., str]:
    """Make a text; see `prose`."""
    return prose


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
