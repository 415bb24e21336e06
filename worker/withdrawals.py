"""Withdrawals by people: by the command line or by HTTP, each with its reason and its audit."""

from collections.abc import Sequence

import sqlalchemy as sa

from feeds.errors import NotFound
from feeds.model import parse_public_id, public_id
from feeds.pipeline import withdraw as pipeline
from feeds.pipeline.desk import Desk
from feeds.store import articles, tokens
from feeds.urls import is_web, url_key

MOST_WHY = 500


def withdraw(desk: Desk, named: Sequence[str], why: str, actor: str) -> list[str]:
    """Withdraw articles named by id or address; returns the ids of those that were public.

    Raises `NotFound` for a name that leads to no article, and `ValueError` for a missing reason;
    nothing is withdrawn then.
    """
    why = reason(why)
    now = desk.clock()
    with desk.engine.begin() as connection:
        ids = [find_article(connection, name) for name in named]
        tokens.note(connection, actor, "withdraw", _detail(ids, why), now)
        gone = pipeline.withdraw(desk, connection, ids, why, now)
    return [public_id(number) for number in gone]


def restore(desk: Desk, named: Sequence[str], why: str, actor: str) -> list[str]:
    """Take withdrawals back; returns the ids of the articles that had one. Raises as `withdraw`."""
    why = reason(why)
    now = desk.clock()
    with desk.engine.begin() as connection:
        ids = [find_article(connection, name) for name in named]
        tokens.note(connection, actor, "restore", _detail(ids, why), now)
        back = pipeline.restore(desk, connection, ids, now)
    return [public_id(number) for number in back]


def reason(why: str) -> str:
    """Clean a person's reason; raises `ValueError` where there is none."""
    why = " ".join(why.split())
    if not 0 < len(why) <= MOST_WHY:
        raise ValueError(f"give a reason of 1 to {MOST_WHY} characters: it is kept and audited")
    return why


def _detail(ids: Sequence[int], why: str) -> dict[str, object]:
    return {"articles": [public_id(number) for number in ids], "why": why}


def find_article(connection: sa.Connection, name: str) -> int:
    """Find an article by its id or address; raises `NotFound`."""
    number = parse_public_id(name)
    if number is None and is_web(name):
        number = articles.by_address(connection, url_key(name))
    if number is None or articles.standing(connection, number) is None:
        raise NotFound(f"no article is {name!r}: give its id or its address")
    return number
