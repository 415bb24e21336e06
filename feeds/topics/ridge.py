"""Ridge regression on sparse matrices, by conjugate gradients, in numpy alone.

Theory: an article is learned as if each of its words had been missing half of the time, so that
what decides rests on many words and a text cut short is filed as well. For squares this needs no
drawing: it is a smoothing of each feature by the sum of its squares (van der Maaten et al. 2013).
The answer is found in some rounds of two products each; stopping early is part of the smoothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feeds.topics.features import Ints
from feeds.topics.model import Floats, lengths, multiply

_SMOOTHING = 0.3
_MISSING = 0.5  # of an article's words
_ROUNDS = 8
_PLACE_BITS = 32


@dataclass(frozen=True, slots=True)
class Lines:
    """A sparse matrix by lines."""

    values: Floats
    columns: NDArray[np.int32]
    sizes: Ints


@dataclass(frozen=True, slots=True)
class _Matrix:
    """Articles by rows, features by columns, and the same turned round."""

    values: Floats
    columns: NDArray[np.int32]
    sizes: Ints
    turned_values: Floats
    turned_rows: NDArray[np.int32]
    turned_sizes: Ints


def joined(parts: Sequence[Lines]) -> Lines:
    """Put the lines of matrices under one another."""
    return Lines(
        np.concatenate([one.values for one in parts]),
        np.concatenate([one.columns for one in parts]),
        np.concatenate([one.sizes for one in parts]),
    )


def some(lines: Lines, kept: Ints) -> Lines:
    """Choose lines."""
    chosen = np.zeros(lines.sizes.size, dtype=np.bool_)
    chosen[kept] = True
    cells = np.repeat(chosen, lines.sizes)
    return Lines(lines.values[cells], lines.columns[cells], lines.sizes[chosen])


def scaled(lines: Lines, worth: Floats) -> Lines:
    """Weigh each value by its feature's worth, and bring each line to length 1."""
    values = lines.values * worth.take(lines.columns)
    values /= np.repeat(lengths(values, lines.sizes), lines.sizes)
    return Lines(values, lines.columns, lines.sizes)


def product(lines: Lines, weights: Floats) -> Floats:
    """Multiply with a dense matrix; a row for each line."""
    return multiply(lines.values, lines.columns, lines.sizes, weights)


def ridge(lines: Lines, columns: int, targets: Floats, importance: Floats) -> Floats:
    """Solve (X'SX + Λ)W = X'SY, all sections side by side.

    X has so many columns, Y is `targets`, and S has `importance` (a column) on its diagonal. Λ is
    diagonal: what smooths each feature. Features are first brought to a smoothing of 1, which takes
    fewer rounds.
    """
    scale = np.reciprocal(np.sqrt(_smoothing(lines, columns, importance)))
    values = lines.values * scale.take(lines.columns)
    matrix = _turned(Lines(values, lines.columns, lines.sizes), columns)
    left = _against(matrix, importance * targets)
    weights = np.zeros_like(left)
    step = left.copy()
    size = (left * left).sum(axis=0)
    for _ in range(_ROUNDS):
        forth = multiply(matrix.values, matrix.columns, matrix.sizes, step)
        pull = _against(matrix, importance * forth) + step
        pace = size / np.maximum((step * pull).sum(axis=0), np.float32(1e-12))
        weights += pace * step
        left -= pace * pull
        before, size = size, (left * left).sum(axis=0)
        step = left + size / np.maximum(before, np.float32(1e-12)) * step
    weights *= scale[:, None]
    return weights


def _smoothing(lines: Lines, columns: int, importance: Floats) -> Floats:
    squares = lines.values * lines.values * np.repeat(importance.ravel(), lines.sizes)
    sums = np.bincount(lines.columns, weights=squares, minlength=columns)
    smoothing: Floats = (_SMOOTHING + _MISSING / (1 - _MISSING) * sums).astype(np.float32)
    return smoothing


def _turned(lines: Lines, columns: int) -> _Matrix:
    """Add the same turned round; column and place are sorted as one number."""
    keys = lines.columns.astype(np.int64) << _PLACE_BITS | np.arange(lines.columns.size)
    keys.sort()
    order = np.bitwise_and(keys, (1 << _PLACE_BITS) - 1, out=keys)
    rows = np.repeat(np.arange(lines.sizes.size, dtype=np.int32), lines.sizes)
    sizes = np.bincount(lines.columns, minlength=columns)
    turned = (lines.values.take(order), rows.take(order), sizes)
    return _Matrix(lines.values, lines.columns, lines.sizes, *turned)


def _against(matrix: _Matrix, lines: Floats) -> Floats:
    return multiply(matrix.turned_values, matrix.turned_rows, matrix.turned_sizes, lines)
