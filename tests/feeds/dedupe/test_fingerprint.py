"""Fingerprints."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.fingerprint import KEYS, OPENING_KEYS, SAMPLE, Fingerprint, estimate
from feeds.dedupe.fingerprint import fingerprints as of_tokens
from feeds.dedupe.match import WIDTH, compare
from feeds.text.reading import read

SENTENCE = (
    "Thành phố Cần Thơ phát huy hiệu quả công tác bảo vệ, chăm sóc trẻ em trong những năm qua "
    "trên địa bàn"
)
WORDS = [f"từ{number}" for number in range(5_000)]


def fingerprints(texts: list[str]) -> list[Fingerprint]:
    return of_tokens(read(texts).tokens())


def article(seed: int, length: int = 400) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def test_a_fingerprint_is_the_same_on_every_machine_for_ever() -> None:
    (found,) = fingerprints([SENTENCE])
    assert found.sketch[:8].hex() == "a92abda400d44901"
    assert found.keys[:2] == (92838366566754985, 1867727821765517319)
    assert found.exact.hex() == "466126dcbc128712312b386b9433aef2"
    assert found.size == 19


def test_the_form_of_a_fingerprint_is_what_the_store_expects() -> None:
    (found,) = fingerprints([" ".join(article(1))])
    assert len(found.sketch) == 8 * SAMPLE
    assert len(found.exact) == 16
    assert len(set(found.keys)) == len(found.keys) > KEYS
    assert all(-(2**63) <= key < 2**63 for key in found.keys)
    assert found.keys[:KEYS] == tuple(np.frombuffer(found.sketch, dtype="<i8")[:KEYS].tolist())


def test_spelling_does_not_change_a_fingerprint() -> None:
    one, other = fingerprints([SENTENCE, f"(TTXVN) - {SENTENCE.upper()}!"])
    assert one == other


@given(st.lists(st.text("ab c", max_size=60), max_size=5))
def test_a_text_has_the_same_fingerprint_alone_and_in_a_batch(texts: list[str]) -> None:
    assert fingerprints(texts) == [fingerprints([text])[0] for text in texts]


@pytest.mark.parametrize(
    ("length", "keys"),
    [(0, 0), (2, 0), (19, 0), (20, KEYS), (44, KEYS), (4_000, KEYS + OPENING_KEYS)],
)
def test_short_texts_have_no_keys(length: int, keys: int) -> None:
    (found,) = fingerprints([" ".join(article(1, length))])
    assert len(found.keys) == keys
    assert found.size == max(length - WIDTH + 1, 0)


def test_empty_texts_are_like_nothing() -> None:
    empty, full = fingerprints(["", SENTENCE])
    assert estimate(empty.sketch, full.sketch).jaccard == 0
    assert estimate(empty.sketch, empty.sketch).containment == 0
    assert estimate(full.sketch, full.sketch).jaccard == 1


@pytest.mark.parametrize("changed", [0.02, 0.1, 0.2, 0.3])
def test_the_estimate_is_without_bias(changed: float) -> None:
    errors = []
    for seed in range(80):
        left = article(seed)
        dice = random.Random(-seed)
        right = [dice.choice(WORDS) if dice.random() < changed else word for word in left]
        texts = [" ".join(left), " ".join(right)]
        one, other = fingerprints(texts)
        errors.append(estimate(one.sketch, other.sketch).jaccard - compare(*texts).jaccard)
    # One estimate's standard error is at most 0.063, so the mean of 80 stays within 4 x 0.007.
    assert abs(np.mean(errors)) < 0.028
    assert np.std(errors) < 0.08


def test_half_equal_texts_share_a_key_and_strangers_do_not() -> None:
    found = missed = 0
    for seed in range(100):
        left, right = article(seed), article(seed + 1000)
        half = left[:280] + right[:120]  # about half of all shingles of both
        one, near, far = fingerprints([" ".join(words) for words in (left, half, right)])
        missed += not set(one.keys) & set(near.keys)
        found += bool(set(one.keys) & set(far.keys))
    assert missed <= 1
    assert found == 0


def test_an_excerpt_is_found_and_known_to_be_one() -> None:
    missed = 0
    for seed in range(100):
        words = article(seed, 500)
        whole, part = fingerprints([" ".join(words), " ".join(words[100:250])])
        missed += not set(whole.keys) & set(part.keys)
        assert estimate(whole.sketch, part.sketch).containment > 0.8
    assert missed <= 10
