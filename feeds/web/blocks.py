"""The blocks beside an article: candidates from the store, chosen together by `feeds.related`.

Two questions to the database, whatever the number of blocks.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from config.editorial import Editorial
from feeds.model import Teaser
from feeds.related.blocks import choose, featured_score
from feeds.store.pools import Candidate, candidates, teasers

Blocks = Mapping[str, tuple[Teaser, ...]]


def blocks_for(
    connection: sa.Connection,
    article_id: int,
    own: AbstractSet[int],
    editorial: Editorial,
    now: datetime,
) -> Blocks:
    """Choose the blocks of an article's page; none of them names one of its `own`."""
    pools = read_pools(connection, article_id, editorial, now)
    site = editorial.site
    return choose(site.blocks, site.allow_repeats, own, pools)


def read_pools(
    connection: sa.Connection, article_id: int, editorial: Editorial, now: datetime
) -> dict[str, list[Teaser]]:
    """Read the candidates of each kind of block, best first; 0 for no article."""
    found = candidates(connection, article_id, now)
    shown = teasers(connection, sorted({one.id for one in found}))
    by_kind: dict[str, list[Candidate]] = defaultdict(list)
    for one in found:
        if one.id in shown:
            by_kind[one.kind].append(one)
    by_kind["featured"] = [
        *by_kind.pop("pinned", []),
        *by_kind.pop("told", []),
        *_worth_a_picture(by_kind["newest"], by_kind["most_read"], shown, now),
    ]
    return {
        kind: [replace(shown[one.id], why=_why(one, editorial)) for one in chosen]
        for kind, chosen in by_kind.items()
    }


def _worth_a_picture(
    newest: Iterable[Candidate],
    most_read: Sequence[Candidate],
    shown: Mapping[int, Teaser],
    now: datetime,
) -> list[Candidate]:
    """Rank what is recent and has a picture by attention that fades with age."""
    heat = {one.id: one.score for one in most_read}
    ranked = [
        Candidate("recent", one.id, _score(shown[one.id], heat.get(one.id, 0.0), now), one.why)
        for one in newest
        if shown[one.id].image is not None
    ]
    return sorted(ranked, key=lambda one: (-one.score, one.id))


def _score(teaser: Teaser, heat: float, now: datetime) -> float:
    return featured_score(1, heat, (now - teaser.effective_at).total_seconds() / 3600)


def _why(one: Candidate, editorial: Editorial) -> str:
    """Say for a person why an article is in a pool."""
    if one.kind == "recent":
        return "recent, with a picture"
    if one.kind == "newest":
        return "among the newest of all"
    if one.kind == "same_author":
        return f"also by {one.why}"
    if one.kind == "same_section":
        return "newest in " + " › ".join(node.name() for node in editorial.path(one.why))
    return one.why
