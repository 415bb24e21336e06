"""A store of any size, filled by COPY: what a page asks of it doesn't depend on how it came there.

Titles and texts are those of `bench.corpus`, repeated under new ids; sections, topics, authors,
relations, stories and readings are spread as news has them: a few have most of it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import psycopg
import sqlalchemy as sa

from bench.corpus import Article, Corpus
from config.editorial import Editorial
from feeds.store.readings import hour_of, level_of

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
DAYS = 60
_TEXTS = 1000
_AUTHORS, _EDGES = 400, 6
_READ_SHARE, _STORY_SHARE = 0.2, 0.03
Row = Sequence[object]


def fill(engine: sa.Engine, size: int, editorial: Editorial, seed: int = 1) -> None:
    """Fill an empty store with articles, ids from 1, the newest last."""
    rng = Random(seed)
    texts = [one for source in range(20) for one in Corpus(20, _TEXTS // 20, seed).articles(source)]
    with engine.begin() as connection:
        _sources(connection)
        cursor = connection.connection.cursor()
        assert isinstance(cursor, psycopg.Cursor)
        _copy(cursor, _ARTICLE, _articles(size, texts, editorial, rng))
        for table, rows in _around(size, editorial, rng).items():
            _copy(cursor, table, rows)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


_ARTICLE = (
    "article (id, source_id, guid, url, title, excerpt, html, text, language, content_hash,"
    " first_seen_at, effective_at, related_at, section, image, story_id)"
)


def _sources(connection: sa.Connection) -> None:
    connection.exec_driver_sql(
        "INSERT INTO source (id, name, title, url) OVERRIDING SYSTEM VALUE SELECT n, 's' || n,"
        " 'Source ' || n, 'https://s' || n || '.example/' FROM generate_series(1, 20) n"
    )
    connection.exec_driver_sql(
        f"INSERT INTO author SELECT 'a' || n, 'A ' || n FROM generate_series(0, {_AUTHORS - 1}) n"
    )


def _copy(cursor: psycopg.Cursor[object], table: str, rows: Iterable[Row]) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN") as copying:
        for row in rows:
            copying.write_row(row)


def date_of(number: int, size: int) -> datetime:
    """Date an article; they are spread evenly."""
    return NOW - timedelta(days=DAYS) * ((size - number) / size)


def _articles(
    size: int, texts: Sequence[Article], editorial: Editorial, rng: Random
) -> Iterator[Row]:
    slugs = [one.slug for one in editorial.sections]
    image = json.dumps({"url": "https://images.example/1.jpg", "width": 960, "height": 540})
    for number in range(1, size + 1):
        told = texts[number % len(texts)]
        at = date_of(number, size)
        text = "\n".join(told.paragraphs)
        section = _one_of(rng, slugs)
        story = number - number % 3 or None if rng.random() < _STORY_SHARE else None
        yield (
            *(number, 1 + number % 20, f"g{number}", f"https://s.example/{number}", told.title),
            *(text[:300], told.html(), text, "vi", b"h", at, at, at, section),
            *(image if rng.random() < 0.4 else None, story),
        )


def _one_of(rng: Random, slugs: Sequence[str]) -> str:
    """Choose one; the first are chosen most."""
    return slugs[int(len(slugs) * rng.random() ** 2)]


def _around(size: int, editorial: Editorial, rng: Random) -> dict[str, Iterator[Row]]:
    topics = [one.slug for one in editorial.topics]
    numbers = range(1, size + 1)
    read = rng.sample(numbers, int(size * _READ_SHARE))
    hours = {number: _read_at(number, size, rng) for number in read}
    return {
        "sighting": (
            (1 + n % 20, f"g{n}", n, "u", b"h", date_of(n, size), date_of(n, size)) for n in numbers
        ),
        "article_author": (
            (n, f"a{int(_AUTHORS * rng.random() ** 2)}", 0, date_of(n, size)) for n in numbers
        ),
        "article_topic": ((n, _one_of(rng, topics), 0.9, "", date_of(n, size)) for n in numbers),
        "relation": (
            (n, n + step * step, "topic", rng.random(), "both: Cần Thơ, trẻ em")
            for n in numbers
            for step in range(1, _EDGES + 1)
            if n + step * step <= size
        ),
        "reading": ((n, hour, count) for n, (hour, count) in hours.items()),
        "warmth": ((n, level_of(hour) + count**0.5) for n, (hour, count) in hours.items()),
    }


def _read_at(number: int, size: int, rng: Random) -> tuple[datetime, int]:
    age = (NOW - date_of(number, size)) * rng.random()
    return hour_of(NOW - age), int(1 / (rng.random() + 0.001))
