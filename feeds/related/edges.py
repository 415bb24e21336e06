"""Which two articles are about the same, and why.

Theory: editors' topics are the main sign, for a reader takes two articles on child care as
related though they share no name; shared names and words come second, and rank what shares a
topic. A topic counts by how sure both articles are of it, and less where an article has many, for
a text about everything is about nothing. Time fades a relation but never rules: an explainer of
last month is still of use. The worse error is a relation that a reader doesn't understand, so
each says what both have, and those that are weak are no relation.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feeds.text.vectors import Rows, Shared

KIND = "topic"
LEAST_SCORE = 0.12
_TOPIC_SHARE = 0.6
_FULL_OVERLAP = 0.4  # a cosine of features that counts as full: few stories share more
# Time takes at most 1 - floor: half of it in a day or two, for news is told within hours, most of
# the rest in the first months.
_FLOOR, _FADE_DAYS, _NEWS_DAYS = 0.6, 45.0, 1.0
_OTHER_SECTION = 0.95  # editors who filed two articles apart saw less in common
_REASONS = 4
_NAMED = 8  # terms that are looked at for a reason; some are named like a topic

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Profiles:
    """What relating needs to know of articles, one row each.

    `topics` weighs each article's topics, one column for each of `slugs`; `sections` numbers
    sections from 1, with 0 for none; `days` counts from 1970.
    """

    topics: Scores
    slugs: tuple[str, ...]
    sections: NDArray[np.intp]
    days: Scores


def profiles(
    topics: Sequence[Mapping[str, float]], sections: Sequence[str | None], days: Scores
) -> Profiles:
    """Put articles' topics with their confidence, sections and dates (days from 1970) together."""
    slugs = tuple(sorted({slug for own in topics for slug in own}))
    columns = {slug: column for column, slug in enumerate(slugs)}
    weights = np.zeros((len(topics), len(slugs)))
    for row, own in enumerate(topics):
        # A topic counts by how sure we are, and less when it stands far behind the surest.
        surest = max(own.values(), default=1.0)
        for slug, sure in own.items():
            weights[row, columns[slug]] = sure * sure / surest
    numbers = {name: number for number, name in enumerate(sorted(filter(None, set(sections))), 1)}
    return Profiles(
        weights,
        slugs,
        np.array([numbers.get(name or "", 0) for name in sections], dtype=np.intp),
        days,
    )


def strengths(given: Profiles, cosines: Scores, left: Rows, right: Rows) -> Scores:
    """Score what the articles of each pair have in common (0 to 1); 0 is too little.

    `cosines` compare the features of the same pairs. The left article of a pair is the one with
    the smaller id: float arithmetic depends on its order, and both ends must agree.
    """
    by_topic = 1 - np.prod(1 - given.topics[left] * given.topics[right], axis=1)
    by_terms = np.minimum(1.0, cosines / _FULL_OVERLAP)
    score = _TOPIC_SHARE * by_topic + (1 - _TOPIC_SHARE) * by_terms
    days = np.abs(given.days[left] - given.days[right])
    fades = (np.exp(-days / _FADE_DAYS) + np.exp(-days / _NEWS_DAYS)) / 2
    score *= _FLOOR + (1 - _FLOOR) * fades
    own, other = given.sections[left], given.sections[right]
    score[(own != other) & (own > 0) & (other > 0)] *= _OTHER_SECTION
    score = np.round(score, 4)
    return np.where(score >= LEAST_SCORE, score, 0.0)


def explain(
    given: Profiles,
    common: Shared,
    ends: tuple[Rows, Rows],
    names: Mapping[int, Sequence[str]],
    topic_names: Mapping[str, str],
) -> list[str]:
    """Say of each pair what its articles have in common.

    `common` compares the key terms of the pairs, `ends` are the rows of their articles; `names`
    holds how the article of each row writes its terms.
    """
    left, right = ends
    reasons = _best_topics(given, left, right, topic_names)
    _add_names(reasons, common, zip(left.tolist(), right.tolist(), strict=True), names)
    days = np.round(np.abs(given.days[left] - given.days[right])).astype(int).tolist()
    return [
        f"both: {', '.join(both) or 'many words'}; {_apart(apart)}"
        for both, apart in zip(reasons, days, strict=True)
    ]


def best(left: Rows, right: Rows, scores: Scores, floors: Scores, k: int) -> NDArray[np.bool_]:
    """Choose the pairs that are among the k best of either end; ties by rows, lower first.

    Ends are rows of `floors`: an article's floor is the score that its k-th edge elsewhere has; 0
    while it has fewer.
    """
    order = np.lexsort((right, left, -scores))
    ends = np.stack([left[order], right[order]], axis=1).ravel()
    by_end = np.argsort(ends, kind="stable")
    sizes = np.bincount(ends, minlength=floors.size)
    places = np.empty(ends.size, dtype=np.intp)
    places[by_end] = np.arange(ends.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    wanted = (places < k) & (np.repeat(scores[order], 2) >= floors[ends])
    chosen = np.zeros(scores.size, dtype=np.bool_)
    chosen[order] = wanted.reshape(-1, 2).any(axis=1)
    return chosen


def _best_topics(
    given: Profiles, left: Rows, right: Rows, names: Mapping[str, str]
) -> list[list[str]]:
    """Name the heaviest topics of each pair, two at most."""
    both = given.topics[left] * given.topics[right]
    found: list[list[str]] = [[] for _ in range(left.size)]
    pairs, columns = np.nonzero(both)
    ranked = np.lexsort((columns, -both[pairs, columns], pairs))
    for pair, column in zip(pairs[ranked].tolist(), columns[ranked].tolist(), strict=True):
        if len(found[pair]) < _REASONS // 2:
            found[pair].append(names.get(given.slugs[column], given.slugs[column]))
    return found


def _add_names(
    reasons: Sequence[list[str]],
    common: Shared,
    ends: Iterable[tuple[int, int]],
    names: Mapping[int, Sequence[str]],
) -> None:
    """Add to each pair's topics its heaviest shared terms, as the left article writes them.

    None twice. Both ends must word the reason alike, though they may write a term differently.
    """
    ranked = np.argsort(-common.parts, axis=1, kind="stable")[:, :_NAMED]
    places = np.take_along_axis(common.places, ranked, axis=1).tolist()
    counts = np.minimum(common.counts, _NAMED).tolist()
    for both, pair, columns, others, count in zip(
        reasons, ends, ranked.tolist(), places, counts, strict=True
    ):
        own, theirs = names[pair[0]], names[pair[1]]
        known = {topic.casefold() for topic in both}
        for column, place in zip(columns[:count], others, strict=False):
            name = own[column] or theirs[place]
            if name and not (known and name.casefold() in known):
                both.append(name)
                if len(both) == _REASONS:
                    break


def _apart(days: int) -> str:
    return "same day" if days == 0 else f"{days} day{'s' if days > 1 else ''} apart"
