"""Scores of evaluations, by hand on a few documents."""

from datetime import UTC, datetime

import numpy as np
import pytest

from bench.eval.newsstore import Doc
from bench.eval.pairs import auc
from bench.eval.related import scores
from bench.eval.stories import bcubed
from bench.eval.tfidf import by_pairs, similarities

DOCS = [Doc(key, key[0], "", "", datetime(2026, 1, 1, tzinfo=UTC)) for key in ("a1", "a2", "b1")]


def test_bcubed_is_one_for_the_labels_themselves() -> None:
    found = bcubed(DOCS, {"a1": "x", "a2": "x", "b1": "y"})
    assert found == {"b3_f1": 1, "b3_precision": 1, "b3_recall": 1}


def test_a_distractor_that_joins_hurts_precision_alone() -> None:
    found = bcubed(DOCS, {"a1": "x", "a2": "x", "b1": "y", "noise": "y"})
    assert found["b3_precision"] == pytest.approx((1 + 1 + 1 / 2) / 3)
    assert found["b3_recall"] == 1


def test_a_story_that_is_split_hurts_recall_alone() -> None:
    found = bcubed(DOCS, {"a1": "x", "a2": "z", "b1": "y"})
    assert found["b3_precision"] == 1
    assert found["b3_recall"] == pytest.approx((1 / 2 + 1 / 2 + 1) / 3)


def test_only_documents_with_mates_count_and_a_missing_list_is_a_miss() -> None:
    assert scores(DOCS, {"a1": ["noise", "a2"]}) == {"p_at_1": 0, "recall_at_5": 0.5}
    assert scores(DOCS, {"a1": ["a2"], "a2": ["a1"]}) == {"p_at_1": 1, "recall_at_5": 1}


def test_auc_is_a_chance() -> None:
    assert auc(np.array([0.9, 0.5]), np.array([0.1, 0.5])) == 0.875


def test_tfidf_finds_what_shares_rare_words() -> None:
    texts = ["bão lũ ở miền Trung", "lũ ở miền Trung", "bóng đá ở miền Nam"]
    found = similarities(texts, 1)[0]
    assert found[1] > found[2] > 0
    assert by_pairs(texts[:1], texts[1:2])[0] > 0
