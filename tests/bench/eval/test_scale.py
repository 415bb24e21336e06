"""The cost of relating: articles that are related find those that a store was filled with."""

from bench.eval.scale import measure


def test_articles_that_come_later_are_related_to_those_that_are_stored() -> None:
    found = measure(300, warm=20, measured=60)
    assert found["edges"] > 1
    assert found["python_ms"] > 0
    assert found["stored_kb"] > 1
