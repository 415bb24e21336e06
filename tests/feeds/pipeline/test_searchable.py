from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from config.editorial import SourceSpec
from feeds.pipeline.desk import Desk
from feeds.pipeline.drain import drain
from feeds.pipeline.run import run
from feeds.pipeline.searchable import BATCH, LONGEST, words_of
from feeds.pipeline.withdraw import withdraw
from feeds.store import search, sources, work
from feeds.store.search import Told
from feeds.store.tables import article, searchable, source
from feeds.text.normalise import fold

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Find = Callable[[str], list[int]]


@pytest.fixture
def find(desk: Desk) -> Find:
    def ask(query: str) -> list[int]:
        with desk.engine.connect() as connection:
            return list(search.find(connection, query, "", desk.clock(), 20).ids)

    return ask


RSS = """<rss version="2.0"><channel><title>t</title><link>https://a.example/</link>
<item><title>{title}</title><link>https://a.example/1</link><guid>1</guid>
<description>Đồng bằng sông Cửu Long chuẩn bị đón mùa nước nổi.</description></item>
</channel></rss>"""


def test_what_comes_in_is_found_then_found_otherwise_then_no_more(
    desk: Desk, origin: Any, find: Find
) -> None:
    url = origin.serve("/feed.xml", RSS.format(title="Lũ về sớm"))
    with desk.engine.begin() as connection:
        spec = SourceSpec.model_validate({"name": "a", "title": "A", "url": url})
        sources.declare(connection, [spec], desk.clock())
    drain(desk, 60)
    (number,) = find("lu ve som")
    assert find("dong bang song cuu long") == [number]
    with desk.engine.begin() as connection:
        connection.execute(sa.update(article).values(title="Hạn hán kéo dài"))
        work.mark(connection, "relate", [str(number)], desk.clock())
    drain(desk, 60)
    assert (find("lu ve som"), find("han han keo dai")) == ([], [number])
    with desk.engine.begin() as connection:
        withdraw(desk, connection, [number], "asked", desk.clock())
    assert find("han han") == [], "at once, whatever is still due"
    drain(desk, 60)
    with desk.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(searchable)) == 0


def test_many_are_made_searchable_batch_by_batch(desk: Desk, find: Find) -> None:
    now = desk.clock()
    with desk.engine.begin() as connection:
        named = {"name": "a", "title": "A", "url": "https://a.example/"}
        of = connection.scalar(sa.insert(source).values(named).returning(source.c.id))
        row = dict.fromkeys(("guid", "url", "excerpt", "html", "text", "language"), "")
        row |= {"source_id": of, "title": "Sóng", "content_hash": b"", "related_at": now}
        row |= {"first_seen_at": now, "effective_at": now}
        ids = range(1, 2 * BATCH + 11)
        connection.execute(sa.insert(article), [{**row, "id": number} for number in ids])
        search.note_due(connection, list(ids))
        work.mark(connection, "search", [search.DUE], now)
    assert run(desk, "search", budget_s=60) == 3
    with desk.engine.connect() as connection:
        found = search.find(connection, "song", "", now, 5)
    assert found.total == len(ids)


def test_what_stands_further_down_is_found_some_minutes_later(desk: Desk, find: Find) -> None:
    now = desk.clock()
    number = _stored(desk, "Sóng " + "gió to " * LONGEST + "ngọc trai")
    assert (find("gio to"), find("ngoc trai")) == ([number], [])
    assert run(desk, "search_whole") == 0, "not yet"
    later = replace(desk, clock=lambda: now + timedelta(minutes=3))
    assert run(later, "search_whole") == 1
    assert find("gio to ngoc trai") == [number]
    with desk.engine.begin() as connection:
        connection.execute(sa.update(article).values(text="Sóng yên"))
        search.note_due(connection, [number])
        work.mark(connection, "search", [search.DUE], now)
    run(desk, "search")
    assert (find("ngoc trai"), find("song yen")) == ([], [number])


def _stored(desk: Desk, text: str) -> int:
    now = desk.clock()
    with desk.engine.begin() as connection:
        named = {"name": "a", "title": "A", "url": "https://a.example/"}
        of = connection.scalar(sa.insert(source).values(named).returning(source.c.id))
        row = dict.fromkeys(("guid", "url", "excerpt", "html", "language"), "")
        row |= {"source_id": of, "title": "Biển", "content_hash": b"", "related_at": now, "id": 1}
        row |= {"first_seen_at": now, "effective_at": now, "text": text}
        connection.execute(sa.insert(article), row)
        search.note_due(connection, [1])
        work.mark(connection, "search", [search.DUE], now)
    run(desk, "search")
    return 1


def test_folded_words_are_what_postgresql_reads_a_query_as(desk: Desk) -> None:
    """Whole texts are stored without its parser, and queries read by it; it knows no ² or ½."""
    texts = [fold(one) for one in _REAL]
    read = sa.text("SELECT tsvector_to_array(to_tsvector('simple', :text))")
    with desk.engine.connect() as connection:
        for text in texts:
            words = set(connection.scalar(read, {"text": text}) or ())
            assert words <= set(text.split())
            assert len(words) > 10


_REAL = [
    "Covid-19: 3,5 triệu ca, 1.000 đồng/kg; ngày 08/11/2023 lúc 7h30, 5G, 4.0, -3 °C, a@b.vn",
    "Sở LĐ-TB&XH TP.HCM: https://bao.vn/a?b=1 U.S. “O'Brien” 50% 1e5 0x1F ½ ² Ⅳ 日本語 жизнь ß ﬁ",
]


TOLD = st.lists(
    st.builds(
        Told, st.integers(1, 9), st.just(NOON), st.text(), st.text(), st.text() | st.just("龘鱻麤")
    ),
    max_size=5,
)


@given(TOLD)
def test_texts_folded_together_are_as_those_folded_alone(told: list[Told]) -> None:
    together = words_of(told)
    assert [one.article_id for one in together] == [one.article_id for one in told]
    for one, words in zip(told, together, strict=True):
        # A dateline is only dropped where a text begins; searching for it does no harm.
        (alone,) = words_of([one])
        assert set(alone.title.split()) <= set(words.title.split())
        assert set(alone.text.split()) <= set(words.text.split())
