"""Passages: where in a text the words stand that a reader looked for.

A match that nobody can see looks like a mistake. So where title and excerpt don't show all of the
words, the place that has most of them is shown instead of the excerpt.
"""

import re
from collections.abc import Sequence

from feeds.text.excerpt import ELLIPSIS, excerpt
from feeds.web.query import folded

_WORD = re.compile(r"\w+")
_WITHIN = 180  # characters from the first of the words to the last
_BEFORE, _LONGEST = 60, 260


def passage(text: str, words: frozenset[str]) -> str | None:
    """Give the first place of a text with most of the words; `None` where it has none.

    `words` are folded. It begins and ends with an ellipsis where more is said.
    """
    hits = [found for found in _WORD.finditer(text) if folded(found[0]) in words]
    if not hits:
        return None
    first = max(range(len(hits)), key=lambda at: (_different(hits, at), -at))
    begin = _begin(text, hits[first].start())
    shown = excerpt(" ".join(text[begin : begin + 2 * _LONGEST].split()), _LONGEST)
    return f"{ELLIPSIS} {shown}" if begin else shown


def _begin(text: str, start: int) -> int:
    """Find where a word begins, some words before a place."""
    if start <= _BEFORE:
        return 0
    space = re.search(r"\s", text[start - _BEFORE : start])
    return start if space is None else start - _BEFORE + space.end()


def _different(hits: Sequence[re.Match[str]], at: int) -> int:
    """Count the different words that stand near a hit, and not before it."""
    until = hits[at].start() + _WITHIN
    near = {folded(hits[at][0])}
    for found in hits[at + 1 : at + 1 + _WITHIN]:
        if found.end() > until:
            break
        near.add(folded(found[0]))
    return len(near)


def shows_all(text: str, words: frozenset[str]) -> bool:
    """Tell whether a text has all of the words."""
    return words <= {folded(found) for found in _WORD.findall(text)}
