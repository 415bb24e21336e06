"""Tokens without diacritics, so that what was typed without them is the same word."""

import numpy as np

from feeds.text.normalise import SPACE, look_up, without_diacritics
from feeds.text.reading import PLAIN, Reading
from feeds.text.tokens import Hashes, token_hashes


def bare_hashes(reading: Reading) -> Hashes:
    """Hash each token of a reading as if it had been written without diacritics.

    A token that has none keeps its hash.
    """
    if (reading.flags & PLAIN).all():
        return reading.hashes
    points = np.frombuffer(reading.text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    codes = without_diacritics(look_up(points))
    return token_hashes(codes, codes == SPACE, reading.starts)
