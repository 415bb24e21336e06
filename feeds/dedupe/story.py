"""The same news told in other words.

Theory: two tellings of one piece of news appear within hours, and share the rare words that weigh
most in each. The worse error is merging different news, because readers then lose an article from
their lists, while a missed link only shows two. So tellings that lie further apart must share more,
and what shares a few features, however heavy, is no telling of the same. An edge says that two may
tell the same; to stand in one story an article must be close to all of its members, on average
(`stars`). Weights come from the two articles and one version of the statistics: the verdict on a
pair is the same in any order of arrival.

In two languages the same news shares no words but names and numbers. There the vectors of an
operator's embedder may tell, by a threshold of their own: what is just alike enough joins an
article of its own hour.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from feeds.dedupe.stars import JOIN_FROM
from feeds.text.vectors import Alike

WINDOW = timedelta(hours=72)
SAME_FROM = 0.08
LEAST_SHARED = 5
_UNCOUNTED = 0.8
_FADE = 0.5  # share of the score that is lost at the end of the window
WINDOW_H = WINDOW.total_seconds() / 3600


@dataclass(frozen=True, slots=True)
class StoryDecisions:
    """Whether the articles of each pair may tell the same news; one row a pair.

    Scores lie between 0 and 1, `hours` is how far apart the two were published; `across` tells
    which are scored by vectors.
    """

    verdicts: NDArray[np.bool_]
    scores: NDArray[np.float64]
    counts: NDArray[np.intp]
    hours: NDArray[np.float64]
    across: NDArray[np.bool_]

    def why(self, pair: int) -> str:
        """Give the reason for a person."""
        hours, count = self.hours[pair], self.counts[pair]
        if hours > WINDOW_H:
            return f"{hours:.0f} h apart, more than {WINDOW_H:.0f} h"
        if self.across[pair]:
            return f"{self.scores[pair]:.2f} by vectors, in two languages, {hours:.0f} h apart"
        if count < LEAST_SHARED:
            return f"only {count} shared words and pairs, {hours:.0f} h apart"
        return f"{self.scores[pair]:.2f} by {count} shared words and pairs, {hours:.0f} h apart"


@dataclass(frozen=True, slots=True)
class Across:
    """How alike an embedder's vectors of each pair are; 0 for pairs in one language.

    From `same_from` on they tell the same.
    """

    cosines: NDArray[np.float64]
    same_from: float

    def scores(self) -> NDArray[np.float64]:
        """Score the pairs as if by words."""
        over = (self.cosines - self.same_from) / max(1 - self.same_from, 1e-6)
        scores: NDArray[np.float64] = np.where(over >= 0, JOIN_FROM + (1 - JOIN_FROM) * over, 0.0)
        return scores


def same_story(
    alike: Alike,
    hours: NDArray[np.float64],
    counted: NDArray[np.bool_],
    across: Across | None = None,
) -> StoryDecisions:
    """Decide for pairs of different articles, from how alike they are and the hours between.

    Where words are not `counted` over the store yet, what is shared says less: of Vietnamese
    stories, pairs between 0.12 and 0.16 are then right for 0.50, from 0.2 on for 0.89.
    """
    near = hours <= WINDOW_H
    fades = 1 - _FADE * hours / WINDOW_H
    by_words = np.where(counted, 1.0, _UNCOUNTED) * fades * alike.cosines
    scores = np.where(near, np.round(by_words, 4), 0.0)
    verdicts = near & (alike.counts >= LEAST_SHARED) & (scores >= SAME_FROM)
    if across is None:
        return StoryDecisions(verdicts, scores, alike.counts, hours, np.zeros_like(verdicts))
    others = np.where(near, np.round(across.scores() * fades, 4), 0.0)
    chosen = (others >= SAME_FROM) & ((others > scores) | ~verdicts)
    scores = np.where(chosen, others, scores)
    return StoryDecisions(verdicts | chosen, scores, alike.counts, hours, chosen)
