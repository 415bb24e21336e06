"""Making scores into probabilities that hold: of what is 80 % sure, 80 % is right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feeds.topics.features import Ints
from feeds.topics.model import Heat, certainty

_WIDTHS = (2.0, 1.0, 0.5, 0.25, 0.1, 0.05)
_STEPS = (
    (1.0, 0.0, 0.0, 0.0),
    (0.0, 0.25, 0.0, 0.0),
    (0.0, 0.0, 0.1, 0.0),
    (1.0, 0.0, -0.1, 0.0),
    (0.0, 0.0, 0.0, 0.5),
)
_MOST = 20_000
_START: Heat = (2.5, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Held:
    """Articles that the weights had not seen: scores, numbers of known features, true sections."""

    scores: NDArray[np.float32]
    sizes: Ints
    labels: Ints


def fit_heat(held: Held) -> Heat:
    """Find the temperature under which what was right and wrong is likeliest (Platt 1999).

    A walk on a grid that gets finer: four numbers, and a function without valleys.
    """
    every = max(1, held.labels.size // _MOST)
    held = Held(held.scores[::every], held.sizes[::every], held.labels[::every])
    best, loss = _START, surprise(held, _START)
    for width in _WIDTHS:
        moved = True
        while moved:
            moved = False
            for tried in (_moved(best, step, sign * width) for step in _STEPS for sign in (1, -1)):
                found = surprise(held, tried)
                if found < loss - 1e-6:
                    best, loss, moved = tried, found, True
    return best


def _moved(heat: Heat, step: Heat, width: float) -> Heat:
    a, b, c, d = (one + width * own for one, own in zip(heat, step, strict=True))
    return a, b, c, d


def surprise(held: Held, heat: Heat) -> float:
    """Give the mean negative log-likelihood of the guesses' being right or wrong as they are."""
    sure = certainty(held.scores, held.sizes, heat)
    is_right = held.scores.argmax(axis=1) == held.labels
    return float(-np.log(np.maximum(np.where(is_right, sure, 1 - sure), 1e-12)).mean())
