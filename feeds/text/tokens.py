"""Texts as arrays of hashed tokens: one 64-bit number for each syllable.

Theory: whatever counts or compares words (shingles, classification, vectors) needs them equal or
not, never their letters. Hashing them once, in one sweep over all characters of a batch, costs
less than splitting the strings. The hash is arithmetic modulo 2^64 on code points, so that it is
the same in every process and on every machine, which `hash` of a `str` is not. Among 10^5
different tokens the chance of any collision is about 3 in 10^10.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from feeds.text.normalise import match_form

Hashes = NDArray[np.uint64]

_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_LONGEST = 64  # characters of a token beyond this one share a weight
_SPACE = 32
_BMP = 0x10000


@dataclass(frozen=True, slots=True)
class Tokens:
    """Several texts' hashed tokens in one array; text i has `bounds[i]` to `bounds[i + 1]`."""

    hashes: Hashes
    bounds: NDArray[np.intp]


def hash_tokens(forms: Sequence[str]) -> Tokens:
    """Hash the tokens of texts that are in match form already."""
    codes = np.frombuffer(" ".join([*forms, ""]).encode("utf-32-le"), dtype="<u4")
    space = codes == _SPACE
    starts = np.flatnonzero(~space & np.concatenate(([True], space[:-1])))
    ends = np.cumsum([0, *(len(form) + 1 for form in forms)])
    bounds = np.searchsorted(starts, ends)
    return Tokens(token_hashes(codes, space, starts), bounds)


def hash_text(text: str) -> Hashes:
    """Hash the tokens of one text, in any form."""
    return hash_tokens([match_form(text)]).hashes


def mix(values: Hashes) -> Hashes:
    """Spread each number over all 64 bits, one to one (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * _FIRST
    values = (values ^ (values >> np.uint64(27))) * _SECOND
    mixed: Hashes = values ^ (values >> np.uint64(31))
    return mixed


def token_hashes(
    codes: NDArray[np.uint32], space: NDArray[np.bool_], starts: NDArray[np.intp]
) -> Hashes:
    """Hash tokens, given where each starts among code points in match form.

    Adds up a token's characters, each spread and weighted by its place in the token.
    """
    if not starts.size:
        return np.empty(0, dtype=np.uint64)
    before = np.empty(codes.size, dtype=np.intp)
    before[: starts[0]] = 0
    before[starts[0] :] = np.repeat(starts, np.diff(starts, append=codes.size))
    places = np.arange(codes.size) - before
    values = _spread(codes) * _weights()[np.minimum(places, _LONGEST - 1)]
    values[space] = 0
    return mix(np.add.reduceat(values, starts))


def _spread(codes: NDArray[np.uint32]) -> Hashes:
    spread = _spread_table().take(codes, mode="clip")
    astral = codes >= _BMP
    if astral.any():
        spread[astral] = mix((codes[astral] + np.uint64(1)) * _ODD)
    return spread


@cache
def _spread_table() -> Hashes:
    return mix((np.arange(_BMP, dtype=np.uint64) + np.uint64(1)) * _ODD)


@cache
def _weights() -> Hashes:
    return np.cumprod(np.full(_LONGEST, _ODD), dtype=np.uint64)
