"""Boilerplate: what a site puts under (or above) each of its texts.

Theory: of one site, two short reports over the same long notice about the paper share most of their
words, and are two reports. Nothing in the two texts tells this from a text under a new first
paragraph, but the site does: a paper doesn't print one text twice under two leads of its own, while
another paper does just that. So it is asked of texts of one site only. Of neardup_vntc's 597
duplicates 13 share nothing before their common end; none of the 13 is of one paper, of 54 that are.
"""

import numpy as np

from feeds.dedupe.match import LEAST_SYLLABLES, WIDTH
from feeds.dedupe.shingles import distinct, shingle
from feeds.text.tokens import Hashes

# Of what the two texts have of their own, so much may be the same by chance.
_MOST_OF_OWN = 0.3
# A few syllables are compared one by one, since they make no runs.
_MOST_OF_FEW = 0.5


def only_boilerplate(left: Hashes, right: Hashes) -> bool:
    """Tell of two texts' tokens whether all they share stands word by word at one end of both.

    Nothing of its own on one side is no boilerplate: the other text holds this one.
    """
    return _ends_alike(left, right) or _ends_alike(left[::-1], right[::-1])


def _ends_alike(left: Hashes, right: Hashes) -> bool:
    common = _common_end(left, right)
    if common < LEAST_SYLLABLES:
        return False
    own, other = left[: left.size - common], right[: right.size - common]
    shorter = min(own.size, other.size)
    if not shorter:
        return False
    width, most = (WIDTH, _MOST_OF_OWN) if shorter >= 2 * WIDTH else (1, _MOST_OF_FEW)
    runs, others = distinct(shingle(own, width)), distinct(shingle(other, width))
    shared = np.intersect1d(runs, others, assume_unique=True).size
    return bool(shared < most * min(runs.size, others.size))


def _common_end(left: Hashes, right: Hashes) -> int:
    """Count the tokens that are the same from the end of both on."""
    shorter = min(left.size, right.size)
    differ = np.flatnonzero(left[left.size - shorter :] != right[right.size - shorter :])
    return shorter if not differ.size else shorter - 1 - int(differ[-1])
