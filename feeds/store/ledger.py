"""The ledger: what became of each entry, under exactly one word, with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.model import Verdict
from feeds.store.bulk import any_of, insert_given
from feeds.store.tables import article, entry_page, ledger, source


@dataclass(frozen=True, slots=True)
class Line:
    """One entry's end.

    `label` is its guid or what else names it, `article_id` where there is one; `address` is its
    address's key where there is no article to be found by it.
    """

    source_id: int
    label: str
    entry_hash: bytes
    verdict: Verdict
    why: str
    article_id: int | None = None
    address: str | None = None


def write(connection: sa.Connection, lines: Sequence[Line], now: datetime) -> None:
    """Store lines; the same entry seen again keeps its first line."""
    if not lines:
        return
    unique = {(one.source_id, one.label, one.entry_hash): one for one in lines}
    rows = [
        (*key, now, one.verdict.value, one.why, one.article_id, one.address)
        for key, one in sorted(unique.items())
    ]
    names = ["source_id", "label", "entry_hash", "at", "verdict", "why", "article_id", "address"]
    connection.execute(insert_given(ledger, names, rows).on_conflict_do_nothing())


def amend(connection: sa.Connection, whys: Mapping[int, str]) -> None:
    """Move articles that stand behind another now from `new` to `duplicate`, with the reason."""
    behind = sa.select(article.c.id).where(
        any_of(article.c.id, whys), article.c.duplicate_of.is_not(None)
    )
    for article_id in connection.scalars(behind.order_by(article.c.id)).all():
        connection.execute(
            sa.update(ledger)
            .where(ledger.c.article_id == article_id, ledger.c.verdict == Verdict.NEW)
            .values(verdict=Verdict.DUPLICATE.value, why=whys[article_id])
        )


@dataclass(frozen=True, slots=True)
class History:
    """A line of the ledger as people read it; `why` ends with how the entry's page did."""

    at: datetime
    source: str
    label: str
    verdict: str
    why: str
    article_id: int | None


def of_articles(connection: sa.Connection, ids: Sequence[int]) -> list[History]:
    """List what became of the entries that led to articles, oldest first."""
    return _history(connection, any_of(ledger.c.article_id, ids))


def of_label(connection: sa.Connection, label: str) -> list[History]:
    """List what became of the entries with a guid or address, oldest first."""
    return _history(connection, ledger.c.label == label)


def of_address(connection: sa.Connection, key: str) -> list[History]:
    """List what became of entries of an address that made no article, oldest first."""
    return _history(connection, ledger.c.address == key)


def _history(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[History]:
    its_page = (
        (entry_page.c.source_id == ledger.c.source_id)
        & (entry_page.c.guid == ledger.c.label)
        & (entry_page.c.entry_hash == ledger.c.entry_hash)
    )
    rows = connection.execute(
        sa.select(
            ledger.c.at,
            source.c.name,
            ledger.c.label,
            ledger.c.verdict,
            ledger.c.why,
            ledger.c.article_id,
            entry_page.c.ended,
            entry_page.c.why,
            entry_page.c.due_at,
        )
        .join(source, source.c.id == ledger.c.source_id)
        .outerjoin(entry_page, its_page)
        .where(which)
        .order_by(ledger.c.at, ledger.c.label, ledger.c.entry_hash)
    )
    return [
        History(at, name, label, verdict, f"{why}{_of_page(*page)}", article_id)
        for at, name, label, verdict, why, article_id, *page in rows
    ]


def _of_page(ended: str | None, why: str | None, due_at: datetime | None) -> str:
    """Say how an entry's page did that was not read."""
    again = "" if due_at is None else f", tried again at {due_at:%Y-%m-%d %H:%M} UTC"
    return "" if ended is None else f"; its page: {ended} ({why}{again})"


def counts(connection: sa.Connection) -> dict[str, int]:
    """Count the ledger's lines by verdict."""
    rows = connection.execute(
        sa.select(ledger.c.verdict, sa.func.count()).group_by(ledger.c.verdict)
    )
    return {row[0]: row[1] for row in rows}
