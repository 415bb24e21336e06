"""Plans: at 5,000 articles the hot queries go by index, and none reads a table from end to end."""

from array import array
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from feeds.store import (
    articles,
    backlog,
    graph,
    groups,
    intake,
    ledger,
    listing,
    marks,
    placements,
    pools,
    readings,
    relations,
    search,
    searching,
    stories,
    tellings,
    verdicts,
    work,
)
from feeds.store.found import found, languages, named
from feeds.store.lookalikes import lookalikes

SIZE = 5000
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
BIG = (
    "article",
    "sighting",
    "alias",
    "posting",
    "shingle",
    "fingerprint",
    "article_topic",
    "article_author",
    "relation",
    "work",
    "ledger",
    "verdict",
    "placement",
    "reading",
    "warmth",
    "searchable",
    "searchable_whole",
)
FILL = """
INSERT INTO source (name, title, url, timezone, every_s)
  SELECT 's' || n, 'S' || n, 'https://s.example/' || n, 'UTC', 900 FROM generate_series(0, 19) n;
INSERT INTO article (id, source_id, guid, url, title, excerpt, html, text, language, content_hash,
    first_seen_at, effective_at, related_at, section)
  SELECT n, (SELECT min(id) FROM source) + n % 20, 'g' || n, 'u', 't', 'e', repeat('h', 400),
    repeat('x', 400), 'vi', 'h', now(), timestamptz '2026-01-01' + n * interval '1 minute', now(),
    'c' || n % 12
  FROM generate_series(1, :size) n;
INSERT INTO sighting (source_id, guid, article_id, url, entry_hash, effective_at, first_seen_at)
  SELECT source_id, guid, id, url, 'h', effective_at, now() FROM article;
INSERT INTO alias SELECT 'news.example/' || id, id FROM article;
INSERT INTO author SELECT 'a' || n, 'A' || n FROM generate_series(0, 299) n;
INSERT INTO article_author SELECT id, 'a' || id % 300, 0, effective_at FROM article;
INSERT INTO article_topic SELECT id, 't' || id % 30, 0.9, '', effective_at FROM article;
INSERT INTO relation SELECT id, id + k, 'topic', 0.5, '' FROM article, generate_series(1, 8) k
  WHERE id + k <= :size;
INSERT INTO verdict SELECT id, id + 1, 'story', true, 'anna', now(), '', 1 FROM article
  WHERE id < :size;
INSERT INTO placement SELECT id, 'topic', 't1', true, 'anna', now(), '' FROM article;
INSERT INTO reading SELECT id, timestamptz '2026-01-01', id % 9 + 1 FROM article WHERE id % 3 = 0;
INSERT INTO warmth SELECT id, id FROM article WHERE id % 3 = 0;
INSERT INTO searchable SELECT id, effective_at,
  to_tsvector('simple', 'common rare' || id || ' word' || id % 50) FROM article;
INSERT INTO searchable_whole SELECT id, effective_at,
  to_tsvector('simple', 'common far' || id || ' deep' || id % 50) FROM article;
INSERT INTO ledger SELECT source_id, guid, 'h', now(), 'new', '', id FROM article;
INSERT INTO work (kind, key, marked_at, run_at)
  SELECT CASE n % 20 WHEN 0 THEN 'relate' ELSE 'poll' END, n, now(),
    now() + (n % 40) * interval '1 hour' FROM generate_series(1, :size) n;
"""
Ask = Callable[[sa.Connection], object]


@pytest.fixture(scope="module")
def filled(clean: sa.Engine) -> Iterator[sa.Connection]:
    """Many articles in one transaction, counted by the planner, and undone at the end."""
    with clean.connect() as connection:
        for statement in FILL.split(";"):
            if statement.strip():
                text = sa.text(statement)
                names = {"size": SIZE} if ":size" in statement else {}
                connection.execute(text, names)
        marks.write_marks(connection, [_mark(n) for n in range(1, SIZE + 1)], again=())
        connection.execute(sa.text("ANALYZE"))
        yield connection


def _mark(number: int) -> marks.Mark:
    """Mark an article by terms that it shares with some, and shingles that it shares with none."""
    return marks.Mark(
        article_id=number,
        effective_at=FIRST + timedelta(minutes=number),
        exact=number.to_bytes(16, "big"),
        sketch=array("q", (number * 10 + k for k in range(10))).tobytes(),
        size=90,
        shingles=tuple(number * 10 + k for k in range(10)),
        terms=tuple((number * 7919 + k * 104729) % 6000 for k in range(12)),
        weights=(0.2,) * 12,
        names=("name",) * 12,
        features=array("I", ((number * 7919 + k * 104729) % 6000 for k in range(16))).tobytes(),
        feature_weights=bytes([200] * 16),
    )


def plans(connection: sa.Connection, ask: Ask) -> str:
    """Run a question, and collect the plans of all statements that it sent."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.startswith("EXPLAIN"):
            sent.append((statement, parameters))

    nested = connection.begin_nested()
    sa.event.listen(connection, "before_cursor_execute", note)
    try:
        ask(connection)
        lines = [
            str(row[0])
            for statement, parameters in sent
            for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        ]
    finally:
        sa.event.remove(connection, "before_cursor_execute", note)
        nested.rollback()
    return "\n".join(lines)


IDS = [17, 1234, 4999]
HOT: dict[str, Ask] = {
    "claim": lambda c: work.claim(c, "relate", c.scalar(sa.func.now()), 100, timedelta(seconds=1)),
    "due": lambda c: backlog.due(c, c.scalar(sa.func.now()), [("relate", "live")]),
    "all": lambda c: listing.newest(c, "all", 50, {}),
    "section": lambda c: listing.newest(c, "section/c1", 50, {"c1": ("c1", "c2", "c3")}),
    "topic": lambda c: listing.newest(c, "topic/t3", 50, {}),
    "author": lambda c: listing.newest(c, "author/a7", 50, {}),
    "source": lambda c: listing.newest(c, "source/s4", 50, {}),
    "keys of": lambda c: listing.keys_of(c, IDS, {}),
    "near": lambda c: searching.near(c, IDS, timedelta(hours=72)),
    "alike": lambda c: lookalikes(c, IDS),
    "found": lambda c: found(c, IDS),
    "named": lambda c: named(c, IDS),
    "languages": lambda c: languages(c, np.array(IDS)),
    "between": lambda c: relations.between(c, IDS),
    "known edges": lambda c: relations.known(c, IDS),
    "lower floors": lambda c: relations.lower_floors(c, IDS, 3),
    "drop edges": lambda c: relations.drop_edges(c, IDS),
    "regroup": lambda c: groups.regroup(c, IDS, lambda *_: {}),
    "group": lambda c: groups.members(c, 17),
    "story": lambda c: stories.story_of(c, 17),
    "verdicts": lambda c: verdicts.of(c, IDS),
    "placements": lambda c: placements.hold(c, IDS),
    "sketches": lambda c: marks.sketches(c, IDS),
    "written": lambda c: marks.written(c, IDS),
    "tellers": lambda c: stories.tellers(c, set(IDS)),
    "prune": lambda c: relations.prune(c, IDS, 10),
    "set floors": lambda c: relations.set_floors(c, dict.fromkeys(IDS, 0.5)),
    "edges of": lambda c: relations.edges_of(c, 17, "topic", 10),
    "seen": lambda c: intake.seen(c, [(1 + n % 20, f"g{n}") for n in range(30)]),
    "refused": lambda c: intake.refused(c, [(1, f"g{n}", b"h") for n in range(30)]),
    "aliases": lambda c: intake.aliases(c, [f"news.example/{n}" for n in range(30)]),
    "known": lambda c: intake.known(c, IDS),
    "ledger": lambda c: ledger.of_articles(c, IDS),
    "articles": lambda c: articles.load(c, IDS),
    "address": lambda c: articles.by_address(c, "news.example/7"),
    "blocks": lambda c: pools.candidates(c, 17, FIRST, "c1", ["c2", "c3"]),
    "teasers": lambda c: pools.teasers(c, IDS),
    "reading": lambda c: readings.count(c, 17, b"reader", FIRST),
    "search for a rare word": lambda c: search.find(c, "rare17", "", FIRST, 20),
    "search for a common word": lambda c: search.find(c, "common", "", FIRST, 20),
    "search for a word further down": lambda c: search.find(c, "far17", "", FIRST, 20),
    "search for a common word further down": lambda c: search.find(c, "deep17", "", FIRST, 20),
    "search for a phrase": lambda c: search.find(c, '"common rare17"', "", FIRST, 20),
    "searchable": lambda c: search.told(c, IDS, 600),
    "tellings": lambda c: tellings.tellings(c, 17),
    "story of": lambda c: tellings.story_of(c, 17),
    "also by": lambda c: articles.also_by(c, articles.load(c, [17])[17]),
    "graph around": lambda c: graph.around(c, 17),
    "graph of days": lambda c: graph.of_days(c, ["c1"], FIRST + timedelta(days=3)),
}


@pytest.mark.parametrize("ask", HOT.values(), ids=HOT.keys())
def test_hot_queries_read_no_table_from_end_to_end(filled: sa.Connection, ask: Ask) -> None:
    plan = plans(filled, ask)
    assert "Scan" in plan
    read = [table for table in BIG if f"Seq Scan on {table}" in plan]
    assert not read, f"{read}\n{plan}"
