"""Items: what feeds tell of articles, and whether a fragment tells it as it is.

Each item is named by all that it is made from: the article's row, its authors, topics, source and
siblings, and the site. **Whoever lets an item tell something new must let `_LOOK` read it**;
columns of `articles.COLUMNS` are read by themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from feeds.model import Article, Author, Sibling, TopicHit
from feeds.store.articles import COLUMNS, image
from feeds.store.packed import numbers

# No item tells these; the text is known by `content_hash` without being read.
_UNTOLD = ("html", "section_why", "story_id")
_NAME = 8  # bytes of a hash: another one must differ from an article's own last one only
NO_KIN: Mapping[int, Sequence[Sibling]] = {}


@dataclass(frozen=True, slots=True)
class Shown:
    """A public article in a feed; `hash` is `None` where no current fragment is stored.

    `is_new` tells an article that has no fragment at all.
    """

    id: int
    effective_at: datetime
    revised_at: datetime | None
    is_fixed: bool
    made_from: bytes
    hash: bytes | None
    is_new: bool = False

    @property
    def changed_at(self) -> datetime:
        """When it came, or was last edited."""
        return max(self.effective_at, self.revised_at or self.effective_at)


# A row is hashed as it is stored, which costs a quarter of writing it out. Everything is looked up
# by its own index, whatever the planner knows of the tables, and once: OFFSET sees to both.
_TOLD = ", ".join(f"a.{name}" for name in (*COLUMNS, "content_hash") if name not in _UNTOLD)
_LOOK = sa.text(
    f"""
    SELECT given.id, a.effective_at, a.revised_at, a.emitted_at IS NOT NULL, a.own,
      f.made_from, f.hash, w.*
    FROM unnest(CAST(:ids AS bigint[])) given(id)
    CROSS JOIN LATERAL (
      SELECT a.*, s.name, s.title AS source_title, s.url AS source_url, t.topics, b.byline,
        hash_record_extended(ROW({_TOLD}, s.name, s.title, s.url, t.topics, b.byline), 0) AS own
      FROM article a
      CROSS JOIN LATERAL (SELECT name, title, url FROM source WHERE id = a.source_id OFFSET 0) s
      CROSS JOIN LATERAL (
        SELECT ARRAY(SELECT slug FROM article_topic WHERE article_id = a.id ORDER BY slug)
          AS topics OFFSET 0) t
      CROSS JOIN LATERAL (
        SELECT ARRAY(SELECT w.slug || chr(31) || p.name FROM article_author w CROSS JOIN LATERAL (
            SELECT name FROM author WHERE slug = w.slug OFFSET 0) p
          WHERE w.article_id = a.id ORDER BY w.position) AS byline OFFSET 0) b
      WHERE a.id = given.id OFFSET 0
    ) a
    LEFT JOIN LATERAL (
      SELECT made_from, hash FROM fragment
      WHERE article_id = given.id AND superseded_at IS NULL OFFSET 0
    ) f ON true
    LEFT JOIN LATERAL (
      SELECT a.url, a.title, a.excerpt, a.html, a.language, a.image, a.byline, a.section, a.topics,
        a.name, a.source_title, a.source_url, a.via_title, a.via_url
      WHERE :whole OR f.hash IS NULL
    ) w ON true
    WHERE a.state = 'public'
    """
)


def look(
    connection: sa.Connection,
    ids: Iterable[int],
    site: str,
    kin: Mapping[int, Sequence[Sibling]] = NO_KIN,
    whole: bool = False,
) -> tuple[dict[int, Shown], list[Article]]:
    """Look which articles are public and have a current fragment.

    `site` names what all items share, `kin` the siblings of those that have any. Those that have
    no fragment at all are given whole, too, or each one if `whole`: as feeds tell them, without why
    they are in their section, how sure their topics are, and who leads their stories.
    """
    common = blake2b(site.encode(), digest_size=_NAME)
    alone, told = common.digest(), _Told()
    shown: dict[int, Shown] = {}
    found: dict[int, Article] = {}
    asked = {"ids": numbers(sorted(set(ids))), "whole": whole}
    for row in connection.execute(_LOOK, asked).all():
        number, at, revised_at, is_fixed, own, stored, mark = row[:7]
        rest = alone
        if of := kin.get(number):
            digest = common.copy()
            digest.update(b"".join([told[one] for one in of]))
            rest = digest.digest()
        made_from = own.to_bytes(8, "big", signed=True) + rest
        is_current = stored == made_from
        if is_current or number not in shown:  # two workers may have rendered it at once
            hash_ = mark if is_current else None
            shown[number] = Shown(number, at, revised_at, is_fixed, made_from, hash_, mark is None)
        if row[7] is not None:
            found[number] = _article(number, at, revised_at, row[7:])
    return shown, list(found.values())


def _article(number: int, at: datetime, revised_at: datetime | None, told: Any) -> Article:
    """Make an article of what was read of it beside its dates."""
    url, title, excerpt, html, language, picture, byline, section, topics, *rest = told
    name, source_title, source_url, via_title, via_url = rest
    return Article(
        number,
        url,
        title,
        excerpt,
        html,
        language,
        at,
        revised_at,
        image(picture),
        tuple([Author(*one.split("\x1f", 1)) for one in byline]),
        section,
        "",
        tuple([TopicHit(slug, 0.0, "") for slug in topics]),
        name,
        source_title,
        source_url,
        None,
        via_title,
        via_url,
    )


class _Told(dict[Sibling, bytes]):
    """What items tell of a sibling, hashed once for all that name it."""

    def __missing__(self, one: Sibling) -> bytes:
        return self.setdefault(one, blake2b(repr(one).encode(), digest_size=_NAME).digest())
