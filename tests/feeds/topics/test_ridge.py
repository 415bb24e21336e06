"""Ridge regression on sparse matrices finds what dense algebra finds."""

import numpy as np
import pytest
from numpy.typing import NDArray

from feeds.topics.model import Floats
from feeds.topics.ridge import Lines, ridge

ROWS, COLUMNS, SECTIONS = 30, 6, 3
SMOOTHING, MISSING = 0.3, 0.5


@pytest.fixture
def dense() -> Floats:
    drawn = np.random.default_rng(1)
    return (drawn.random((ROWS, COLUMNS)) * (drawn.random((ROWS, COLUMNS)) < 0.6)).astype("f4")


@pytest.fixture
def targets() -> Floats:
    return np.random.default_rng(2).random((ROWS, SECTIONS)).astype(np.float32)


@pytest.fixture
def importance() -> Floats:
    return np.linspace(0.5, 2, ROWS, dtype=np.float32)[:, None]


def lines(dense: Floats) -> Lines:
    rows, columns = np.nonzero(dense)
    sizes = np.bincount(rows, minlength=ROWS)
    return Lines(dense[rows, columns], columns.astype(np.int32), sizes)


def solved(dense: NDArray[np.float64], targets: Floats, importance: Floats) -> NDArray[np.float64]:
    left = dense.T @ (importance * dense) + SMOOTHING * np.eye(COLUMNS)
    return np.linalg.solve(left, dense.T @ (importance * targets))


def test_it_learns_as_if_half_of_an_articles_words_were_missing_again_and_again(
    dense: Floats, targets: Floats, importance: Floats
) -> None:
    draws = 4000
    there = np.random.default_rng(3).random((draws, ROWS, COLUMNS)) >= MISSING
    many = (there * dense / (1 - MISSING)).reshape(-1, COLUMNS)
    expected = solved(many, np.tile(targets, (draws, 1)), np.tile(importance, (draws, 1)) / draws)
    found = ridge(lines(dense), COLUMNS, targets, importance)
    assert np.allclose(found, expected, atol=0.01)


def test_a_feature_that_no_article_has_gets_no_weight(
    dense: Floats, targets: Floats, importance: Floats
) -> None:
    found = ridge(lines(dense), COLUMNS + 1, targets, importance)
    assert not found[COLUMNS].any()
    assert np.isfinite(found).all()
