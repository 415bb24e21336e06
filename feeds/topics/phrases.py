"""Find editors' phrases in texts that were read, by match form and at borders of syllables only.

All phrases are looked up in one pass over the hashed tokens of a batch: a token that begins no
phrase costs one look-up in a table of bits, so hundreds of phrases cost hardly more than one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feeds.text.tokens import Hashes, Tokens, hash_tokens, mix

Places = NDArray[np.intp]
_TABLE = 1 << 16  # as many as the low bits of a key, by which it is looked up first


@dataclass(frozen=True, slots=True)
class Found:
    """Where phrases stand, in order: the token that each begins with, and its number."""

    places: Places
    numbers: Places


class _Level:
    """Phrases of one size by key, and the beginnings of longer ones.

    Tables of bits answer for nearly all keys; only those that are likely are searched for.
    """

    def __init__(self, keys: Hashes, numbers: Places, beginnings: Hashes) -> None:
        order = np.argsort(keys)
        self._keys, self._numbers = keys[order], numbers[order]
        self._longer = np.zeros(_TABLE, dtype=np.bool_)
        self._longer[_low(beginnings)] = True
        self._whole = np.zeros_like(self._longer)
        self._whole[_low(keys)] = True
        self._either = self._whole | self._longer

    def may_begin(self, keys: Hashes) -> NDArray[np.bool_]:
        """Tell where a phrase of this size or a longer one may stand."""
        return self._either.take(_low(keys))

    def may_go_on(self, keys: Hashes) -> NDArray[np.bool_]:
        """Tell where a longer phrase may stand."""
        return self._longer.take(_low(keys))

    def find(self, keys: Hashes) -> tuple[Places, Places]:
        """Tell which keys are those of phrases, and give the phrases' numbers."""
        likely = np.flatnonzero(self._whole.take(_low(keys)))
        if not likely.size:
            return likely, likely
        keys = keys[likely]
        at = np.minimum(np.searchsorted(self._keys, keys), self._keys.size - 1)
        is_same = self._keys[at] == keys
        return likely[is_same], self._numbers[at[is_same]]


class Phrases:
    """Phrases in match form, compiled for finding; build it once for each set of rules.

    A phrase inside a longer one that stands there is not found: "giáo dục pháp luật" is not about
    schools because "giáo dục" is. `forms` lists the phrases by number.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self.forms = tuple(form for form in dict.fromkeys(phrases) if form.split())
        tokens = hash_tokens(self.forms)
        starts, sizes = tokens.bounds[:-1], np.diff(tokens.bounds)
        self._levels: list[_Level] = []
        rows = np.arange(sizes.size)
        keys = tokens.hashes[starts]
        while rows.size:
            size = len(self._levels) + 1
            whole = sizes[rows] == size
            self._levels.append(_Level(keys[whole], rows[whole], keys[~whole]))
            rows = rows[~whole]
            keys = _longer(keys[~whole], tokens.hashes[starts[rows] + size])

    def find(self, tokens: Tokens) -> Found:
        """Find every place where a phrase stands within one text."""
        if not self._levels or not tokens.hashes.size:
            return Found(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp))
        places = np.flatnonzero(self._levels[0].may_begin(tokens.hashes))
        text_ends = tokens.bounds[np.searchsorted(tokens.bounds, places, side="right")]
        numbers, sizes = self._longest(tokens.hashes, places, text_ends)
        stands = sizes > 0
        places, numbers, ends = places[stands], numbers[stands], (places + sizes)[stands]
        covered = np.concatenate(([0], np.maximum.accumulate(ends)[:-1])) if ends.size else ends
        kept = ends > covered
        return Found(places[kept], numbers[kept])

    def _longest(self, hashes: Hashes, places: Places, text_ends: Places) -> tuple[Places, Places]:
        """Give the number and size of the longest phrase that begins at each place; 0 for none."""
        numbers = np.full(places.size, -1, dtype=np.intp)
        sizes = np.zeros(places.size, dtype=np.intp)
        rows, keys = np.arange(places.size), hashes[places]
        for size, level in enumerate(self._levels, start=1):
            hit, found = level.find(keys)
            numbers[rows[hit]], sizes[rows[hit]] = found, size
            further = np.flatnonzero(level.may_go_on(keys))
            further = further[places[rows[further]] + size < text_ends[rows[further]]]
            rows = rows[further]
            keys = _longer(keys[further], hashes[places[rows] + size])
        return numbers, sizes

    def counts(self, tokens: Tokens, most: int | None = None) -> list[dict[int, int]]:
        """Count each text's phrases by number, in order of first place.

        Of each text only the first `most` tokens count.
        """
        found = self.find(tokens)
        texts = np.searchsorted(tokens.bounds, found.places, side="right") - 1
        if most is not None:
            near = found.places - tokens.bounds[texts] < most
            texts, numbers = texts[near], found.numbers[near]
        else:
            numbers = found.numbers
        counted: list[dict[int, int]] = [{} for _ in range(tokens.bounds.size - 1)]
        for text, number in zip(texts.tolist(), numbers.tolist(), strict=True):
            of_text = counted[text]
            of_text[number] = of_text.get(number, 0) + 1
        return counted


def _low(keys: Hashes) -> NDArray[np.uint16]:
    return keys.astype(np.uint16)


def _longer(keys: Hashes, following: Hashes) -> Hashes:
    return mix(keys) + following
