"""Texts by the hundred thousand: the corpus' vocabulary, drawn by numpy, with stock openings.

`bench.corpus` writes articles as feeds have them, at a few hundred a second. Here only likeness
counts: words by Zipf's law within a theme, a sentence in four with an opening that thousands of
articles share, and reprints with two syllables in a hundred changed.
"""

from collections.abc import Sequence

import numpy as np

from bench.corpus import EDITED_SYLLABLES, REPRINTED_SHARE
from bench.vocabulary import load_vocabulary

_WORDS = (150, 350)  # of two syllables on average
_SENTENCE, _STOCK = 12, 4


class Press:
    """Prints originals one after another, numbered from 1; the same seed prints the same."""

    def __init__(self, seed: int) -> None:
        self.printed = 0
        self._seed = seed
        self._words = load_vocabulary()
        self._themes = [
            (np.array(theme.pool), np.diff(theme.weights, prepend=0.0) / theme.weights[-1])
            for theme in self._words.themes
        ]

    def originals(self, count: int) -> list[str]:
        """Print the next originals."""
        texts = [self.original(self.printed + at + 1) for at in range(count)]
        self.printed += count
        return texts

    def further(self, count: int) -> tuple[list[str], dict[int, int]]:
        """Write texts that are not printed; some reprint an original.

        Maps the places of those to the originals' numbers.
        """
        chance = np.random.default_rng([self._seed, self.printed])
        texts: list[str] = []
        models: dict[int, int] = {}
        for at in range(count):
            if chance.random() < REPRINTED_SHARE:
                models[at] = int(chance.integers(1, self.printed + 1))
                texts.append(self._edited(chance, self.original(models[at])))
            else:
                texts.append(self.original(self.printed + 10**8 + at))
        return texts, models

    def original(self, number: int) -> str:
        """Write one text, the same each time."""
        chance = np.random.default_rng([self._seed, number])
        pool, shares = self._themes[number % len(self._themes)]
        words = pool[chance.choice(pool.size, int(chance.integers(*_WORDS)), p=shares)].tolist()
        sentences = [
            self._sentence(chance, words[start : start + _SENTENCE])
            for start in range(0, len(words), _SENTENCE)
        ]
        return " ".join(sentences)

    def _sentence(self, chance: np.random.Generator, words: Sequence[str]) -> str:
        text = " ".join(words) + "."
        if chance.integers(_STOCK):
            return text
        names = self._words
        opening = names.openings[chance.integers(len(names.openings))].format(
            person=names.people[chance.integers(len(names.people))],
            place=names.places[chance.integers(len(names.places))],
            organisation=names.organisations[chance.integers(len(names.organisations))],
        )
        return f"{opening} {text}"

    def _edited(self, chance: np.random.Generator, text: str) -> str:
        syllables = text.split(" ")
        for at in np.flatnonzero(chance.random(len(syllables)) < EDITED_SYLLABLES):
            syllables[at] = self._words.general[chance.integers(len(self._words.general))]
        return " ".join(syllables)
