"""Fragments: each article's item in every format, rendered once and stored once.

A fragment is named by its article and by the hashes of its bytes, and never changes; so whoever
reads a feed's row finds the very items that its ETags speak of. `made_from` names all that it was
rendered from: the article's row, its authors, topics, source and siblings, and the site; when any
of these changes, no fragment is current, and the next build renders one.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b, md5
from typing import Any

import sqlalchemy as sa

from feeds import zstandard
from feeds.model import Sibling
from feeds.store.articles import COLUMNS
from feeds.store.bulk import any_of, given, insert_given, literal
from feeds.store.tables import article, feed, fragment

FORMATS = ("rss", "atom", "json")
BETWEEN = {"rss": b"", "atom": b"", "json": b","}
DIGEST = 12  # bytes of a format's hash
HASH = DIGEST * len(FORMATS)
_LEVEL = 1  # the three formats say the same: even this leaves a fifth
_SIZES = struct.Struct(f">{len(FORMATS)}I")
# No item tells these; the text is known by `content_hash` without being read.
_UNTOLD = ("html", "section_why", "story_id")
KEEP = timedelta(days=1)

Bodies = tuple[bytes, ...]  # an item by format, in the order of `FORMATS`; empty: not told there
Name = tuple[int, bytes]
NO_KIN: Mapping[int, Sequence[Sibling]] = {}


@dataclass(frozen=True, slots=True)
class Shown:
    """A public article in a feed; `hash` is `None` where no current fragment is stored."""

    id: int
    effective_at: datetime
    revised_at: datetime | None
    is_fixed: bool
    made_from: bytes
    hash: bytes | None


_TOLD = ", ".join(f"a.{name}" for name in (*COLUMNS, "content_hash") if name not in _UNTOLD)
_CURRENT = sa.text(
    f"""
    SELECT made.*, f.hash FROM (
      SELECT a.id, a.effective_at, a.revised_at, a.emitted_at IS NOT NULL AS is_fixed,
        decode(md5(CAST(ROW(CAST(:site AS text), {_TOLD}, s.name, s.title, s.url,
          coalesce(k.told, ''),
          (SELECT string_agg(t.slug, ' ' ORDER BY t.slug) FROM article_topic t
            WHERE t.article_id = a.id),
          (SELECT string_agg(p.slug || ' ' || p.name, chr(31) ORDER BY w.position)
            FROM article_author w JOIN author p ON p.slug = w.slug WHERE w.article_id = a.id)
        ) AS text)), 'hex') AS made_from
      FROM unnest(CAST(:ids AS bigint[])) asked(id)
      JOIN article a ON a.id = asked.id
      JOIN source s ON s.id = a.source_id
      LEFT JOIN unnest(CAST(:kin AS bigint[]), CAST(:told AS text[])) k(id, told) ON k.id = a.id
      WHERE a.state = 'public' OFFSET 0  -- else the hash would be made twice
    ) made
    LEFT JOIN fragment f ON f.article_id = made.id AND f.made_from = made.made_from
      AND f.superseded_at IS NULL
    """
)


def current(
    connection: sa.Connection,
    ids: Iterable[int],
    site: str,
    kin: Mapping[int, Sequence[Sibling]] = NO_KIN,
) -> dict[int, Shown]:
    """Read public articles with their current fragments.

    `site` names what all items share, `kin` the siblings of those that have any.
    """
    chosen = literal(sorted(set(ids)))
    told = {key: md5(repr(of).encode()).hexdigest() for key, of in sorted(kin.items())}
    asked = {"ids": chosen, "site": site, "kin": literal(told), "told": list(told.values())}
    rows = connection.execute(_CURRENT, asked)
    return {row[0]: Shown(*row) for row in rows}


def hash_of(bodies: Sequence[bytes]) -> bytes:
    """Name an item's bytes: the hash of each format, one after the other."""
    return b"".join([blake2b(body, digest_size=DIGEST).digest() for body in bodies])


def store(
    connection: sa.Connection, made: Sequence[tuple[int, bytes, Sequence[bytes]]], now: datetime
) -> dict[int, bytes]:
    """Keep items as (article, made from, bytes by format); returns the hash of each article's."""
    if not made:
        return {}
    rows = [
        (number, hash_of(bodies), made_from, _packed(bodies)) for number, made_from, bodies in made
    ]
    statement = insert_given(fragment, ["article_id", "hash", "made_from", "body"], rows)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["article_id", "hash"],
            set_={"made_from": statement.excluded.made_from, "superseded_at": None},
        )
    )
    kept = given([fragment.c.article_id, fragment.c.hash], [row[:2] for row in rows])
    connection.execute(
        sa.update(fragment)
        .where(
            fragment.c.article_id == kept.c.article_id,
            fragment.c.hash != kept.c.hash,
            fragment.c.superseded_at.is_(None),
        )
        .values(superseded_at=now)
    )
    return {row[0]: row[1] for row in rows}


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


def newest(connection: sa.Connection, ids: Iterable[int]) -> dict[int, bytes]:
    """Name the fragments that public articles have, whatever they were made from."""
    rows = connection.execute(
        sa.select(fragment.c.article_id, fragment.c.hash)
        .join(article, article.c.id == fragment.c.article_id)
        .where(
            any_of(fragment.c.article_id, set(ids)),
            fragment.c.superseded_at.is_(None),
            article.c.state == "public",
        )
    )
    return {row.article_id: row.hash for row in rows}


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


def _packed(parts: Sequence[bytes]) -> bytes:
    return zstandard.compress(_SIZES.pack(*map(len, parts)) + b"".join(parts), _LEVEL)


def _unpacked(packed: bytes) -> Bodies:
    whole = zstandard.decompress(packed)
    found, at = [], _SIZES.size
    for size in _SIZES.unpack_from(whole):
        found.append(whole[at : at + size])
        at += size
    return tuple(found)
