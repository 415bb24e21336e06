"""Dates in figures, of which one is written with zeros and another without: 08/11 and 8/11.

Theory: beside a slash, a hyphen or a dash a zero before one digit says nothing. A dot parts
decimals, too, and 1.05 is not 1.5: there it takes a day, a month and a year of four digits to be
sure.
"""

import re

import numpy as np
from numpy.typing import NDArray

_ZERO, _DOT = 48, 46
_MARKS = (0x2D, 0x2F, *range(0x2010, 0x2016), 0x2212, 0xFF0F)  # hyphens, dashes, slashes
_DOTTED = re.compile(
    r"(?<![0-9.])(?:0?[1-9]|[12][0-9]|3[01])\.(?:0?[1-9]|1[0-2])\.(?:19|20)[0-9]{2}(?![0-9]|\.[0-9])"
)
# As far as a date reaches from a zero of its month (31.0) or day (08.11.2026), and as far beyond as
# its ends are told by.
_BEFORE, _AFTER = 4, 12


def zeros_of_dates(points: NDArray[np.uint32]) -> NDArray[np.intp]:
    """Find, among code points with digits of ASCII, the zeros that make no other date."""
    at = np.flatnonzero(points == _ZERO)
    if not at.size:
        return at
    padded = np.concatenate(([0], points, [0, 0]))
    before, digit, after = padded[at], padded[at + 2], padded[at + 3]
    alone = ~_is_digit(before) & _is_digit(digit) & ~_is_digit(after)
    sure = np.isin(before, _MARKS) | np.isin(after, _MARKS)
    for place in np.flatnonzero(alone & ~sure & ((before == _DOT) | (after == _DOT))):
        sure[place] = _in_dotted_date(points, int(at[place]))
    found: NDArray[np.intp] = at[alone & sure]
    return found


def _in_dotted_date(points: NDArray[np.uint32], at: int) -> bool:
    start = max(0, at - _BEFORE)
    near = points[start : at + _AFTER].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    return any(one.start() <= at - start < one.end() for one in _DOTTED.finditer(near))


def _is_digit(points: NDArray[np.uint32]) -> NDArray[np.bool_]:
    return (points >= _ZERO) & (points < _ZERO + 10)
