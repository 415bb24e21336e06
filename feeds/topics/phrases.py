"""Find editors' phrases in a text, by match form and at borders of syllables only.

All phrases are looked up in one pass: a syllable that begins no phrase costs one look-up in a
set, so hundreds of phrases cost hardly more than one.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, compress, count

from feeds.text.normalise import syllables

_MOST_SPELLINGS = 65536
_Entry = tuple[int, list[str], str]  # size, syllables, phrase
_NONE: dict[str, list[_Entry]] = {}


def read_syllables(text: str, most: int = 400) -> list[str]:
    """List the syllables of a text's match form; `most` counts words parted by white space."""
    words = text.split(None, most)[:most]
    return list(chain.from_iterable(map(_SPELLINGS.__getitem__, words)))


class Phrases:
    """Phrases in match form, compiled for finding; build it once for each set of rules.

    A phrase inside a longer one that stands there is not found: "giáo dục pháp luật" is not about
    schools because "giáo dục" is.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._singles: set[str] = set()
        self._by_start: dict[str, dict[str, list[_Entry]]] = {}
        for phrase in dict.fromkeys(phrases):
            forms = phrase.split()
            if len(forms) == 1:
                self._singles.add(phrase)
            elif forms:
                seconds = self._by_start.setdefault(forms[0], {})
                seconds.setdefault(forms[1], []).append((len(forms), forms, phrase))
        for seconds in self._by_start.values():
            for longest_first in seconds.values():
                longest_first.sort(reverse=True)
        self._firsts = frozenset(self._singles | self._by_start.keys())

    def find(self, forms: list[str]) -> Iterator[str]:
        """Give the phrase for every place where one stands."""
        covered = 0  # end of the phrases found so far
        following = [*forms[1:], ""]
        for at in compress(count(), map(self._firsts.__contains__, forms)):
            longer = self._by_start.get(forms[at], _NONE).get(following[at])
            size, phrase = self._longest(forms, at, longer) if longer else (1, forms[at])
            if at + size > covered and (size > 1 or phrase in self._singles):
                covered = at + size
                yield phrase

    def _longest(self, forms: list[str], at: int, longer: list[_Entry]) -> tuple[int, str]:
        for size, wanted, phrase in longer:
            if size == 2 or forms[at : at + size] == wanted:
                return size, phrase
        return 1, forms[at]

    def counts(self, forms: list[str]) -> Mapping[str, int]:
        """Count the places of each phrase that stands in a text, in order of first place."""
        found: dict[str, int] = {}
        for phrase in self.find(forms):
            found[phrase] = found.get(phrase, 0) + 1
        return found


class _Spellings(dict[str, tuple[str, ...]]):
    """Remember the syllables of each spelling; a dict, for it is asked for every word of a text."""

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        if len(self) >= _MOST_SPELLINGS:
            self.clear()
        forms = self[chunk] = tuple(syllables(chunk))
        return forms


_SPELLINGS = _Spellings()
