"""The bench of worst texts: readers end with a result or an error of ours, whatever repeats."""

import pytest

from bench.readers import FRAGMENTS, READERS
from bench.worst import Cost, costs_of


@pytest.mark.parametrize("name", READERS)
def test_no_reader_breaks_on_what_repeats(name: str) -> None:
    costs, broken = costs_of(READERS[name], FRAGMENTS, 400)
    assert broken == []
    assert len(costs) == len(FRAGMENTS)


def test_a_reader_that_breaks_is_told() -> None:
    costs, broken = costs_of(lambda text: 1 / text.count("<"), ["<", ">"], 40)
    assert [cost.pattern for cost in costs] == ["<"]
    assert broken == ["'>': ZeroDivisionError: division by zero"]


def test_worse_than_linear_is_bad() -> None:
    assert Cost("x", 1.0, 16.0).is_bad
    assert not Cost("x", 1.0, 5.0).is_bad
