"""Stories in the store: who tells the same news, and by whom each article stands.

`article.story_id` names the lead: of the members that stand by it, and of the lead itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import sqlalchemy as sa

from feeds.store.bulk import any_of, copy, given, literal
from feeds.store.tables import article, story_due


@dataclass(frozen=True, slots=True)
class Standing:
    """An article with its story edges; `lead` is `None` for one that leads or stands alone."""

    id: int
    at: datetime
    lead: int | None
    edges: Mapping[int, float]


DUE = "due"  # the key of the one row of work


def note_due(connection: sa.Connection, ids: Iterable[int]) -> None:
    """Note articles whose story is to be settled; mark the work, too."""
    rows = [(one,) for one in ids]
    if rows:
        copy(connection, story_due, ["article_id"], rows)


def take_due(connection: sa.Connection, limit: int) -> list[int]:
    """Take notes of articles whose story is to be settled; of one there may be several.

    Fewer than `limit` are all. The caller holds the lock.
    """
    return list(connection.scalars(_TAKE, {"limit": limit}))


_TAKE = sa.text(
    """
    DELETE FROM story_due WHERE ctid IN (SELECT ctid FROM story_due LIMIT :limit)
    RETURNING article_id
    """
)


def tellers(connection: sa.Connection, ids: set[int]) -> dict[int, Standing]:
    """Read public articles with their story edges."""
    edges = _edges(connection, ids)
    rows = connection.execute(
        sa.select(article.c.id, article.c.effective_at, article.c.story_id).where(
            any_of(article.c.id, ids), article.c.state == "public"
        )
    )
    return {
        row.id: Standing(
            row.id,
            row.effective_at,
            None if row.story_id == row.id else row.story_id,
            edges[row.id],
        )
        for row in rows
    }


def story_of(connection: sa.Connection, article_id: int) -> set[int]:
    """List who stands in an article's story, itself too."""
    own = connection.scalar(sa.select(article.c.story_id).where(article.c.id == article_id))
    if own is None:
        return {article_id}
    mates = connection.scalars(sa.select(article.c.id).where(article.c.story_id == own))
    return {article_id, own} | set(mates)


def _edges(connection: sa.Connection, ids: set[int]) -> dict[int, dict[int, float]]:
    found: dict[int, dict[int, float]] = defaultdict(dict)
    packed = connection.scalar(_EDGES, {"ids": literal(ids)})
    rows = np.frombuffer(packed or b"", dtype=[("own", ">i8"), ("other", ">i8"), ("score", ">f4")])
    # Back to the four places that scores are rounded to.
    scores = rows["score"].astype(np.float64).round(4).tolist()
    for own, other, score in zip(rows["own"].tolist(), rows["other"].tolist(), scores, strict=True):
        found[own][other] = score
    return found


# As one string of bytes: rows would be read five times slower.
_EDGES = sa.text(
    """
    SELECT string_agg(int8send(own.id) || int8send(edge.other) || float4send(edge.score), '')
    FROM unnest(CAST(CAST(:ids AS text) AS bigint[])) own(id)
    CROSS JOIN LATERAL (
      SELECT right_id AS other, score FROM relation WHERE left_id = own.id AND kind = 'story'
      UNION ALL
      SELECT left_id, score FROM relation WHERE right_id = own.id AND kind = 'story'
    ) edge
    """
)


def members(connection: sa.Connection, leads: set[int]) -> dict[int, set[int]]:
    """Name the articles that stand by leads, these too where others stand by them."""
    columns = (article.c.story_id, article.c.id)
    found: dict[int, set[int]] = defaultdict(set)
    for lead, key in connection.execute(
        sa.select(*columns).where(any_of(article.c.story_id, leads))
    ):
        found[lead].add(key)
    return found


def around(connection: sa.Connection, ids: set[int]) -> set[int]:
    """Name the mates of articles in their stories, and all that these have edges to."""
    if not ids:
        return set()
    leads = sa.select(article.c.story_id).where(
        any_of(article.c.id, ids), article.c.story_id.is_not(None)
    )
    stood = members(connection, set(connection.scalars(leads)))
    mates = {key for own in stood.values() for key in own}
    near = _edges(connection, mates) if mates else {}
    return mates | {end for own in near.values() for end in own}


def move(connection: sa.Connection, leads: Mapping[int, int | None]) -> set[int]:
    """Store by whom articles stand now; returns these, and who leads or led their stories."""
    if not leads:
        return set()
    new = given([article.c.id, article.c.story_id], sorted(leads.items()))
    before = sa.select(article.c.story_id).where(
        any_of(article.c.id, leads), article.c.story_id.is_not(None)
    )
    touched = set(connection.scalars(before)) | {lead for lead in leads.values() if lead}
    connection.execute(
        sa.update(article)
        .where(article.c.id == new.c.id)
        .values(story_id=sa.func.coalesce(new.c.story_id, article.c.id))
    )
    touched |= set(leads)
    return touched | _mark_leads(connection, touched)


def _mark_leads(connection: sa.Connection, ids: set[int]) -> set[int]:
    """Let a lead name itself while others stand by it, and nothing when it stands alone."""
    other = article.alias("other")
    followed = sa.exists().where(other.c.story_id == article.c.id, other.c.id != article.c.id)
    leading = sa.func.coalesce(article.c.story_id, article.c.id) == article.c.id
    wanted = sa.case((followed, article.c.id), else_=None)
    changed = connection.scalars(
        sa.update(article)
        .where(any_of(article.c.id, ids), leading, article.c.story_id.is_distinct_from(wanted))
        .values(story_id=wanted)
        .returning(article.c.id)
    )
    return set(changed)


def forget(connection: sa.Connection, ids: set[int]) -> set[int]:
    """Let withdrawn articles stand in no story; returns leads that stand alone because of it."""
    if not ids:
        return set()
    gone = any_of(article.c.id, ids) & (article.c.state != "public")
    stood = sa.select(article.c.story_id).where(gone, article.c.story_id.is_not(None))
    left = set(connection.scalars(stood)) - ids
    connection.execute(sa.update(article).where(gone).values(story_id=None))
    return _mark_leads(connection, left) if left else set()
