"""Making scores into probabilities that hold: of what is 80 % sure, 80 % is right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feeds.topics.features import Ints
from feeds.topics.model import Heat, probabilities

_WIDTHS = (2.0, 1.0, 0.5, 0.25, 0.1, 0.05)
_STEPS = ((1.0, 0.0, 0.0), (0.0, 0.25, 0.0), (0.0, 0.0, 0.1), (1.0, 0.0, -0.1))
_MOST = 20_000
_START: Heat = (2.5, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Held:
    """Articles that the weights had not seen: scores, numbers of known features, true sections."""

    scores: NDArray[np.float32]
    sizes: Ints
    labels: Ints


def fit_heat(held: Held) -> Heat:
    """Find the temperature under which the true sections are likeliest (Platt; Guo et al. 2017).

    A walk on a grid that gets finer: three numbers, and a function without valleys.
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
    first, second, third = (one + width * own for one, own in zip(heat, step, strict=True))
    return first, second, third


def surprise(held: Held, heat: Heat) -> float:
    """Give the mean negative log-likelihood of the true sections."""
    shares = probabilities(held.scores, held.sizes, heat)
    right = shares[np.arange(held.labels.size), held.labels]
    return float(-np.log(np.maximum(right, 1e-12)).mean())
