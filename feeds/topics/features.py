"""What the learned model sees of articles: hashed syllables and pairs, bare and as written.

Theory: with its diacritics a Vietnamese syllable says more, without them it is still most of a
word. So each syllable and pair counts in its bare form, and once more as written where that
differs. A text typed without diacritics lacks the second kind and keeps the first, and one model
reads both. A feature is one of 2^20 slots; of 400,000 features about every third shares its slot,
mostly with one that is too rare to be learned.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feeds.text.bare import bare_hashes
from feeds.text.reading import Reading
from feeds.text.tokens import Hashes, mix

Ints = NDArray[np.int64]
SLOT_BITS = 20
_MOST_BITS = 63
_BARE, _BARE_PAIR = np.uint64(0x51), np.uint64(0x52)  # one word and a pair are never one feature
_WRITTEN, _WRITTEN_PAIR = np.uint64(0x53), np.uint64(0x54)
_SHIFT = np.uint64(64 - SLOT_BITS)


@dataclass(frozen=True, slots=True)
class Places:
    """Where features stand: of each the article, the slot, and where in the text.

    `at` is twice the number of the first token of `reading`, one more where a second belongs to it.
    """

    reading: Reading
    articles: Ints
    slots: Ints
    at: Ints

    def chosen(self, kept: NDArray[np.bool_]) -> "Places":
        """Keep some of the places."""
        return Places(self.reading, self.articles[kept], self.slots[kept], self.at[kept])

    def written(self, at: int) -> str:
        """Give what stands at a place, in small letters."""
        start = self.reading.starts[at >> 1]
        end = self.reading.ends[(at >> 1) + (at & 1)]
        return " ".join(self.reading.text[start:end].lower().split())


@dataclass(frozen=True, slots=True)
class Counted:
    """Each article's features, once each, by article and slot; `at` is the first of its places."""

    articles: Ints
    slots: Ints
    counts: Ints
    at: Ints


def places(reading: Reading, asked: NDArray[np.bool_], chars: int) -> Places:
    """Find the features of articles, of each body to about so many characters.

    `reading` holds title, excerpt and text of each in turn, as `read_all` gives them; the longer
    of the last two is the body. Articles that are not `asked` for have none.
    """
    texts = np.repeat(np.arange(3 * asked.size), np.diff(reading.bounds))
    read_on = _is_read(reading, asked, chars, texts)
    written, bare = reading.hashes, bare_hashes(reading)
    differs = (written != bare) & read_on
    follows = (texts[1:] == texts[:-1]) & read_on[1:]  # of a text, a beginning is read
    singles, pairs = np.flatnonzero(read_on), np.flatnonzero(follows)
    marked = np.flatnonzero(differs)
    marked_pairs = np.flatnonzero(follows & (differs[1:] | differs[:-1]))
    groups = (
        (singles, 0, _single(bare, singles, _BARE)),
        (pairs, 1, _pair(bare, pairs, _BARE_PAIR)),
        (marked, 0, _single(written, marked, _WRITTEN)),
        (marked_pairs, 1, _pair(written, marked_pairs, _WRITTEN_PAIR)),
    )
    keys = np.concatenate([key for _, _, key in groups])
    at = np.concatenate([first << 1 | more for first, more, _ in groups])
    slots = (keys >> _SHIFT).astype(np.int64)
    return Places(reading, texts[at >> 1] // 3, slots, at)


def _is_read(
    reading: Reading, asked: NDArray[np.bool_], chars: int, texts: Ints
) -> NDArray[np.bool_]:
    """Tell of each token whether it is in a title or in the beginning of a body."""
    sizes = np.diff(reading.bounds).reshape(-1, 3)
    wanted = np.ones_like(sizes, dtype=np.bool_)
    wanted[:, 2] = sizes[:, 2] > sizes[:, 1]
    wanted[:, 1] = ~wanted[:, 2]
    wanted &= asked[:, None]
    if not texts.size:
        return np.zeros(0, dtype=np.bool_)
    begins = reading.starts[np.minimum(reading.bounds[:-1], texts.size - 1)]
    near = reading.starts - begins[texts] < chars
    read_on: NDArray[np.bool_] = wanted.ravel()[texts] & near
    return read_on


def _single(hashes: Hashes, at: Ints, kind: np.uint64) -> Hashes:
    return mix(hashes[at] ^ kind)


def _pair(hashes: Hashes, at: Ints, kind: np.uint64) -> Hashes:
    return mix((mix(hashes[at]) + hashes[at + 1]) ^ kind)


def count(found: Places) -> Counted:
    """Count each article's features.

    Article, slot and place are sorted as one number, which takes a fifth of the time of sorting by
    the first two and keeping track of the third. Raises `ValueError` for more articles and text at
    once than a number has room for (10^4 articles of 10^5 tokens).
    """
    place_bits = int(found.at.max(initial=0)).bit_length()
    if int(found.articles.max(initial=0)).bit_length() + SLOT_BITS + place_bits > _MOST_BITS:
        raise ValueError("too many articles at once to count their features")
    keys = (found.articles << SLOT_BITS | found.slots) << place_bits | found.at
    keys.sort()
    features = keys >> place_bits
    new = np.ones(keys.size, dtype=np.bool_)
    new[1:] = features[1:] != features[:-1]
    starts = np.flatnonzero(new)
    counts = np.diff(starts, append=keys.size)
    kept = features[starts]
    at = keys[starts] & ((1 << place_bits) - 1)
    return Counted(kept >> SLOT_BITS, kept & ((1 << SLOT_BITS) - 1), counts, at)
