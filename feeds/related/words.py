"""A text as words with what `terms` asks of each; looked up once per spelling, because news
repeats its words.
"""

import re
from itertools import chain
from typing import NamedTuple

from feeds.related.stop_words import (
    DULL_PAIRS,
    ENGLISH_WORDS,
    HEAD_WORDS,
    ORDINARY_NAMES,
    VIETNAMESE_SYLLABLES,
)
from feeds.text.normalise import match_form

_TOKEN = re.compile(r"[^\W_]+(?:[-&.'’][^\W_]+)*|[^\w\s]")
_PLAIN_SYLLABLE = re.compile(
    r"(?:b|ch?|d|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|t[hr]?|v|x)?[aeiouy]{1,3}(?:ch?|m|n[gh]?|p|t)?"
)

STOP_WORDS = frozenset(match_form(ENGLISH_WORDS).split())
STOP = frozenset(match_form(VIETNAMESE_SYLLABLES).split()) | STOP_WORDS
HEADS = frozenset(match_form(HEAD_WORDS).split())
DULL = frozenset(match_form(pair) for pair in DULL_PAIRS.split(","))
ORDINARY = frozenset(match_form(name) for name in ORDINARY_NAMES.split(","))

_MOST_SPELLINGS = 32768


class Word(NamedTuple):
    """One word as written, and what it may stand for; marks have an empty form.

    `solid` is the form where the word may be half of a pair, else empty. `foreign` is no
    Vietnamese syllable, `content` is a term of its own in a text read word by word.
    """

    written: str
    form: str
    solid: str
    is_large: bool
    is_acronym: bool
    is_syllable: bool
    foreign: bool
    content: bool
    ends_sentence: bool


def read_words(text: str, most: int) -> list[Word]:
    """Read the first words of a text; `most` counts what white space parts."""
    return list(chain.from_iterable(map(_SPELLINGS.__getitem__, text.split(None, most)[:most])))


def _word(written: str) -> Word:
    form = match_form(written)
    is_acronym = len(written) > 1 and written.isupper()
    if is_acronym:
        form = form.replace(" ", "")  # LĐ-TB&XH and LĐTB-XH are one ministry
    plain = form.isalpha()
    is_syllable = not written.isascii() or bool(_PLAIN_SYLLABLE.fullmatch(form))
    return Word(
        written=written,
        form=form,
        solid=form if plain and len(form) > 1 and form not in STOP else "",
        is_large=written[0].isupper(),
        is_acronym=is_acronym,
        is_syllable=is_syllable,
        foreign=plain and len(form) > 3 and not is_syllable and not is_acronym,
        content=len(form) > 3 and form not in STOP_WORDS and not written[0].isdigit(),
        ends_sentence=not form,
    )


class _Spellings(dict[str, tuple[Word, ...]]):
    """Remember the words of each spelling; a dict, for it is asked for every word of a text."""

    def __missing__(self, chunk: str) -> tuple[Word, ...]:
        if len(self) >= _MOST_SPELLINGS:
            self.clear()
        words = self[chunk] = tuple(map(_word, _TOKEN.findall(chunk)))
        return words


_SPELLINGS = _Spellings()
