"""Reindexes: which articles a round covers, and how far it is."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from feeds.errors import NotFound
from feeds.model import Author
from feeds.store import filing as filings
from feeds.store import reindexes, work
from feeds.store.reindexes import Scope


@pytest.fixture(autouse=True)
def articles(connection: sa.Connection, noon: datetime, add_article: Callable[..., int]) -> None:
    """Five articles, a minute apart, of which the last is withdrawn."""
    for number in range(1, 6):
        section = "news" if number < 3 else "sport"
        state = "withdrawn" if number == 5 else "public"
        add_article(number, "beta" if number == 4 else "alpha", section=section, state=state)
    filings.write_authors(connection, {2: [Author("ann", "Ann")]}, {2: noon})


NOON = datetime.fromisoformat("2026-11-20T12:00:00+00:00")
SCOPES = {
    "all": (Scope(), [1, 2, 3, 4]),
    "sections": (Scope(sections=("news", "gone")), [1, 2]),
    "source": (Scope(source="beta"), [4]),
    "author": (Scope(author="ann"), [2]),
    "since": (Scope(since=NOON + timedelta(minutes=3)), [3, 4]),
    "all at once": (Scope(("news",), "alpha", "ann", NOON), [2]),
    "nothing": (Scope(("news",), "beta"), []),
}


@pytest.mark.parametrize(("scope", "wanted"), SCOPES.values(), ids=SCOPES.keys())
def test_a_scope_covers_what_meets_all_its_conditions(
    connection: sa.Connection, noon: datetime, scope: Scope, wanted: list[int]
) -> None:
    found = reindexes.find(connection, reindexes.create(connection, scope, "refile", noon))
    assert found.scope == scope, "it is read back as it was written"
    assert found.total == len(wanted)
    assert reindexes.page(connection, found, 10) == wanted


def test_a_round_goes_on_after_its_cursor_and_ends(
    connection: sa.Connection, noon: datetime
) -> None:
    number = reindexes.create(connection, Scope(), "publish", noon)
    pages = []
    for _ in range(3):
        found = reindexes.find(connection, number)
        ids = reindexes.page(connection, found, 3)
        pages.append((ids, reindexes.advance(connection, found, ids, 1, noon)))
    assert pages == [([1, 2, 3], False), ([4], False), ([], True)]
    found = reindexes.find(connection, number)
    assert (found.state, found.done, found.changed) == ("finished", 4, 3)
    assert found.finished_at == noon
    assert reindexes.newest(connection) == [found]


def test_a_round_waits_in_its_own_lane(connection: sa.Connection, noon: datetime) -> None:
    number = reindexes.create(connection, Scope(), "relate", noon)
    minute = timedelta(minutes=1)
    assert work.claim(connection, reindexes.KIND, noon, 1, minute) is None
    claimed = work.claim(connection, reindexes.KIND, noon, 1, minute, work.REINDEX)
    assert claimed is not None
    assert claimed.keys == (str(number),)


def test_unknown_modes_and_rounds_are_refused(connection: sa.Connection, noon: datetime) -> None:
    with pytest.raises(ValueError, match="no reindex mode is named 'all'"):
        reindexes.create(connection, Scope(), "all", noon)
    with pytest.raises(NotFound, match="404"):
        reindexes.find(connection, 404)
