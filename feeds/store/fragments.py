"""Fragments: each article's item in every format, rendered once and stored once.

A fragment is named by its article and by the hashes of its bytes, and never changes; so whoever
reads a feed's row finds the very items that its ETags speak of. `made_from` names all that it was
rendered from (`items`); when any of it changes, no fragment is current, and the next build renders
one.
"""

import struct
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from feeds import zstandard
from feeds.store.bulk import given
from feeds.store.packed import blobs, numbers
from feeds.store.tables import feed, fragment

FORMATS = ("rss", "atom", "json")
BETWEEN = {"rss": b"", "atom": b"", "json": b","}
DIGEST = 12  # bytes of a format's hash
HASH = DIGEST * len(FORMATS)
_LEVEL = 1  # the three formats say the same: even this leaves a fifth
_SIZES = struct.Struct(f">{len(FORMATS)}I")
KEEP = timedelta(days=1)

Bodies = tuple[bytes, ...]  # an item by format, in the order of `FORMATS`; empty: not told there
Name = tuple[int, bytes]


def hash_of(bodies: Sequence[bytes]) -> bytes:
    """Name an item's bytes: the hash of each format, one after the other."""
    return b"".join([blake2b(body, digest_size=DIGEST).digest() for body in bodies])


def store(
    connection: sa.Connection,
    made: Sequence[tuple[int, bytes, Sequence[bytes]]],
    now: datetime,
    new: Collection[int] = (),
) -> dict[int, bytes]:
    """Keep items as (article, made from, bytes by format); returns the hash of each article's.

    `new` are articles of which nothing can be superseded.
    """
    if not made:
        return {}
    made = sorted(made, key=lambda one: one[0])
    names = {number: hash_of(bodies) for number, _, bodies in made}
    connection.execute(
        _STORE,
        {
            "ids": numbers(names),
            "hashes": blobs(names.values()),
            "origins": blobs(made_from for _, made_from, _ in made),
            "bodies": blobs(zstandard.compress_each(map(_joined, made), _LEVEL)),
        },
    )
    old = names.keys() - set(new)
    if old:
        asked = {"ids": numbers(old), "hashes": blobs(names[one] for one in old), "now": now}
        connection.execute(_SUPERSEDE, asked)
    return names


_STORE = sa.text(
    """
    INSERT INTO fragment (article_id, hash, made_from, body)
    SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:hashes AS bytea[]),
                         CAST(:origins AS bytea[]), CAST(:bodies AS bytea[]))
    ON CONFLICT (article_id, hash)
    DO UPDATE SET made_from = excluded.made_from, superseded_at = NULL
    """
)
_SUPERSEDE = sa.text(
    """
    UPDATE fragment SET superseded_at = :now
    FROM unnest(CAST(:ids AS bigint[]), CAST(:hashes AS bytea[])) kept(id, hash)
    WHERE article_id = kept.id AND fragment.hash <> kept.hash AND superseded_at IS NULL
    """
)


def bodies(connection: sa.Connection, names: Sequence[Name]) -> dict[Name, Bodies]:
    """Read fragments by article and hash."""
    if not names:
        return {}
    asked = given([fragment.c.article_id, fragment.c.hash], sorted(set(names)))
    rows = connection.execute(
        sa.select(fragment.c.article_id, fragment.c.hash, fragment.c.body).where(
            fragment.c.article_id == asked.c.article_id, fragment.c.hash == asked.c.hash
        )
    )
    return {(row.article_id, row.hash): _unpacked(row.body) for row in rows}


def mark_of(mark: bytes, at: int) -> bytes:
    """Cut one format's hash out of an item's."""
    return mark[at * DIGEST :][:DIGEST]


def split(hashes: bytes) -> list[bytes]:
    """Read a feed's packed hashes, one an item."""
    return [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]


def collect(connection: sa.Connection, now: datetime, most: int = 1000) -> int:
    """Drop fragments that were superseded a day ago and that no feed shows; returns how many.

    Whoever began to read a feed before its items were superseded has long ended.
    """
    old = connection.execute(
        sa.select(fragment.c.article_id, fragment.c.hash)
        .where(fragment.c.superseded_at < now - KEEP)
        .order_by(fragment.c.superseded_at)
        .limit(most)
    ).all()
    if not old:
        return 0
    names = {(row.article_id, row.hash) for row in old} - _shown(connection, old)
    unused = given([fragment.c.article_id, fragment.c.hash], sorted(names))
    return connection.execute(
        sa.delete(fragment).where(
            fragment.c.article_id == unused.c.article_id,
            fragment.c.hash == unused.c.hash,
            fragment.c.superseded_at < now - KEEP,
        )
    ).rowcount


def _shown(connection: sa.Connection, old: Sequence[Any]) -> set[Name]:
    """List what feeds that hold these articles show of any: all feeds are looked through."""
    ids = sa.cast(sorted({row.article_id for row in old}), feed.c.item_ids.type)
    rows = connection.execute(
        sa.select(feed.c.item_ids, feed.c.hashes).where(feed.c.item_ids.overlap(ids))
    )
    return {name for row in rows for name in zip(row.item_ids, split(row.hashes), strict=False)}


def _joined(made: tuple[int, bytes, Sequence[bytes]]) -> bytes:
    parts = made[2]
    return _SIZES.pack(*map(len, parts)) + b"".join(parts)


def _unpacked(packed: bytes) -> Bodies:
    whole = zstandard.decompress(packed)
    found, at = [], _SIZES.size
    for size in _SIZES.unpack_from(whole):
        found.append(whole[at : at + size])
        at += size
    return tuple(found)
