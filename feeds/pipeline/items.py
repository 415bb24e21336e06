"""Items: the articles of feeds, each rendered once for all feeds and pages that hold it.

Comes in: ids, and any feed's head, which says what items take from the site. Feeds have their items
rendered when they are built, archive pages when they are asked for.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from feeds.model import Article, Sibling
from feeds.publish.feed_head import FeedHead
from feeds.publish.pieces import rendered, site_of
from feeds.store import fragments, items, siblings
from feeds.store.items import Shown


def refresh(
    connection: sa.Connection, head: FeedHead, ids: Collection[int], now: datetime
) -> dict[int, Shown]:
    """Read which of these articles are public, and render those without a current fragment."""
    if not ids:
        return {}
    site = site_of(head)
    kin = siblings.siblings(connection, ids)
    shown, whole = items.look(connection, ids, site, kin)
    stale = {one.id for one in shown.values() if one.hash is None}
    if changed := stale - {one.id for one in whole}:
        again, more = items.look(connection, changed, site, kin, whole=True)
        shown |= again
        whole += more
    names = _render(connection, head, shown, whole, kin, now)
    shown |= {one: replace(shown[one], hash=mark) for one, mark in names.items()}
    # What is left without a name was withdrawn in between.
    return {key: one for key, one in shown.items() if one.hash is not None}


def _render(
    connection: sa.Connection,
    head: FeedHead,
    shown: Mapping[int, Shown],
    whole: Sequence[Article],
    kin: Mapping[int, Sequence[Sibling]],
    now: datetime,
) -> dict[int, bytes]:
    """Render articles in each format and keep them; gives what each is named by."""
    made = [
        (one.id, shown[one.id].made_from, rendered(head, one, kin.get(one.id, ())))
        for one in whole
        if shown[one.id].hash is None
    ]
    new = [number for number, *_ in made if shown[number].is_new]
    return fragments.store(connection, made, now, new)
