"""Intake: what is known, and the rows that follow; the rules that hold where workers meet."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa

from config.editorial import SourceSpec
from feeds.errors import Raced
from feeds.model import Author, Draft, Filing, Image, Settled, Source, Verdict
from feeds.store import articles, gone, intake, sources
from feeds.store.tables import article, sighting, tombstone

ALPHA = {"name": "alpha", "title": "A", "url": "https://alpha.example/"}
UNSORTED = Filing(None, "no rule", 0.0)


@pytest.fixture
def draft(noon: datetime) -> Draft:
    return Draft(
        id=7,
        identity="news.example/a",
        source_id=1,
        guid="g",
        url="https://news.example/a",
        title="Title",
        excerpt="Excerpt",
        html="<p>Text</p>",
        text="Text",
        authors=("Ann",),
        categories=("Sport",),
        language="en",
        claimed_at=noon,
        effective_at=noon,
        updated_at=None,
        image=Image("https://news.example/a.jpg", caption="A", width=3),
        via_title=None,
        via_url=None,
        content_hash=b"content",
        entry_hash=b"entry",
    )


def new(draft: Draft, verdict: Verdict = Verdict.NEW, leads: bool = True) -> Settled:
    return Settled(draft, 7, verdict, "because", leads)


def store(connection: sa.Connection, now: datetime, *settled: Settled) -> None:
    authors = {7: (Author("ann", "Ann"),)}
    intake.store(connection, settled, {7: UNSORTED}, authors, now)


def test_a_new_article_is_read_back_as_it_was_written(
    connection: sa.Connection, noon: datetime, add_source: Callable[..., Source], draft: Draft
) -> None:
    draft = replace(draft, source_id=add_source("alpha").id)
    store(connection, noon, new(draft))
    (found,) = articles.load(connection, [7]).values()
    assert (found.title, found.html, found.language) == ("Title", "<p>Text</p>", "en")
    assert found.image == draft.image
    assert found.authors == (Author("ann", "Ann"),)
    assert (found.effective_at, found.revised_at) == (noon, None)
    pair = (draft.source_id, "g")
    assert intake.seen(connection, [pair, (draft.source_id, "x")]) == {
        pair: intake.Seen(7, b"entry", draft.url)
    }
    assert intake.aliases(connection, [draft.identity, "other"]) == {draft.identity: 7}
    known = intake.known(connection, [7, 8])[7]
    assert (known.lead, known.content_hash) == ((noon, "alpha", "g"), b"content")


def test_asking_for_nothing_gives_nothing(connection: sa.Connection) -> None:
    assert intake.seen(connection, []) == {}
    assert intake.refused(connection, []) == set()
    assert intake.aliases(connection, []) == {}
    assert intake.known(connection, []) == {}


def test_a_rejected_draft_leaves_no_trace(
    connection: sa.Connection, noon: datetime, add_source: Callable[..., Source], draft: Draft
) -> None:
    draft = replace(draft, source_id=add_source("alpha").id)
    store(connection, noon, new(draft, Verdict.REJECTED, leads=False))
    assert connection.scalar(sa.select(sa.func.count()).select_from(sighting)) == 0


def test_an_address_keeps_the_article_that_had_it_first(
    connection: sa.Connection, noon: datetime, add_source: Callable[..., Source], draft: Draft
) -> None:
    draft = replace(draft, source_id=add_source("alpha").id)
    store(connection, noon, new(draft))
    other = Settled(replace(draft, id=8, guid="h"), 8, Verdict.NEW, "because", leads=True)
    intake.store(connection, [other], {8: UNSORTED}, {}, noon)
    assert intake.aliases(connection, [draft.identity]) == {draft.identity: 7}


def test_of_two_workers_that_store_one_article_the_second_must_settle_again(
    engine: sa.Engine, noon: datetime, draft: Draft
) -> None:
    with engine.begin() as connection:
        spec = SourceSpec.model_validate(ALPHA)
        sources.declare(connection, [spec], noon)
        own = replace(draft, source_id=sources.find(connection, "alpha").id)

    def second() -> str:
        with engine.begin() as connection:
            try:
                store(connection, noon, new(own))
            except Raced as exc:
                return exc.message
        return "stored"

    with ThreadPoolExecutor(1) as pool, engine.connect() as first:
        store(first, noon, new(own))
        later = pool.submit(second)
        first.commit()
        assert "two workers" in later.result()


def test_withdrawing_is_for_good_and_said_once(
    connection: sa.Connection, noon: datetime, add_article: Callable[..., int]
) -> None:
    add_article(1)
    add_article(2)
    assert gone.withdraw(connection, [2, 1, 404], "court order", noon) == [1, 2]
    assert gone.withdraw(connection, [1], "again", noon) == []
    rows = connection.execute(sa.select(tombstone.c.article_id, tombstone.c.why)).all()
    assert sorted(map(tuple, rows)) == [(1, "court order"), (2, "court order")]
    assert intake.known(connection, [1])[1].withdrawn


def test_a_source_may_take_back_what_shows_its_words(
    connection: sa.Connection, add_article: Callable[..., int]
) -> None:
    add_article(1)
    add_article(2)
    source = connection.scalar(sa.select(article.c.source_id).limit(1)) or 0
    assert gone.shown_by(connection, source, ["g1", "g404"]) == [1]
    assert gone.shown_by(connection, source + 1, ["g1"]) == []
    connection.execute(sa.update(article).where(article.c.id == 2).values(guid="another"))
    assert gone.shown_by(connection, source, ["g2"]) == []
