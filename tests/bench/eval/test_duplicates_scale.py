"""The cost of telling duplicates: the same texts each time, and every reprint is found."""

from bench.eval.duplicates_scale import STEPS, measure
from bench.eval.synthetic import Press
from feeds.dedupe.match import compare


def test_the_same_seed_prints_the_same_and_reprints_are_near() -> None:
    one, other = Press(1), Press(1)
    texts = one.originals(150)
    assert [*other.originals(100), *other.originals(50)] == texts
    assert len(set(texts)) == 150
    assert Press(2).original(1) != texts[0]
    further, models = one.further(100)
    assert models
    for at, model in models.items():
        assert compare(further[at], texts[model - 1]).containment > 0.5
    assert compare(texts[0], texts[10]).jaccard < 0.2


def test_a_small_store_is_measured_by_step() -> None:
    small, large = measure([200, 400], articles=120, seed=3)
    assert (small["stored"], large["stored"]) == (200, 400)
    for row in (small, large):
        assert set(row["us"]) == set(STEPS)
        assert row["reprints"] == row["found"] > 0
        assert row["others"] == 0
