"""Nearest: a batch's neighbours are those that comparing all would give, or nearly."""

import numpy as np
import pytest

from feeds.related.held import Held
from feeds.related.nearest import Floats, asked_cells, cell_of, divide, how_many_cells


def crowd(count: int, seed: int, middles: int = 40, dimensions: int = 24) -> Floats:
    """Vectors of length 1 around middles that are the same for every seed."""
    places = np.random.default_rng(0).standard_normal((middles, dimensions))
    chance = np.random.default_rng(seed)
    found = places[chance.integers(middles, size=count)]
    found = found + 0.4 * chance.standard_normal(found.shape)
    unit: Floats = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
    return unit


def exact(own: np.ndarray, asked: Floats, ids: np.ndarray, vectors: Floats, most: int) -> set:  # type: ignore[type-arg]
    alike = asked @ vectors.T
    alike[own[:, None] == ids] = -2
    best = np.argsort(-alike, axis=1)[:, :most]
    return {(int(one), int(ids[at])) for one, row in zip(own, best, strict=True) for at in row}


def found(held: Held, own: np.ndarray, asked: Floats, most: int) -> set:  # type: ignore[type-arg]
    ones, others, _ = held.nearest(own, asked, most)
    return set(zip(ones.tolist(), others.tolist(), strict=True))


def test_below_the_bound_nothing_is_missed() -> None:
    vectors, ids = crowd(3000, 1), np.arange(7, 3007)
    held = Held(divide(vectors, 5))
    for start in range(0, 3000, 700):
        held.add(ids[start : start + 700], vectors[start : start + 700])
    own, asked = ids[:50], vectors[:50]
    missed = exact(own, asked, ids, vectors, 10) - found(held, own, asked, 10)
    assert len(missed) <= 2  # of 500, where two stand equally near


def test_beyond_the_bound_hardly_anything_is_missed() -> None:
    vectors, ids = crowd(6000, 2), np.arange(6000)
    held = Held(divide(vectors[:2000], 60), whole=1000)
    for start in range(0, 6000, 400):
        held.add(ids[start : start + 400], vectors[start : start + 400])
    own, asked = ids[::60], vectors[::60]
    right = exact(own, asked, ids, vectors, 10)
    assert len(right & found(held, own, asked, 10)) >= 0.95 * len(right)


def test_few_cells_that_are_asked_miss_more() -> None:
    """Else the test before says nothing of cells."""
    vectors, ids = crowd(6000, 2, middles=6000), np.arange(6000)
    centres = divide(vectors[:2000], 600)
    held = Held(centres, whole=1000, share=0.001)
    held.add(ids, vectors)
    right = exact(ids[::60], vectors[::60], ids, vectors, 10)
    assert len(right & found(held, ids[::60], vectors[::60], 10)) < 0.95 * len(right)


def test_an_article_is_no_neighbour_of_its_own_and_none_comes_twice() -> None:
    vectors = crowd(30, 3)
    held = Held(vectors[:2])
    held.add(np.arange(30), vectors)
    held.add(np.arange(10), vectors[:10])
    ones, others, _ = held.nearest(np.arange(30), vectors, 10)
    assert (ones != others).all()
    assert len(set(zip(ones.tolist(), others.tolist(), strict=True))) == ones.size == 300


def test_neighbours_come_nearest_first_with_their_cosines() -> None:
    vectors = crowd(200, 4)
    held = Held(vectors[:2])
    held.add(np.arange(200), vectors)
    ones, others, cosines = held.nearest(np.arange(3), vectors[:3], 8)
    assert ones.tolist() == [0] * 8 + [1] * 8 + [2] * 8
    assert np.allclose(cosines, (vectors[ones] * vectors[others]).sum(axis=1), atol=1e-3)
    assert all((np.diff(cosines[ones == one]) <= 0).all() for one in range(3))


def test_what_came_again_has_its_new_place_once_cells_are_made() -> None:
    vectors = crowd(500, 5)
    moved = np.roll(vectors, 1, axis=0)
    held = Held(divide(vectors, 4), whole=600)
    held.add(np.arange(500), vectors)
    held.add(np.arange(500), moved)
    assert len(held) == 500
    ones, others, _ = held.nearest(np.array([10_000]), moved[7:8], 1)
    assert (ones.tolist(), others.tolist()) == ([10_000], [7])


def test_nothing_is_near_where_nothing_is_held() -> None:
    held = Held(crowd(3, 1))
    ones, others, _ = held.nearest(np.arange(3), crowd(3, 1), 10)
    assert ones.size == others.size == 0


@pytest.mark.parametrize(("articles", "cells"), [(1, 1), (1000, 2), (100_000, 250), (10**7, 1024)])
def test_cells_grow_with_the_store(articles: int, cells: int) -> None:
    assert how_many_cells(articles) == cells


def test_every_vector_asks_for_its_own_cell() -> None:
    vectors = crowd(400, 6)
    centres = divide(vectors, 30)
    asked = asked_cells(vectors, centres, 0.1)
    assert asked[np.arange(400), cell_of(vectors, centres)].all()
    assert (asked.sum(axis=1) == 12).all()
