"""Withdrawals by people: with a reason, with an audit, all or none of what was named."""

from typing import Any

import pytest
import sqlalchemy as sa

from feeds.errors import NotFound
from feeds.model import Entry, public_id
from feeds.pipeline.desk import Desk
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.ingest import ingest
from feeds.store import sources
from worker.withdrawals import restore, withdraw

URLS = ("https://news.example/a", "https://news.example/b")


@pytest.fixture
def articles(desk: Desk) -> list[str]:
    with desk.engine.begin() as connection:
        entries = tuple(Entry(guid=url, url=url, title=f"On {url[-1]}") for url in URLS)
        done = ingest(desk, connection, [Incoming(sources.submitted(connection), entries)])
    by_url = {one.draft.url: public_id(one.article_id) for one in done.settled}
    return [by_url[url] for url in URLS]


def audit(desk: Desk) -> list[Any]:
    with desk.engine.connect() as connection:
        return list(
            connection.execute(sa.text("SELECT actor, action, detail FROM audit ORDER BY id"))
        )


def states(desk: Desk) -> list[str]:
    with desk.engine.connect() as connection:
        return list(connection.scalars(sa.text("SELECT state FROM article ORDER BY url")))


def test_an_article_is_withdrawn_by_its_id_or_address_and_restored(
    desk: Desk, articles: list[str]
) -> None:
    assert withdraw(desk, [articles[0], URLS[1]], "court\n order", "anna") == sorted(articles)
    assert states(desk) == ["withdrawn", "withdrawn"]
    assert withdraw(desk, [articles[0]], "again", "anna") == []
    assert restore(desk, ["http://www.news.example/a/"], "a mistake", "anna") == [articles[0]]
    assert states(desk) == ["public", "withdrawn"]
    assert [(row.actor, row.action, row.detail["why"]) for row in audit(desk)] == [
        ("anna", "withdraw", "court order"),
        ("anna", "withdraw", "again"),
        ("anna", "restore", "a mistake"),
    ]


@pytest.mark.parametrize("why", ["", " \n ", "x" * 501])
def test_no_reason_no_withdrawal(desk: Desk, articles: list[str], why: str) -> None:
    with pytest.raises(ValueError, match="give a reason"):
        withdraw(desk, articles, why, "anna")
    assert states(desk) == ["public", "public"]


@pytest.mark.parametrize("name", ["https://news.example/none", "0000000000009", "nothing"])
def test_one_name_that_leads_nowhere_stops_all(desk: Desk, articles: list[str], name: str) -> None:
    with pytest.raises(NotFound):
        withdraw(desk, [articles[0], name], "court order", "anna")
    assert states(desk) == ["public", "public"]
    assert audit(desk) == []
