"""The words that the generated news is made of, with how often each is used.

Theory: words drawn uniformly make any two articles equally unlike, and every word equally rare.
News is skewed, an article keeps to the words of its theme, and names come back within it. The
weight of the n-th most common word is Mandelbrot's 1/(n + 2.7).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random

import yaml

PEOPLE = 200
_GENERAL_SHARE, _THEME_SHARE = 0.75, 0.25
_OFFSET = 2.7


@dataclass(frozen=True, slots=True)
class Theme:
    """What an article can be about; `weights` are those of all words when the theme is set."""

    section: str
    words: tuple[str, ...]
    pool: tuple[str, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All words and names; `general` is ordered by how common a word is."""

    general: tuple[str, ...]
    sections: tuple[str, ...]
    themes: tuple[Theme, ...]
    people: tuple[str, ...]
    places: tuple[str, ...]
    organisations: tuple[str, ...]
    papers: tuple[str, ...]
    openings: tuple[str, ...]


@cache
def load_vocabulary() -> Vocabulary:
    """Read the vocabulary that lies beside this file; the same object every time."""
    raw = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    general = _words(raw["general"])
    return Vocabulary(
        general=general,
        sections=tuple(raw["sections"]),
        themes=tuple(_theme(section, _words(words), general) for section, words in raw["themes"]),
        people=_people(raw),
        places=_words(raw["places"]),
        organisations=_words(raw["organisations"]),
        papers=tuple(raw["papers"]),
        openings=tuple(raw["openings"]),
    )


def zipf(count: int, total: float) -> list[float]:
    """Weigh `count` words by rank, so that the weights sum to `total`."""
    weights = [1 / (rank + _OFFSET) for rank in range(1, count + 1)]
    scale = total / sum(weights)
    return [weight * scale for weight in weights]


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


def _theme(section: str, words: tuple[str, ...], general: tuple[str, ...]) -> Theme:
    weights = zipf(len(general), _GENERAL_SHARE) + zipf(len(words), _THEME_SHARE)
    return Theme(section, words, general + words, tuple(accumulate(weights)))


def _people(raw: dict[str, str]) -> tuple[str, ...]:
    parts: list[Sequence[str]] = [_words(raw[key]) for key in ("surnames", "middles", "givens")]
    rng = Random("people")
    names: dict[str, None] = {}
    while len(names) < PEOPLE:
        names[" ".join(rng.choice(part) for part in parts)] = None
    return tuple(names)
