"""The blocks of one page, chosen together.

Theory: a story that shows twice on a page wastes a place and looks broken; one that shows
itself looks worse. A block that ends up short is the lesser error. So blocks are filled in the
order in which the page shows them, each from its own pool, and what an earlier one took is gone.
"""

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol, TypeVar

from config.site import BLOCK_KINDS, Block

HALF_LIFE_H = 24.0
NO_STORIES: Mapping[int, int] = {}
_SIGHTING_WORTH = 3.0  # readings; another publisher that lists an article says more than a reader


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


Shown = TypeVar("Shown", bound=_Numbered)


def choose(
    blocks: Sequence[Block],
    allow_repeats: bool,
    own: AbstractSet[int],
    pools: Mapping[str, Sequence[Shown]],
    stories: Mapping[int, int] = NO_STORIES,
) -> dict[str, tuple[Shown, ...]]:
    """Fill a page's blocks from the candidates of each kind, best first.

    `stories` name what each article tells; one that is not in it tells a story of its own, which
    has its id. `own` are the stories that never show: the article's own, and what the page
    names elsewhere. Every kind is a key of the result; one that is not configured, or has no
    candidates, is empty. Of a kind that is configured twice only the first counts.
    """
    chosen: dict[str, tuple[Shown, ...]] = {}
    taken = set(own)
    for block in blocks:
        if block.kind not in chosen:
            picked = _pick(pools.get(block.kind, ()), block.count, taken, stories)
            chosen[block.kind] = tuple(picked.values())
            if not allow_repeats:
                taken.update(picked)
    return {kind: chosen.get(kind, ()) for kind in BLOCK_KINDS}


def featured_score(sightings: int, readings: float, age_h: float) -> float:
    """Rank an article for the featured block when no editor pinned it: attention, fading by age."""
    attention = 1.0 + _SIGHTING_WORTH * max(0, sightings - 1) + max(0.0, readings)
    return attention * math.exp2(-max(0.0, age_h) / HALF_LIFE_H)


def _pick(
    pool: Sequence[Shown], count: int, taken: AbstractSet[int], stories: Mapping[int, int]
) -> dict[int, Shown]:
    """Take the first of each story, until there are enough."""
    picked: dict[int, Shown] = {}
    for one in pool:
        if len(picked) == count:
            break
        story = stories.get(one.id, one.id)
        if story not in taken:
            picked.setdefault(story, one)
    return picked
