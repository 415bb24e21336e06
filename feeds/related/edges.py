"""Which two articles are about the same, and why.

Theory: editors' topics are the main sign, for a reader takes two articles on child care as
related though they share no name; shared names and words come second, and rank what shares a
topic. A topic counts by how sure both articles are of it, and less where an article has many, for
a text about everything is about nothing. Time fades a relation but never rules: an explainer of
last month is still of use. The worse error is a relation that a reader doesn't understand, so
each says what both have, and those that are weak are no relation.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from feeds.model import Edge

KIND = "topic"
LEAST_SCORE = 0.12
_TOPIC_SHARE = 0.7
_FULL_OVERLAP = 0.35  # a cosine of key terms that counts as full: few stories share more
_FLOOR, _FADE_DAYS = 0.7, 45.0  # time takes at most 1 - floor, most of it in the first months
_OTHER_SECTION = 0.95  # editors who filed two articles apart saw less in common
_REASONS = 4


@dataclass(frozen=True)
class Profile:
    """What relating needs to know of an article.

    `terms` maps a term's key to its weight (squares add up to 1), `topics` a topic's slug to its
    confidence.
    """

    id: int
    terms: Mapping[int, float]
    topics: Mapping[str, float]
    section: str | None
    effective_at: datetime

    @cached_property
    def shares(self) -> Mapping[str, float]:
        """Weigh each topic: its confidence, less for one far behind the article's surest."""
        surest = max(self.topics.values(), default=1.0)
        return {slug: sure * sure / surest for slug, sure in sorted(self.topics.items())}


def strength(left: Profile, right: Profile) -> float:
    """Score what two articles have in common (0 to 1), the same from both ends; 0 is too little."""
    if left.id > right.id:
        left, right = right, left
    days = _days(left, right)
    common = _in_common(_shared_topics(left, right), _shared_terms(left, right))
    score = round(common * _fade(days) * _section_factor(left, right), 4)
    return score if score >= LEAST_SCORE else 0.0


def explain(
    left: Profile,
    right: Profile,
    spellings: Mapping[int, Mapping[int, str]],
    topic_names: Mapping[str, str],
) -> str:
    """Say what two articles have in common; `spellings` holds how each writes its terms."""
    if left.id > right.id:
        left, right = right, left
    topics = _best_topics(_shared_topics(left, right), topic_names)
    terms = _shared_terms(left, right)
    names = _best_names(terms, spellings[left.id], spellings[right.id])
    return f"{_both(topics, names)}; {_apart(_days(left, right))}"


def _days(left: Profile, right: Profile) -> float:
    return abs(left.effective_at - right.effective_at).total_seconds() / 86400


def best(edges: Iterable[Edge], floors: Mapping[int, float], k: int) -> set[Edge]:
    """Keep the edges that are among the k best of either end: best score first, then lower ids.

    An article's floor is the score that its k-th edge elsewhere has; 0 while it has fewer.
    """
    ranked = sorted(edges, key=lambda edge: (-edge.score, edge.left, edge.right))
    degree: dict[int, int] = {}
    kept = set()
    for edge in ranked:
        wanted = False
        for end in (edge.left, edge.right):
            wanted |= degree.get(end, 0) < k and edge.score >= floors[end]
            degree[end] = degree.get(end, 0) + 1
        if wanted:
            kept.add(edge)
    return kept


def _shared_topics(left: Profile, right: Profile) -> dict[str, float]:
    """Give each shared topic's weight from 0 to 1."""
    others = right.shares
    return {slug: share * others[slug] for slug, share in left.shares.items() if slug in others}


def _shared_terms(left: Profile, right: Profile) -> dict[int, float]:
    others = right.terms
    return {key: weight * others[key] for key, weight in left.terms.items() if key in others}


def _in_common(topics: Mapping[str, float], terms: Mapping[int, float]) -> float:
    # Float arithmetic depends on its order: the lower id's terms and topics give it.
    by_topic = 1 - math.prod(1 - share for share in topics.values())
    by_terms = min(1.0, sum(terms.values()) / _FULL_OVERLAP)
    return _TOPIC_SHARE * by_topic + (1 - _TOPIC_SHARE) * by_terms


def _fade(days: float) -> float:
    return _FLOOR + (1 - _FLOOR) * math.exp(-days / _FADE_DAYS)


def _section_factor(left: Profile, right: Profile) -> float:
    apart = left.section and right.section and left.section != right.section
    return _OTHER_SECTION if apart else 1.0


def _best_topics(topics: Mapping[str, float], names: Mapping[str, str]) -> list[str]:
    ranked = sorted(topics, key=lambda slug: (-topics[slug], slug))
    return [names.get(slug, slug) for slug in ranked]


def _best_names(
    terms: Mapping[int, float], left: Mapping[int, str], right: Mapping[int, str]
) -> list[str]:
    # Both ends must word the reason alike, though they may write a term differently.
    ranked = sorted(terms, key=lambda key: (-terms[key], key))
    spellings = ({left.get(key, ""), right.get(key, "")} - {""} for key in ranked)
    return [min(spelling) for spelling in spellings if spelling]


def _both(topics: list[str], names: list[str]) -> str:
    """Word what both have: at most two topics, then the terms that weigh most, none twice."""
    first = topics[: _REASONS // 2]
    known = {topic.casefold() for topic in first}
    rest = [name for name in names if name.casefold() not in known]
    return "both: " + (", ".join((first + rest)[:_REASONS]) or "many words")


def _apart(days: float) -> str:
    whole = round(days)
    return "same day" if whole == 0 else f"{whole} day{'s' if whole > 1 else ''} apart"
