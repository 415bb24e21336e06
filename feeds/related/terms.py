"""What an article is about, as a few weighted terms.

Theory: two articles belong together when they share names, acronyms and pairs of content
syllables; a single Vietnamese syllable says too little, a whole name says most. Weights come from
the article alone, never from counts over the store, so a relation does not depend on what arrived
before. The worse error is a dull term that relates everything, so words of function, pairs that
any news may hold, and names that stand everywhere are dropped or count little. Only the first
words are read: news tells what it is about first.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

from feeds.related.words import DULL, HEADS, ORDINARY, Word, read_words

READ_WORDS = 250
_IN_TITLE = 3  # a place in the title counts as this many in the text
_NAMES = {1: 1.4, 2: 1.8, 3: 2.2, 4: 2.2}  # weight by number of words
_LONGEST_NAME = max(_NAMES)
_ACRONYM = 1.5
_PAIR = 1.0
_SINGLE = 1.0
_ORDINARY_SHARE = 0.3
_MOST = 40
_GROWTH = tuple(1 + math.log(max(1, places)) for places in range(_MOST + 1))
_SAMPLE = 60  # words that tell the language
_VIETNAMESE_SHARE = 0.15  # of words outside ASCII; below it a text is read word by word


@dataclass(frozen=True, slots=True)
class Term:
    """One thing an article is about; `key` is a signed 64-bit hash of the match form.

    `text` is a name as the article writes it, and the match form of any other term. Weights of
    one article's terms have length 1, so the sum of products over shared terms is their cosine.
    """

    key: int
    text: str
    weight: float


def key_terms(title: str, text: str, limit: int = 16) -> tuple[Term, ...]:
    """List what an article is about, heaviest first, ties by match form."""
    head, body = read_words(_plain_case(title), READ_WORDS), read_words(text, READ_WORDS)
    by_syllable = _is_vietnamese(head + body)
    places: Counter[str] = Counter()
    written: dict[str, str] = {}
    bases: dict[str, float] = {}
    for words, times in ((body, 1), (head, _IN_TITLE)):
        runs = list(_runs(words))
        plain = list(_pairs(words, runs)) if by_syllable else []
        plain += [word.form for word in words if (word.foreign if by_syllable else word.content)]
        for form, count in Counter(plain).items():
            places[form] += times * count
            bases.setdefault(form, _SINGLE)
        for form, name, base in map(_name, (words[start:end] for start, end in runs)):
            places[form] += times
            bases[form], written[form] = base, name
    return _heaviest(places, bases, written, limit)


def term_key(form: str) -> int:
    """Hash a match form to a signed 64-bit number, the same on every machine."""
    digest = blake2b(form.encode(), digest_size=8, person=b"term").digest()
    return int.from_bytes(digest, "big", signed=True)


def _is_vietnamese(words: list[Word]) -> bool:
    sample = words[:_SAMPLE]
    marked = sum(not word.written.isascii() for word in sample if word.form)
    return marked > _VIETNAMESE_SHARE * len(sample)


def _plain_case(title: str) -> str:
    """Bring a title in capitals, or with Every Word Written Large, to small letters."""
    words = title.split()
    long = [word for word in words if len(word) > 3]
    shouted = title.isupper() and len(words) > 2
    headline = len(long) > 3 and sum(word[0].isupper() for word in long) > 0.8 * len(long)
    return title.lower() if shouted or headline else title


def _runs(words: list[Word]) -> Iterator[tuple[int, int]]:
    """Find names: acronyms, and runs of words written large, without the heads before them."""
    large = [at for at, word in enumerate(words) if word.is_large]
    at = 0
    while at < len(large):
        start = large[at]
        end = start + 1
        at += 1
        if not words[start].is_acronym:
            while at < len(large) and large[at] == end and not words[end].is_acronym:
                end += 1
                at += 1
            while end - start > 1 and words[start].form in HEADS:
                start += 1
        if _is_name(words, start, end):
            yield start, end


def _is_name(words: list[Word], start: int, end: int) -> bool:
    first = words[start]
    if end - start > 1 or first.is_acronym:
        return end - start <= _LONGEST_NAME
    # One Vietnamese syllable written large is mostly an office (Thủ tướng), and the first word
    # of a sentence says nothing by its capital.
    opens = start == 0 or words[start - 1].ends_sentence
    return not opens and not first.is_syllable and first.content


def _name(words: list[Word]) -> tuple[str, str, float]:
    form = " ".join(word.form for word in words)
    base = _ACRONYM if words[0].is_acronym else _NAMES[len(words)]
    share = _ORDINARY_SHARE if form in ORDINARY else 1.0
    return form, " ".join(word.written for word in words), base * share


def _pairs(words: list[Word], names: Iterable[tuple[int, int]]) -> Iterator[str]:
    """Give neighbouring content syllables outside names."""
    solid = [word.solid for word in words]
    for start, end in names:
        if end - start > 1 or words[start].is_acronym:
            solid[start:end] = [""] * (end - start)
    pairs = [f"{left} {right}" if left and right else "" for left, right in pairwise(solid)]
    for at in [at for at, pair in enumerate(pairs) if pair in DULL]:
        # A dull pair takes its syllables along: "tăng cường công tác" holds no "cường công".
        pairs[max(0, at - 1) : at + 2] = [""] * len(pairs[max(0, at - 1) : at + 2])
    return filter(None, pairs)


def _heaviest(
    places: Counter[str], bases: dict[str, float], written: dict[str, str], limit: int
) -> tuple[Term, ...]:
    weights = [(-base * _GROWTH[min(places[form], _MOST)], form) for form, base in bases.items()]
    chosen = sorted(weights)[:limit]
    length = math.sqrt(sum(weight * weight for weight, _ in chosen))
    return tuple(
        Term(term_key(form), written.get(form, form), round(-weight / length, 4))
        for weight, form in chosen
    )
