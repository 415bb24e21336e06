"""Publish: each touched feed is selected, framed, and stored if its bytes differ.

Items are rendered before, once for all feeds: a feed needs their names only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.pipeline.desk import Desk
from feeds.pipeline.items import refresh
from feeds.pipeline.outlet import write_files
from feeds.publish.document import NEVER, FeedDocument, Place, Tombstone, document
from feeds.publish.etag import etag_of
from feeds.publish.feed_head import WHOLE, FeedHead
from feeds.publish.head import head_of
from feeds.publish.pieces import RENDER, frame
from feeds.store import (
    aliases,
    deliveries,
    feeds,
    fragments,
    listing,
    pages,
    succession,
    taken,
    work,
)
from feeds.store.fragments import DIGEST, FORMATS
from feeds.store.items import Shown

__all__ = ["RENDER", "head", "publish", "rebuild"]

_DEEP = 250  # of a feed's newest, those that its pages must hold, in whatever order they came
_UNTOLD = fragments.hash_of([b""])


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at a moment ago: the newest of each feed, and these articles' items."""

    newest: Mapping[str, Sequence[int]]
    shown: Mapping[int, Shown]


def publish(desk: Desk, claimed: work.Claim) -> int:
    """Rebuild the claimed feeds; returns how many changed."""
    now = desk.clock()
    with desk.engine.begin() as connection:
        # Committed first, so that other workers needn't render the same items.
        looked = _look(desk, connection, claimed.keys, now)
    with desk.engine.begin() as connection:
        changed = rebuild(desk, connection, claimed.keys, now, looked)
        work.finish(connection, claimed)
        # Before the commit: the lease was checked, and a failure leaves the feeds due.
        write_files(desk, connection, claimed.keys)
    return changed


def _look(desk: Desk, connection: sa.Connection, keys: Sequence[str], now: datetime) -> Looked:
    most = desk.settings.feed_items
    newest = listing.newest_of(connection, keys, max(most, _DEEP), desk.descendants)
    ids = {one for chosen in newest.values() for one in chosen[:most]}
    return Looked(newest, refresh(connection, head(desk, "all", {}), ids, now))


@dataclass(frozen=True, slots=True)
class _Choice:
    """What a feed is made of: its articles newest first, what it was, and what it lost.

    `held` counts the articles on its pages.
    """

    key: str
    shown: tuple[Shown, ...]
    before: feeds.Emitted | None
    gone: tuple[taken.Taken, ...]
    held: int

    @property
    def updated(self) -> datetime:
        """When it last changed: by an article, by a withdrawal, and never before what was told."""
        moments = [one.changed_at for one in self.shown]
        moments += [one.at for one in self.gone]
        moments += [self.before.updated_at] if self.before else []
        return max(moments, default=NEVER)


def rebuild(
    desk: Desk,
    connection: sa.Connection,
    keys: Sequence[str],
    now: datetime,
    looked: Looked | None = None,
) -> int:
    """Build feeds and store those whose bytes differ; returns how many.

    An article that changed since it was looked at has asked for another build. One that was
    withdrawn since is told no more.
    """
    keys = _standing(connection, keys, now)
    newest, shown = _still(connection, looked or _look(desk, connection, keys, now))
    most = desk.settings.feed_items
    before = feeds.emitted(connection, keys)
    held = _archive(connection, {key: newest[key] for key in keys if key not in WHOLE})
    lost = taken.by_key(connection, keys, desk.ancestors)
    old = feeds.etags(connection, keys)
    titles = listing.names(connection, keys)
    changed, beside = [], []
    for key in keys:
        chosen = _chosen(shown[one] for one in newest[key][:most] if one in shown)
        choice = _Choice(key, chosen, before.get(key), lost.get(key, ()), held.get(key, 0))
        built = _built(head(desk, key, titles), choice)
        is_back = choice.before is not None and choice.before.is_gone
        if is_back or any(old.get((key, name)) != tag for name, (tag, _) in built.files.items()):
            changed.append(built)
        elif choice.held > len(chosen):
            beside.append(key)
    feeds.store(connection, changed, now)
    # What stands on their pages alone may be what was edited.
    feeds.tell(connection, beside)
    deliveries.mark(connection, [one.key for one in changed], now, bool(desk.settings.hubs))
    # Also where no byte differs: the build before may have passed over a row that was held.
    feeds.fix(connection, [one.id for one in shown.values() if not one.is_fixed], now)
    return len(changed)


def _chosen(shown: Iterable[Shown]) -> tuple[Shown, ...]:
    """Put articles in a feed's order, newest first."""
    return tuple(sorted(shown, key=lambda one: (one.effective_at, one.id), reverse=True))


def _still(
    connection: sa.Connection, looked: Looked
) -> tuple[dict[str, list[int]], dict[int, Shown]]:
    """Leave out what was withdrawn since it was looked at."""
    ids = {one for chosen in looked.newest.values() for one in chosen}
    gone = {one.id for one in taken.of(connection, ids)}
    newest = {
        key: [one for one in chosen if one not in gone] if gone else list(chosen)
        for key, chosen in looked.newest.items()
    }
    return newest, {key: one for key, one in looked.shown.items() if key not in gone}


def _standing(connection: sa.Connection, keys: Sequence[str], now: datetime) -> list[str]:
    """Take back the feeds of what is no more, and lead from a story's to where it stands now.

    A story may come back to a key that it left; what people renamed stays so.
    """
    heirs = succession.heirs(connection, keys)
    led = aliases.all_renamed(connection, keys)
    renamed = {key for key in led if not key.startswith(succession.PREFIX)}
    over = listing.gone(connection, keys) | heirs.keys() | renamed
    feeds.retire(connection, sorted(over), now)
    deliveries.mark(connection, sorted(over), now, to_all=False)
    for key, heir in sorted(heirs.items()):
        if heir is not None and led.get(key) != heir:
            aliases.rename(connection, key, heir)
    standing = [key for key in keys if key not in over]
    for key in standing:
        if key.startswith(succession.PREFIX):
            aliases.take_back(connection, key)
    work.mark(connection, "publish", {heir for heir in heirs.values() if heir} - set(keys), now)
    return standing


def _built(of: FeedHead, choice: _Choice) -> feeds.Built:
    """Frame a feed in every format."""
    updated = choice.updated
    made = FeedDocument(
        head=document(of, ()).head,
        updated=updated,
        items=(),
        place=Place(before=choice.held // pages.SIZE or None),
        gone=tuple(
            Tombstone(taken.tag(of.tag_authority, one.id), one.at)
            for one in choice.gone
            if one.at > updated - taken.TOLD
        ),
    )
    frames = {name: frame(name, made) for name in FORMATS}
    hashes = b"".join(one.hash or b"" for one in choice.shown)
    marks = {name: _marks(hashes, at) for at, name in enumerate(FORMATS)}
    return feeds.Built(
        key=choice.key,
        title=made.head.title,
        item_ids=tuple(one.id for one in choice.shown),
        updated_at=updated,
        files={
            name: (etag_of(first, marks[name], last), first)
            for name, (first, last) in frames.items()
        },
        after={name: last for name, (_, last) in frames.items()},
        hashes=hashes,
    )


def _marks(hashes: bytes, at: int) -> list[bytes]:
    """List the items' hashes in one format, without those that can't be told in it."""
    step = fragments.HASH
    found = [hashes[i : i + DIGEST] for i in range(at * DIGEST, len(hashes), step)]
    return [mark for mark in found if mark != _UNTOLD]


def _archive(connection: sa.Connection, listed: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """Note in each feed's pages what came in; tells how many articles these hold."""
    found = pages.shelves(connection, listed)
    changed = {key: shelf.grown(listed[key][::-1]) for key, shelf in found.items()}
    pages.write(connection, changed)
    return {key: shelf.held(changed[key]) for key, shelf in found.items()}


def head(desk: Desk, key: str, titles: Mapping[str, str]) -> FeedHead:
    """Say what a feed says about itself; `titles` names authors and sources by key."""
    return head_of(desk.editorial, desk.settings, key, titles, desk.labels)
