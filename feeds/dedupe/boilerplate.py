"""Boilerplate: what a site puts under and above each of its texts.

Theory: of one site, two short reports over the same long notice about the paper share most of their
words, and are two reports. Nothing in the two texts tells this from a text under a new first
paragraph, but the site does: a paper doesn't print one text twice under two leads of its own, while
another paper does just that. So it is asked of texts of one site only. Of neardup_vntc's 597
duplicates 13 share nothing before their common end; none of the 13 is of one paper, of 54 that are.

Notices carry an hour or a count that differs, so common runs are looked for a few syllables apart.
What stands between two such runs may be an edit: it counts as a report from 20 syllables on.
"""

import re
from urllib.parse import urlsplit

import numpy as np

from feeds.dedupe.match import LEAST_SYLLABLES, WIDTH
from feeds.dedupe.shingles import distinct, shingle
from feeds.text.tokens import Hashes

# Of what the two texts have of their own, so much may be the same by chance.
_MOST_OF_OWN = 0.3
# A few syllables are compared one by one, since they make no runs.
_MOST_OF_FEW = 0.5
# What stands before the ending of a country and belongs to nobody: baochi.com.vn is a site.
_SHARED = re.compile("ac|biz|com?|edu|gob|gov|gouv|go|health|info|int|mil|name|net?|nom|org?|pro")
_COUNTRY = 2  # letters


def site(url: str) -> str:
    """Name the site of an address: its domain without the sections' names before it.

    Told by its form, without a list of endings: two blogs of one host count as one site, whose
    texts are rather kept apart. Empty for an address without a host.
    """
    host = urlsplit(url).hostname or ""
    labels = host.split(".")
    if labels[-1].isdecimal() or ":" in host:
        return host  # an IP address
    shared = len(labels[-1]) == _COUNTRY and _SHARED.fullmatch("".join(labels[-2:-1]))
    return ".".join(labels[-3 if shared else -2 :])


def only_boilerplate(left: Hashes, right: Hashes) -> bool:
    """Tell of two texts' tokens whether all they share stands at their ends, nearly word by word.

    Nothing of its own on one side is no boilerplate: the other text holds this one.
    """
    # In an order of their own, so that of two ways to lay them side by side always one is taken.
    left, right = sorted((left, right), key=lambda side: (side.size, side.tobytes()))
    return _ends_alike(left, right) or _ends_alike(left[::-1], right[::-1])


def _ends_alike(left: Hashes, right: Hashes) -> bool:
    own, other, below = _without_tails(left, right)
    own, other, above = _without_tails(own[::-1], other[::-1])
    least = 1 if below + above == 1 else LEAST_SYLLABLES
    return bool(below + above) and min(own.size, other.size) >= least and _differ(own, other)


def _without_tails(left: Hashes, right: Hashes) -> tuple[Hashes, Hashes, int]:
    """Take common runs off the end of both, and what differs behind each; counts the runs."""
    taken = 0
    while (found := _next_run(left, right)) is not None:
        left, right = left[: left.size - found[0]], right[: right.size - found[1]]
        common = _common_end(left, right)
        left, right = left[: left.size - common], right[: right.size - common]
        taken += 1
    return left, right, taken


def _next_run(left: Hashes, right: Hashes) -> tuple[int, int] | None:
    """Find how few tokens, under 20 on each side, stand behind a run of 20 that both have."""
    run = LEAST_SYLLABLES
    one, other = (side[::-1][: 2 * run - 1] for side in (left, right))
    if min(one.size, other.size) < run:
        return None
    same = one[:, None] == other
    rows, columns = one.size - run + 1, other.size - run + 1
    starts = np.logical_and.reduce([same[at : at + rows, at : at + columns] for at in range(run)])
    skipped = np.argwhere(starts)
    if not skipped.size:
        return None
    nearest = skipped[np.argmin(skipped.sum(axis=1))]
    return int(nearest[0]), int(nearest[1])


def _common_end(left: Hashes, right: Hashes) -> int:
    """Count the tokens that are the same from the end of both on."""
    shorter = min(left.size, right.size)
    differ = np.flatnonzero(left[left.size - shorter :] != right[right.size - shorter :])
    return shorter if not differ.size else shorter - 1 - int(differ[-1])


def _differ(own: Hashes, other: Hashes) -> bool:
    width, most = (
        (WIDTH, _MOST_OF_OWN) if min(own.size, other.size) >= 2 * WIDTH else (1, _MOST_OF_FEW)
    )
    runs, others = distinct(shingle(own, width)), distinct(shingle(other, width))
    shared = np.intersect1d(runs, others, assume_unique=True).size
    return bool(shared < most * min(runs.size, others.size))
