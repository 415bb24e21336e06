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

from feeds.model import Edge

KIND = "topic"
LEAST_SCORE = 0.12
_TOPIC_SHARE = 0.7
_FULL_OVERLAP = 0.35  # a cosine of key terms that counts as full: few stories share more
_FLOOR, _FADE_DAYS = 0.7, 45.0  # time takes at most 1 - floor, most of it in the first months
_OTHER_SECTION = 0.95  # editors who filed two articles apart saw less in common
_REASONS = 4


@dataclass(frozen=True, slots=True)
class Profile:
    """What relating needs to know of an article.

    `terms` maps a term's key to its weight (squares add up to 1), `names` a term's key to how the
    article writes it, `topics` a topic's slug to its confidence.
    """

    id: int
    terms: Mapping[int, float]
    names: Mapping[int, str]
    topics: Mapping[str, float]
    section: str | None
    effective_at: datetime


def relate(left: Profile, right: Profile, topic_names: Mapping[str, str]) -> Edge | None:
    """Relate two articles, the same from both ends; `None` where they have too little in common."""
    if left.id == right.id:
        return None
    if left.id > right.id:
        left, right = right, left
    topics = _shared_topics(left, right)
    terms = _shared_terms(left, right)
    days = abs(left.effective_at - right.effective_at).total_seconds() / 86400
    score = round(_in_common(topics, terms) * _fade(days) * _section_factor(left, right), 4)
    if score < LEAST_SCORE:
        return None
    why = _both(_best_topics(topics, topic_names), _best_names(terms, left, right))
    return Edge(left.id, right.id, KIND, score, f"{why}; {_apart(days)}")


def keep(edges: Iterable[Edge], k: int) -> set[Edge]:
    """Keep the edges that are among the k best of either end: best score first, then lower ids."""
    ranked = sorted(edges, key=lambda edge: (-edge.score, edge.left, edge.right))
    degree: dict[int, int] = {}
    kept = set()
    for edge in ranked:
        if min(degree.get(edge.left, 0), degree.get(edge.right, 0)) < k:
            kept.add(edge)
        for end in (edge.left, edge.right):
            degree[end] = degree.get(end, 0) + 1
    return kept


def _shared_topics(left: Profile, right: Profile) -> dict[str, float]:
    """Give each shared topic's weight from 0 to 1."""
    return {
        slug: confidence * right.topics[slug] * _focus(left, slug) * _focus(right, slug)
        for slug, confidence in left.topics.items()
        if slug in right.topics
    }


def _focus(profile: Profile, slug: str) -> float:
    """Tell how much of an article a topic is: 1 for the surest, less for one far behind it."""
    return profile.topics[slug] / max(profile.topics.values())


def _shared_terms(left: Profile, right: Profile) -> dict[int, float]:
    few, many = sorted((left.terms, right.terms), key=len)
    return {key: weight * many[key] for key, weight in few.items() if key in many}


def _in_common(topics: Mapping[str, float], terms: Mapping[int, float]) -> float:
    # Sorted, because the result of float arithmetic depends on its order.
    by_topic = 1 - math.prod(1 - share for share in sorted(topics.values()))
    by_terms = min(1.0, sum(sorted(terms.values())) / _FULL_OVERLAP)
    return _TOPIC_SHARE * by_topic + (1 - _TOPIC_SHARE) * by_terms


def _fade(days: float) -> float:
    return _FLOOR + (1 - _FLOOR) * math.exp(-days / _FADE_DAYS)


def _section_factor(left: Profile, right: Profile) -> float:
    apart = left.section and right.section and left.section != right.section
    return _OTHER_SECTION if apart else 1.0


def _best_topics(topics: Mapping[str, float], names: Mapping[str, str]) -> list[str]:
    ranked = sorted(topics, key=lambda slug: (-topics[slug], slug))
    return [names.get(slug, slug) for slug in ranked]


def _best_names(terms: Mapping[int, float], left: Profile, right: Profile) -> list[str]:
    # Both ends must word the reason alike, though they may write a term differently.
    ranked = sorted(terms, key=lambda key: (-terms[key], key))
    spellings = ({left.names.get(key, ""), right.names.get(key, "")} - {""} for key in ranked)
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
