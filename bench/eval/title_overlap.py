"""Titles that overlap: joining articles as NewsBlur does, by the words that their titles share."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations

from feeds.text.normalise import syllables

_LONG, _CROWD = 3, 200
LEAST = 0.6


def title_words(title: str) -> set[str]:
    """Give the words of a title that are long enough to tell anything."""
    return {word for word in syllables(title) if len(word) > _LONG}


def overlap(one: set[str], other: set[str]) -> float:
    """Give the share of the shorter title's words that the other one has, too."""
    return len(one & other) / max(1, min(len(one), len(other)))


def title_pairs(titles: Mapping[str, str]) -> set[tuple[str, str]]:
    """Pair what has most words of its title in common, the lower key first."""
    words = {key: title_words(title) for key, title in titles.items()}
    holders: dict[str, list[str]] = defaultdict(list)
    for key in sorted(words):
        for word in words[key]:
            holders[word].append(key)
    asked = {
        pair for held in holders.values() if len(held) <= _CROWD for pair in combinations(held, 2)
    }
    return {pair for pair in asked if overlap(words[pair[0]], words[pair[1]]) >= LEAST}
