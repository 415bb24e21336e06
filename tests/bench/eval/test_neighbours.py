"""Neighbours at scale: what is measured is found by the product, and compared with all."""

from collections.abc import Sequence

import numpy as np
import pytest

from bench.eval import neighbours
from bench.eval.neighbours import mixtures, teach
from bench.eval.synthetic import Press
from feeds.related.embed import unit


@pytest.fixture(scope="module")
def texts() -> Sequence[str]:
    return Press(2).originals(400)


def test_mixtures_are_the_same_each_time_and_as_long_as_vectors() -> None:
    real = unit(np.random.default_rng(1).standard_normal((50, 8)).astype(np.float32))
    one, other = mixtures(real, 70, 3), mixtures(real, 70, 3)
    assert np.array_equal(one, other)
    assert np.allclose(np.linalg.norm(one, axis=1), 1, atol=1e-5)
    assert not np.array_equal(one[:50], real)


def test_a_small_store_misses_nothing(
    texts: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "_ASKED", 100)
    monkeypatch.setattr(neighbours, "_BATCH", 50)
    found = neighbours._measure(600, *teach(texts))
    assert found["stored"] == 600
    assert found["recall_at_10"] >= 0.98
    assert found["find_ms"] > 0
