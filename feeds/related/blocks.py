"""The blocks of one page, chosen together.

Theory: an article that shows twice on a page wastes a place and looks broken; one that shows
itself looks worse. A block that ends up short is the lesser error. So blocks are filled in the
order in which the page shows them, each from its own pool, and what an earlier one took is gone.
"""

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from config.editorial import BLOCK_KINDS, Block
from feeds.model import Teaser

HALF_LIFE_H = 24.0
_SIGHTING_WORTH = 3.0  # readings; another publisher that lists an article says more than a reader


def choose(
    blocks: Sequence[Block],
    allow_repeats: bool,
    own: AbstractSet[int],
    pools: Mapping[str, Sequence[Teaser]],
) -> dict[str, tuple[Teaser, ...]]:
    """Fill a page's blocks from the candidates of each kind, best first.

    `own` are ids that never show: the article itself and what counts as the same. Every kind is
    a key of the result; one that is not configured, or has no candidates, is empty. Of a kind
    that is configured twice only the first counts.
    """
    chosen: dict[str, tuple[Teaser, ...]] = {}
    taken = set(own)
    for block in blocks:
        if block.kind not in chosen:
            picked = _pick(pools.get(block.kind, ()), block.count, taken)
            chosen[block.kind] = picked
            if not allow_repeats:
                taken.update(teaser.id for teaser in picked)
    return {kind: chosen.get(kind, ()) for kind in BLOCK_KINDS}


def featured_score(sightings: int, readings: float, age_h: float) -> float:
    """Rank an article for the featured block when no editor pinned it: attention, fading by age."""
    attention = 1.0 + _SIGHTING_WORTH * max(0, sightings - 1) + max(0.0, readings)
    return attention * _fade(age_h)


def most_read_score(counts: Sequence[tuple[datetime, int]], now: datetime) -> float:
    """Add up an article's readings by hour, each worth half after a day."""
    return sum(count * _fade((now - hour).total_seconds() / 3600) for hour, count in counts)


def _pick(pool: Sequence[Teaser], count: int, taken: AbstractSet[int]) -> tuple[Teaser, ...]:
    picked: dict[int, Teaser] = {}
    for teaser in pool:
        if len(picked) == count:
            break
        if teaser.id not in taken:
            picked.setdefault(teaser.id, teaser)
    return tuple(picked.values())


def _fade(age_h: float) -> float:
    return math.exp2(-max(0.0, age_h) / HALF_LIFE_H)
