"""Archive pages (RFC 5005 §4): every article that a feed ever held, in the order it came in.

Theory: a subscriber follows the pages back to what it knows, and never asks for one again. So a
page that is full takes no more articles, and only full ones are linked. They are small against the
feed itself: what stands on the page that is being filled is in the feed, too, but for what came in
late, with a date older than all of the feed: that is told once its page is full.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feeds.store.bulk import any_of, given, literal
from feeds.store.tables import feed_page

SIZE = 25
_LOOKED_AT = 400  # pages: an article that comes back after 10,000 others is told once more


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a feed's pages end, and which of the articles that came in stand there already."""

    last: int = 1
    ids: tuple[int, ...] = ()
    known: frozenset[int] = frozenset()

    def grown(self, came: Sequence[int]) -> dict[int, list[int]]:
        """Put articles that came in, oldest first, behind the last page; gives pages changed."""
        changed: dict[int, list[int]] = {}
        last, open_page = self.last, list(self.ids)
        known = set(self.known)
        for number in came:
            if number in known:
                continue
            known.add(number)
            if len(open_page) == SIZE:
                last, open_page = last + 1, []
            open_page.append(number)
            changed[last] = open_page
        return changed

    def held(self, changed: Mapping[int, Sequence[int]]) -> int:
        """Count the articles on all pages, once these have changed."""
        pages = {self.last: self.ids, **changed}
        last = max(pages)
        return (last - 1) * SIZE + len(pages[last])


_SHELVES = sa.text(
    """
    SELECT p.key, p.page, p.article_ids, p.page = l.last AS is_last
    FROM unnest(CAST(:keys AS text[]), CAST(:ids AS text[])) asked(key, ids)
    CROSS JOIN LATERAL (SELECT max(page) AS last FROM feed_page WHERE key = asked.key) l
    CROSS JOIN LATERAL (
      SELECT key, page, article_ids FROM feed_page
      WHERE key = asked.key AND page > l.last - :looked_at
        AND (page = l.last OR article_ids && CAST(asked.ids AS bigint[]))
    ) p
    """
)


def shelves(connection: sa.Connection, came: Mapping[str, Sequence[int]]) -> dict[str, Shelf]:
    """Look for articles that came in on their feeds' pages."""
    given_ids = {"keys": list(came), "ids": [literal(ids) for ids in came.values()]}
    found = {key: Shelf() for key in came}
    for row in connection.execute(_SHELVES, {**given_ids, "looked_at": _LOOKED_AT}):
        shelf = found[row.key]
        known = shelf.known | frozenset(row.article_ids)
        last, ids = (row.page, tuple(row.article_ids)) if row.is_last else (shelf.last, shelf.ids)
        found[row.key] = Shelf(last, ids, known)
    return found


def write(connection: sa.Connection, changed: Mapping[str, Mapping[int, Sequence[int]]]) -> None:
    """Store pages that grew."""
    rows = [
        (key, page, literal(ids))
        for key, pages in sorted(changed.items())
        for page, ids in sorted(pages.items())
    ]
    if not rows:
        return
    ids = sa.column("ids", sa.Text)
    made = given([feed_page.c.key, feed_page.c.page, ids], rows)  # type: ignore[list-item]
    source = sa.select(made.c.key, made.c.page, sa.cast(made.c.ids, feed_page.c.article_ids.type))
    statement = insert(feed_page).from_select(["key", "page", "article_ids"], source)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["key", "page"],
            set_={"article_ids": statement.excluded.article_ids},
        )
    )


@dataclass(frozen=True, slots=True)
class Page:
    """A page's articles as they came in, and whether a full page follows.

    `told_at` is the latest change that readers were told of; `None`: nobody asked for it yet.
    """

    ids: tuple[int, ...]
    is_followed: bool
    told_at: datetime | None


def read(connection: sa.Connection, key: str, page: int) -> Page | None:
    """Read a page; `None`: no such page."""
    rows = connection.execute(
        sa.select(feed_page.c.page, feed_page.c.article_ids, feed_page.c.told_at).where(
            feed_page.c.key == key, any_of(feed_page.c.page, [page, page + 1])
        )
    )
    found = {row.page: row for row in rows}
    if page not in found:
        return None
    is_followed = page + 1 in found and len(found[page + 1].article_ids) == SIZE
    return Page(tuple(found[page].article_ids), is_followed, found[page].told_at)


def note_told(connection: sa.Connection, key: str, page: int, at: datetime) -> None:
    """Note the change that readers of a page are told of: they are never told an earlier one."""
    connection.execute(
        sa.update(feed_page)
        .where(feed_page.c.key == key, feed_page.c.page == page)
        .values(told_at=sa.func.greatest(feed_page.c.told_at, at))
    )
