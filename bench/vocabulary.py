"""The words that the generated news is made of, with how often each is used.

Theory: words drawn uniformly make any two articles equally unlike, and every word equally rare.
News is skewed, an article keeps to the words of its theme, and names come back within it. The
weight of the n-th most common word is Mandelbrot's 1/(n + 2.7).

And news never runs out of new words, most of them names: 3,600 articles of real Vietnamese news
(topics_vntc, 1,600 characters each) have 16,800 forms, of which 7,000 come once, and what comes
after the 1,000 most common is 15 % of the text. With 2,300 forms instead, of 3,600 articles 3,300
stood in stories by error; of the real ones 112 did. So the words and names that few use are made
of syllables: then it is 340, of which 300 retell or reprint another, and there are as many edges
of matter as between the real ones (19,600 and 19,300).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from unicodedata import normalize

import yaml

PEOPLE, PLACES, ORGANISATIONS, RARE = 6000, 3000, 2000, 12_000
_GENERAL_TAIL, _THEME_TAIL = 600, 250
_GENERAL_SHARE, _THEME_SHARE = 0.75, 0.25
_OFFSET = 2.7
_TONES = ("", "\N{COMBINING GRAVE ACCENT}", "\N{COMBINING ACUTE ACCENT}")


@dataclass(frozen=True, slots=True)
class Theme:
    """What an article can be about; `weights` are those of all words when the theme is set."""

    section: str
    words: tuple[str, ...]
    pool: tuple[str, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All words and names, each list ordered by how common they are, `rare` hardly at all."""

    general: tuple[str, ...]
    sections: tuple[str, ...]
    themes: tuple[Theme, ...]
    people: tuple[str, ...]
    places: tuple[str, ...]
    organisations: tuple[str, ...]
    rare: tuple[str, ...]
    papers: tuple[str, ...]
    openings: tuple[str, ...]


@cache
def load_vocabulary() -> Vocabulary:
    """Read the vocabulary that lies beside this file; the same object every time."""
    raw = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    syllables = _syllables(raw["onsets"], raw["rimes"])
    general = _words(raw["general"])
    general += _made("general", syllables, _GENERAL_TAIL)
    rare = _made("rare", _syllables(raw["onsets"], raw["rimes"])[:: len(_TONES)], RARE, joint="")
    return Vocabulary(
        general=general,
        sections=tuple(raw["sections"]),
        themes=tuple(
            _theme(section, _words(words) + _made(words, syllables, _THEME_TAIL), general)
            for section, words in raw["themes"]
        ),
        people=_people(raw),
        places=_names(_words(raw["places"]), ("xã", "phường", "đảo"), rare, PLACES),
        organisations=_names(
            _words(raw["organisations"]), ("Công ty", "Tập đoàn", "Quỹ"), rare, ORGANISATIONS
        ),
        rare=rare,
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


def _syllables(onsets: Sequence[str], rimes: Sequence[str]) -> tuple[str, ...]:
    """Put onsets, rimes and tones together, as Vietnamese writes them."""
    return tuple(
        normalize("NFC", onset + rime.replace("'", tone))
        for onset in onsets
        for rime in rimes
        for tone in _TONES
    )


def _made(purpose: str, syllables: Sequence[str], count: int, joint: str = " ") -> tuple[str, ...]:
    """Make so many different words of two syllables."""
    rng = Random(purpose)
    words: dict[str, None] = {}
    while len(words) < count:
        words[joint.join(rng.choices(syllables, k=2))] = None
    return tuple(words)


def _names(
    known: tuple[str, ...], kinds: Sequence[str], words: Sequence[str], count: int
) -> tuple[str, ...]:
    """Follow the known names by so many made ones."""
    rng = Random(kinds[0])
    made = (f"{rng.choice(kinds)} {rng.choice(words).title()}" for _ in range(count))
    return tuple(dict.fromkeys((*known, *made)))


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
