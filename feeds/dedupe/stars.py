"""Stories as stars: each article stands by the earliest one that leads, and tells the same news.

Theory: news drifts. In a chain each telling is close to the next, and the last has nothing to do
with the first; so articles don't join through one another. In order of time an article joins the
earliest lead that it has an edge to, and leads itself where there is none. Whether it leads follows
from earlier articles alone, so the stars are the same whatever came first, and a change is followed
only as far as it changes who leads.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush

Rank = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Teller:
    """An article in the graph of stories: when, by whom it stands (`None`: it leads), its edges.

    People keep those that are `apart` out of its story, and put those that are `together` in it:
    all that a chain of their merges connects.
    """

    id: int
    at: datetime
    lead: int | None
    edges: frozenset[int]
    apart: frozenset[int] = frozenset()
    together: frozenset[int] = frozenset()

    @property
    def rank(self) -> Rank:
        """Order articles in time; the smaller id first where they are equal."""
        return (self.at, self.id)


Look = Callable[[set[int]], dict[int, Teller]]


def resettle(touched: Iterable[int], look: Look) -> dict[int, int | None]:
    """Decide anew by whom touched articles stand; returns those that changed, with their leads.

    `look` reads articles by id, with all their edges; ids that it doesn't know are left out.
    """
    seen = look(set(touched))
    seen |= look({end for one in seen.values() for end in one.edges} - seen.keys())
    leads = {key: one.lead for key, one in seen.items()}
    queue = [seen[key].rank for key in touched if key in seen]
    heapify(queue)
    changed: dict[int, int | None] = {}
    while queue:
        own = seen[heappop(queue)[1]]
        if not own.edges | own.apart <= seen.keys():
            # What its neighbours may pass on is read along, since it is mostly needed next.
            near = look(
                {end for key in own.edges & seen.keys() for end in seen[key].edges}
                | own.edges
                | own.apart
            )
            seen |= {key: one for key, one in near.items() if key not in seen}
            leads = {key: one.lead for key, one in seen.items()} | leads
        lead = _lead(own, seen, leads)
        if lead == leads[own.id]:
            continue
        if (lead is None) != (leads[own.id] is None):
            later = (seen[end].rank for end in own.edges if end in seen)
            for rank in later:
                if rank > own.rank:
                    heappush(queue, rank)
        for end in (own.apart | own.together) & seen.keys():
            if seen[end].rank > own.rank:
                heappush(queue, seen[end].rank)
        leads[own.id] = changed[own.id] = lead
    return changed


def _lead(own: Teller, seen: dict[int, Teller], leads: dict[int, int | None]) -> int | None:
    """Find by whom an article stands: the earliest that leads, came before, and tells the same.

    A lead is barred by whom it stands with: of two that are kept apart the later one yields. What
    people put together with an earlier article stands by that one's lead.
    """
    rivals, mates = (
        sorted(seen[end].rank for end in ends if end in seen and seen[end].rank < own.rank)
        for ends in (own.apart, own.together - own.apart)
    )
    barred = {_head(end, leads) for _, end in rivals}
    for _, end in mates:
        if _head(end, leads) not in barred:
            return _head(end, leads)
    earlier = (
        seen[end].rank
        for end in own.edges - barred
        if end in seen and seen[end].rank < own.rank and leads[end] is None
    )
    return min(earlier, default=(own.at, None))[1]


def _head(member: int, leads: dict[int, int | None]) -> int:
    lead = leads[member]
    return member if lead is None else lead
