"""What the learned model sees of articles: hashed syllables and pairs, bare and as written.

Theory: with its diacritics a Vietnamese syllable says more, without them it is still most of a
word. So each syllable and pair counts in its bare form, and once more as written where that
differs. A text typed without diacritics lacks the second kind and keeps the first, and one model
reads both. A feature is one of 2^20 slots; of 400,000 features about every third shares its slot,
mostly with one that is too rare to be learned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from feeds.text.bare import bare_hashes
from feeds.text.reading import Reading, read
from feeds.text.tokens import Hashes, mix
from feeds.topics.subject import Subject, beginning

Ints = NDArray[np.int64]
SLOT_BITS = 20
_BARE, _BARE_PAIR = np.uint64(0x51), np.uint64(0x52)  # one word and a pair are never one feature
_WRITTEN, _WRITTEN_PAIR = np.uint64(0x53), np.uint64(0x54)
_SHIFT = np.uint64(64 - SLOT_BITS)


@dataclass(frozen=True, slots=True)
class Places:
    """Where features stand: of each the article, the slot, and its tokens from `first` to `last`.

    `reading` holds title and body of each article in turn.
    """

    reading: Reading
    articles: Ints
    slots: Ints
    first: Ints
    last: Ints

    def chosen(self, kept: NDArray[np.bool_]) -> "Places":
        """Keep some of the places."""
        return Places(
            self.reading,
            self.articles[kept],
            self.slots[kept],
            self.first[kept],
            self.last[kept],
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """Each article's features, once each, by article and slot; `place` is one where it stands."""

    articles: Ints
    slots: Ints
    counts: Ints
    place: Ints


def places(subjects: Sequence[Subject], chars: int) -> Places:
    """Find the features of articles, each read to about so many characters."""
    parts = ((one.title, beginning(one.body, chars)) for one in subjects)
    reading = read(list(chain.from_iterable(parts)))
    written, bare = reading.hashes, bare_hashes(reading)
    texts = np.repeat(np.arange(2 * len(subjects)), np.diff(reading.bounds))
    differs = written != bare
    follows = texts[1:] == texts[:-1]
    either = differs[1:] | differs[:-1]
    singles, pairs = np.arange(texts.size), np.flatnonzero(follows)
    marked, marked_pairs = np.flatnonzero(differs), np.flatnonzero(follows & either)
    groups = (
        (singles, _single(bare, singles, _BARE), 0),
        (pairs, _pair(bare, pairs, _BARE_PAIR), 1),
        (marked, _single(written, marked, _WRITTEN), 0),
        (marked_pairs, _pair(written, marked_pairs, _WRITTEN_PAIR), 1),
    )
    first = np.concatenate([at for at, _, _ in groups])
    last = np.concatenate([at + more for at, _, more in groups])
    keys = np.concatenate([key for _, key, _ in groups])
    slots = (keys >> _SHIFT).astype(np.int64)
    return Places(reading, texts[first] // 2, slots, first, last)


def _single(hashes: Hashes, at: Ints, kind: np.uint64) -> Hashes:
    return mix(hashes[at] ^ kind)


def _pair(hashes: Hashes, at: Ints, kind: np.uint64) -> Hashes:
    return mix((mix(hashes[at]) + hashes[at + 1]) ^ kind)


def count(found: Places) -> Counted:
    """Count each article's features."""
    keys = found.articles << SLOT_BITS | found.slots
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    new = np.ones(ordered.size, dtype=np.bool_)
    new[1:] = ordered[1:] != ordered[:-1]
    starts = np.flatnonzero(new)
    counts = np.diff(starts, append=ordered.size)
    kept = ordered[starts]
    return Counted(kept >> SLOT_BITS, kept & ((1 << SLOT_BITS) - 1), counts, order[starts])
