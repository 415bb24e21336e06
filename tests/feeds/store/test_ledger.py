"""The ledger: each entry stands under one word, with its reason."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.model import Source, Verdict
from feeds.store import ledger
from feeds.store.ledger import Line
from feeds.store.tables import article


def test_the_same_entry_keeps_its_first_line_and_an_edition_gets_another(
    connection: sa.Connection, noon: datetime, add_source: Callable[..., Source]
) -> None:
    source = add_source("alpha").id
    first = Line(source, "g", b"1", Verdict.QUARANTINED, "too long")
    ledger.write(connection, [first], noon)
    ledger.write(connection, [Line(source, "g", b"1", Verdict.NEW, "again")], noon)
    ledger.write(
        connection, [Line(source, "g", b"2", Verdict.REJECTED, "gone")], noon + timedelta(hours=1)
    )
    lines = ledger.of_label(connection, "g")
    assert [(one.verdict, one.why, one.source) for one in lines] == [
        ("quarantined", "too long", "alpha"),
        ("rejected", "gone", "alpha"),
    ]
    assert ledger.counts(connection) == {"quarantined": 1, "rejected": 1}


def test_writing_nothing_is_allowed(connection: sa.Connection, noon: datetime) -> None:
    ledger.write(connection, [], noon)
    assert ledger.counts(connection) == {}


def test_only_articles_behind_another_become_duplicates(
    connection: sa.Connection, noon: datetime, add_article: Callable[..., int]
) -> None:
    lead, copy, sighted = (add_article(n) for n in (1, 2, 3))
    source = connection.scalar(sa.select(article.c.source_id).limit(1))
    assert source is not None
    verdicts = {lead: Verdict.NEW, copy: Verdict.NEW, sighted: Verdict.SIGHTING}
    lines = [Line(source, f"g{n}", b"", word, "why", n) for n, word in verdicts.items()]
    ledger.write(connection, lines, noon)
    behind = article.c.id.in_([copy, sighted])
    connection.execute(sa.update(article).where(behind).values(duplicate_of=lead))
    ledger.amend(connection, dict.fromkeys((lead, copy, sighted), "same text 1.00"))
    found = ledger.of_articles(connection, [lead, copy, sighted])
    assert [(one.article_id, one.verdict, one.why) for one in found] == [
        (lead, "new", "why"),
        (copy, "duplicate", "same text 1.00"),
        (sighted, "sighting", "why"),
    ]
