"""Entry pages: those that were to give entries their texts and did not, and when each is tried."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.store.bulk import given, insert_given
from feeds.store.tables import entry_page

Name = tuple[int, str]  # of an entry: its source and its guid


@dataclass(frozen=True, slots=True)
class Left:
    """A page that was not read: how that ended, and when it is tried again if at all."""

    entry_hash: bytes
    ended: str
    why: str
    tries: int = 0
    due_at: datetime | None = None


_KEY = (entry_page.c.source_id, entry_page.c.guid)
_REST = tuple(Left.__dataclass_fields__)


def left(connection: sa.Connection, names: Collection[Name]) -> dict[Name, Left]:
    """Read what became of entries' pages; those that were read, or never asked for, are missing."""
    if not names:
        return {}
    asked = given(_KEY, sorted(names))
    same = (_KEY[0] == asked.c.source_id) & (_KEY[1] == asked.c.guid)
    columns = (*_KEY, *(entry_page.c[name] for name in _REST))
    rows = connection.execute(sa.select(*columns).join(asked, same))
    return {(row[0], row[1]): Left(*row[2:]) for row in rows}


def keep(connection: sa.Connection, ends: Mapping[Name, Left]) -> None:
    """Store how pages ended."""
    if not ends:
        return
    names = ["source_id", "guid", *_REST]
    rows = [(*name, *(getattr(one, key) for key in _REST)) for name, one in sorted(ends.items())]
    statement = insert_given(entry_page, names, rows)
    changed = {name: statement.excluded[name] for name in _REST}
    keys = ["source_id", "guid"]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))


def forget(connection: sa.Connection, names: Collection[Name]) -> None:
    """Forget pages that were read at last, in the transaction that stores what they told."""
    if names:
        gone = given(_KEY, sorted(names))
        same = (_KEY[0] == gone.c.source_id) & (_KEY[1] == gone.c.guid)
        connection.execute(sa.delete(entry_page).where(same))
