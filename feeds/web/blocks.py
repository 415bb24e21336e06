"""The blocks beside an article: candidates from the store, chosen together by `feeds.related`.

Two questions to the database, whatever the number of blocks.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from config.editorial import Editorial
from config.site import Block
from feeds.model import Article, Teaser
from feeds.related.blocks import choose, featured_score
from feeds.store.pools import Candidate, candidates, teasers

Blocks = Mapping[str, tuple[Teaser, ...]]


@dataclass(frozen=True, slots=True)
class Pools:
    """What a page's blocks may show, best first by kind, and which story each of it tells."""

    by_kind: Mapping[str, Sequence[Candidate]]
    stories: Mapping[int, int]


def blocks_for(
    connection: sa.Connection,
    lead: Article,
    editorial: Editorial,
    now: datetime,
    beside: Collection[int] = (),
) -> Blocks:
    """Choose the blocks of an article's page; `beside` are those that the page names elsewhere.

    None names the article. Unless the site asks for that, none names what stands beside it, and
    what is on its topic does not tell its story.
    """
    pools = read_pools(connection, lead, editorial, now)
    site = editorial.site
    others = _others(pools, lead, site.repeat_story)
    own = {lead.id} if site.repeat_story else {lead.id, *beside}
    chosen = choose(site.blocks, site.allow_repeats, own, others)
    return _shown(connection, chosen, editorial)


def _others(pools: Pools, lead: Article, repeat_story: bool) -> Mapping[str, Sequence[Candidate]]:
    """Leave out of what is on its topic those that tell its story."""
    if repeat_story:
        return pools.by_kind
    story = lead.story_id or lead.id
    topical = [one for one in pools.by_kind["same_topic"] if one.story != story]
    return {**pools.by_kind, "same_topic": topical}


def front_blocks(connection: sa.Connection, editorial: Editorial, now: datetime) -> Blocks:
    """Choose the blocks of the front page."""
    pools = read_pools(connection, None, editorial, now)
    chosen = choose(editorial.site.front, False, frozenset(), pools.by_kind, pools.stories)
    return _shown(connection, chosen, editorial)


def _shown(
    connection: sa.Connection, chosen: Mapping[str, Sequence[Candidate]], editorial: Editorial
) -> Blocks:
    """Read what the blocks show; whatever was withdrawn since it was chosen leaves a gap."""
    found = teasers(connection, sorted({one.id for many in chosen.values() for one in many}))
    return {
        kind: tuple(
            replace(found[one.id], why=why_of(one, editorial)) for one in many if one.id in found
        )
        for kind, many in chosen.items()
    }


def named(blocks: Iterable[Block], language: str) -> dict[str, str]:
    """Name blocks in a language, in their order."""
    return {block.kind: block.name(language) for block in blocks}


def read_pools(
    connection: sa.Connection, lead: Article | None, editorial: Editorial, now: datetime
) -> Pools:
    """Read the candidates of each kind of block; `None` for a page that has no article."""
    section = lead.section if lead else None
    found = candidates(connection, lead.id if lead else 0, now, section, _near(editorial, section))
    by_kind: dict[str, list[Candidate]] = defaultdict(list)
    for one in found:
        by_kind[one.kind].append(one)
    _fill_up(by_kind, now)
    return Pools(by_kind, {one.id: one.story for one in found})


def _fill_up(by_kind: dict[str, list[Candidate]], now: datetime) -> None:
    """Let each pool go on with what its heading still holds for."""
    by_kind["same_topic"] += by_kind.pop("of_topic", [])
    by_kind["same_section"] += by_kind.pop("near_section", [])
    by_kind["featured"] = [
        *by_kind.pop("pinned", []),
        *by_kind.pop("told", []),
        *_worth_a_look(by_kind["newest"], by_kind["most_read"], now),
    ]


def _near(editorial: Editorial, section: str | None) -> list[str]:
    """List the sections that hang on the same root, but this one."""
    path = editorial.path(section)
    if not path:
        return []
    slugs = (one.slug for one in editorial.sections if one.slug != section)
    return [slug for slug in slugs if editorial.path(slug)[0].slug == path[0].slug]


def _worth_a_look(
    newest: Sequence[Candidate], most_read: Sequence[Candidate], now: datetime
) -> list[Candidate]:
    """Rank what is recent by attention that fades with age, and what has a picture before that."""
    heat = {one.id: one.score for one in most_read}
    ranked = [
        replace(one, kind="recent", score=featured_score(1, heat.get(one.id, 0.0), age_h))
        for one in newest
        for age_h in ((now.timestamp() - one.score) / 3600,)
    ]
    return sorted(ranked, key=lambda one: (not one.has_picture, -one.score, one.id))


def why_of(one: Candidate, editorial: Editorial) -> str:
    """Say for a person why an article is in a pool."""
    if one.kind == "recent":
        return "recent"
    if one.kind == "newest":
        return "among the newest of all"
    if one.kind == "same_author":
        return f"also by {one.why}"
    if one.kind == "of_topic":
        return f"newest on {one.why}"
    if one.kind in ("same_section", "near_section"):
        return "newest in " + " › ".join(node.name() for node in editorial.path(one.why))
    return one.why
