"""Making scores into probabilities that hold: of what is 80 % sure, 80 % is right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feeds.topics.features import Ints
from feeds.topics.model import certainty

_WIDTHS = (2.0, 1.0, 0.5, 0.25, 0.1, 0.05)
_SLOPE_STEP = 0.25
_MOST = 20_000
_START = (2.0, 0.1)


@dataclass(frozen=True, slots=True)
class Held:
    """Articles that the weights had not seen: scores, numbers of known features, true sections."""

    scores: NDArray[np.float32]
    sizes: Ints
    labels: Ints


def fit_heat(held: Held) -> tuple[float, float]:
    """Find the temperature under which what was right and wrong is likeliest (Platt 1999).

    A walk on a grid that gets finer: two numbers, and a function without valleys.
    """
    every = max(1, held.labels.size // _MOST)
    held = Held(held.scores[::every], held.sizes[::every], held.labels[::every])
    best, loss = _START, surprise(held, _START)
    for width in _WIDTHS:
        moved = True
        while moved:
            moved = False
            for a, b in ((width, 0.0), (0.0, width * _SLOPE_STEP), (width, -width * _SLOPE_STEP)):
                for sign in (1, -1):
                    tried = (best[0] + sign * a, best[1] + sign * b)
                    found = surprise(held, tried)
                    if found < loss - 1e-6:
                        best, loss, moved = tried, found, True
    return best


def surprise(held: Held, heat: tuple[float, float]) -> float:
    """Give the mean negative log-likelihood of the guesses' being right or wrong as they are."""
    sure = certainty(held.scores, held.sizes, heat)
    is_right = held.scores.argmax(axis=1) == held.labels
    return float(-np.log(np.maximum(np.where(is_right, sure, 1 - sure), 1e-12)).mean())
