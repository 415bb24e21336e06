"""The names, acronyms, pairs and words of texts that may be terms, found in one sweep.

Vietnamese is read by pairs of syllables, any other language word by word; names are runs of words
written large, without the office before them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feeds.related.words import DULL, HEADS, ORDINARY, STOP, STOP_WORDS, among, are_foreign, joined
from feeds.text.normalise import match_form
from feeds.text.reading import AFTER, CAPITALS, GLUED, LARGE, LETTERS, PLAIN, Reading
from feeds.text.tokens import Hashes, hash_tokens
from feeds.text.vectors import NAME

READ_WORDS = 250
_NAMES = np.array([0, 1.4, 1.8, 2.2, 2.2])  # weight by number of words
_LONGEST_NAME = 4
_MOST_HEADS = 3
_ACRONYM = 1.5
_PAIR = 1.0
_SINGLE = 1.0
_ORDINARY_SHARE = 0.3
_SAMPLE = 60  # words that tell the language
_VIETNAMESE_SHARE = 0.15  # of words outside ASCII; below it a text is read word by word
_LEAST_WORD = 4

Marks = NDArray[np.bool_]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Phrases:
    """Every place of what may be a term: its article, hash, base weight and tokens.

    `titled` marks those in titles. Keys have no `NAME` bit yet.
    """

    articles: Places
    keys: Hashes
    bases: NDArray[np.float64]
    names: Marks
    titled: Marks
    firsts: Places
    lasts: Places


@dataclass(frozen=True, slots=True)
class _Words:
    """The words that are read: each text's first, one row each."""

    reading: Reading
    places: Places
    texts: Places
    hashes: Hashes
    lengths: Places
    large: Marks
    acronym: Marks
    letters: Marks
    plain: Marks
    after: Marks
    glued: Marks
    vietnamese: Marks

    @property
    def follows(self) -> Marks:
        """Tell which words follow the one before with a space and nothing else between."""
        return ~self.after & ~self.glued


@dataclass(frozen=True, slots=True)
class _Found:
    """Phrases of one sort, by rows of words: `first` and `last` of each."""

    first: Places
    last: Places
    keys: Hashes
    bases: NDArray[np.float64]
    is_name: bool


def find_phrases(reading: Reading) -> Phrases:
    """Find what may be a term; of each article, title and text were read in turn."""
    words = _read(reading)
    acronyms, names = _acronyms(words), _names(words)
    solid = words.letters & (words.lengths > 1) & ~among(words.hashes, STOP)
    solid[_covered(acronyms, words.places.size)] = False
    solid[_covered(_longer(names), words.places.size)] = False
    found = [acronyms, names, _pairs(words, solid), _singles(words)]
    first = np.concatenate([one.first for one in found])
    texts = words.texts[first]
    return Phrases(
        articles=texts >> 1,
        keys=np.concatenate([one.keys for one in found]) & ~np.uint64(NAME),
        bases=np.concatenate([one.bases for one in found]),
        names=np.concatenate([np.full(one.first.size, one.is_name) for one in found]),
        titled=texts & 1 == 0,
        firsts=words.places[first],
        lasts=words.places[np.concatenate([one.last for one in found])],
    )


def _read(reading: Reading) -> _Words:
    sizes = np.diff(reading.bounds)
    texts = np.repeat(np.arange(sizes.size), sizes)
    places = np.flatnonzero(np.arange(texts.size) - reading.bounds[texts] < READ_WORDS)
    texts, flags = texts[places], reading.flags[places]
    marks = [(flags & flag).astype(np.bool_) for flag in (LARGE, CAPITALS, LETTERS, PLAIN)]
    large, acronym, letters, plain = marks
    return _Words(
        reading,
        places,
        texts,
        reading.hashes[places],
        reading.ends[places] - reading.starts[places],
        large,
        acronym,
        letters,
        plain,
        (flags & AFTER).astype(np.bool_),
        (flags & GLUED).astype(np.bool_),
        _are_vietnamese(texts >> 1, plain),
    )


def _are_vietnamese(articles: Places, plain: Marks) -> Marks:
    """Tell by their articles' first words which words stand in Vietnamese ones."""
    count = int(articles.max(initial=-1)) + 1
    sizes = np.bincount(articles, minlength=count)
    begins = np.cumsum(sizes) - sizes
    sampled = np.arange(articles.size) - begins[articles] < _SAMPLE
    marked = np.bincount(articles[sampled & ~plain], minlength=count)
    vietnamese: Marks = marked > _VIETNAMESE_SHARE * np.minimum(sizes, _SAMPLE)
    return vietnamese[articles]


def _runs(inside: Marks, linked: Marks) -> tuple[Places, Places]:
    """Give first and last row of each run of marked words, each linked to the one before."""
    goes_on = inside.copy()
    goes_on[1:] &= inside[:-1] & linked[1:]
    goes_on[:1] = False
    last = inside & ~np.append(goes_on[1:], False)
    return np.flatnonzero(inside & ~goes_on), np.flatnonzero(last)


def _acronyms(words: _Words) -> _Found:
    """Find words in capitals; LĐ-TB&XH and LĐTB-XH are one ministry."""
    first, last = _runs(words.acronym, words.glued)
    keys = words.hashes[first].copy()
    several = np.flatnonzero(last > first)
    if several.size:
        keys[several] = hash_tokens(
            [_spelled(words, int(first[at]), int(last[at])) for at in several]
        ).hashes
    bases = np.where(among(keys, ORDINARY), _ACRONYM * _ORDINARY_SHARE, _ACRONYM)
    return _Found(first, last, keys, bases, is_name=True)


def _spelled(words: _Words, first: int, last: int) -> str:
    """Write the letters of neighbouring words as one word in match form."""
    reading, places = words.reading, words.places
    parts = places[first : last + 1].tolist()
    return match_form(
        "".join(reading.text[reading.starts[place] : reading.ends[place]] for place in parts)
    )


def _names(words: _Words) -> _Found:
    """Find runs of words written large, without the heads before them."""
    large = words.large & ~words.acronym
    first, last = _runs(large, ~words.after)
    heads = among(words.hashes, HEADS)
    for _ in range(_MOST_HEADS):
        first = first + (heads[first] & (last > first))
    sizes = last - first + 1
    several = (sizes > 1) & (sizes <= _LONGEST_NAME)
    # One Vietnamese syllable written large is mostly an office (Thủ tướng), and the first word
    # of a sentence says nothing by its capital.
    single = np.flatnonzero((sizes == 1) & ~words.after[first] & words.plain[first])
    single = single[_are_content(words, first[single])]
    single = single[_are_foreign(words, first[single])]
    several[single] = True
    first, last, sizes = first[several], last[several], sizes[several]
    keys = words.hashes[first].copy()
    for more in range(1, _LONGEST_NAME):
        longer = np.flatnonzero(sizes > more)
        keys[longer] = joined(keys[longer], words.hashes[first[longer] + more])
    share = np.where(among(keys, ORDINARY), _ORDINARY_SHARE, 1.0)
    return _Found(first, last, keys, _NAMES[sizes] * share, is_name=True)


def _are_content(words: _Words, rows: Places) -> Marks:
    long = words.letters[rows] & (words.lengths[rows] >= _LEAST_WORD)
    return long & ~among(words.hashes[rows], STOP_WORDS)


def _are_foreign(words: _Words, rows: Places) -> Marks:
    text, places = words.reading.text, words.places[rows]
    starts, ends = words.reading.starts[places].tolist(), words.reading.ends[places].tolist()
    return are_foreign(text[start:end] for start, end in zip(starts, ends, strict=True))


def _longer(names: _Found) -> _Found:
    several = names.last > names.first
    return _Found(
        names.first[several],
        names.last[several],
        names.keys[several],
        names.bases[several],
        names.is_name,
    )


def _covered(found: _Found, size: int) -> Marks:
    """Mark the words that stand in phrases."""
    steps = np.zeros(size + 1, dtype=np.intp)
    np.add.at(steps, found.first, 1)
    np.add.at(steps, found.last + 1, -1)
    covered: Marks = np.cumsum(steps[:-1]) > 0
    return covered


def _pairs(words: _Words, solid: Marks) -> _Found:
    """Find neighbouring content syllables of Vietnamese texts."""
    paired = np.zeros(solid.size, dtype=np.bool_)
    paired[1:] = solid[1:] & solid[:-1] & words.follows[1:] & words.vietnamese[1:]
    rows = np.flatnonzero(paired)
    keys = joined(words.hashes[rows - 1], words.hashes[rows])
    # A dull pair takes its syllables along: "tăng cường công tác" holds no "cường công".
    dull = rows[among(keys, DULL)]
    for away in (-1, 0, 1):
        near = dull + away
        paired[near[(near >= 0) & (near < paired.size)]] = False
    kept = paired[rows]
    rows = rows[kept]
    return _Found(rows - 1, rows, keys[kept], np.full(rows.size, _PAIR), is_name=False)


def _singles(words: _Words) -> _Found:
    """Find single words: foreign ones of Vietnamese texts, content words of all others."""
    plain = words.plain & words.letters & ~words.acronym & (words.lengths >= _LEAST_WORD)
    foreign = np.flatnonzero(plain & words.vietnamese)
    foreign = foreign[_are_foreign(words, foreign)]
    other = np.flatnonzero(~words.vietnamese)
    other = other[_are_content(words, other)]
    rows = np.concatenate([foreign, other])
    return _Found(rows, rows, words.hashes[rows], np.full(rows.size, _SINGLE), is_name=False)
