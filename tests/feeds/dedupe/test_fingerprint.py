"""Fingerprints."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.fingerprint import BANDS, WIDTH, estimate, fingerprints
from feeds.dedupe.shingles import distinct, shingle
from feeds.text.tokens import hash_text

SENTENCE = (
    "Thành phố Cần Thơ phát huy hiệu quả công tác bảo vệ, chăm sóc trẻ em trong những năm qua "
    "trên địa bàn"
)
WORDS = [f"từ{number}" for number in range(5_000)]


def article(seed: int, length: int = 400) -> list[str]:
    return random.Random(seed).choices(WORDS, k=length)


def test_a_fingerprint_is_the_same_on_every_machine_for_ever() -> None:
    (found,) = fingerprints([SENTENCE])
    assert found.signature[:8].hex() == "db6083006506da06"
    assert found.bands[:2] == (1938496510029737540, -8914645913180143977)
    assert found.exact.hex() == "9589c5e5784a101fd1d952d5c2347ef5"
    assert found.size == 21


def test_the_form_of_a_fingerprint_is_what_the_store_expects() -> None:
    (found,) = fingerprints([SENTENCE])
    assert len(found.signature) == 512
    assert len(found.exact) == 16
    assert len(set(found.bands)) == BANDS
    assert all(-(2**63) <= band < 2**63 for band in found.bands)


def test_spelling_does_not_change_a_fingerprint() -> None:
    one, other = fingerprints([SENTENCE, f"(TTXVN) - {SENTENCE.upper()}!"])
    assert one == other


@given(st.lists(st.text("ab c", max_size=60), max_size=5))
def test_a_text_has_the_same_fingerprint_alone_and_in_a_batch(texts: list[str]) -> None:
    assert fingerprints(texts) == [fingerprints([text])[0] for text in texts]


@pytest.mark.parametrize(("length", "bands"), [(0, 0), (2, 0), (19, 0), (20, BANDS), (400, BANDS)])
def test_short_texts_have_no_bands(length: int, bands: int) -> None:
    (found,) = fingerprints([" ".join(article(1, length))])
    assert len(found.bands) == bands
    assert found.size == max(length - WIDTH + 1, 0)


def test_empty_texts_are_like_nothing() -> None:
    empty, full = fingerprints(["", SENTENCE])
    assert estimate(empty.signature, full.signature) == 0
    assert estimate(empty.signature, empty.signature) == 0
    assert estimate(full.signature, full.signature) == 1


@pytest.mark.parametrize("changed", [0.02, 0.1, 0.2, 0.3])
def test_the_estimate_is_without_bias(changed: float) -> None:
    errors = []
    for seed in range(60):
        left = article(seed)
        dice = random.Random(-seed)
        right = [dice.choice(WORDS) if dice.random() < changed else word for word in left]
        texts = [" ".join(left), " ".join(right)]
        one, other = (distinct(shingle(hash_text(text), WIDTH)) for text in texts)
        shared = np.intersect1d(one, other).size
        true = shared / (one.size + other.size - shared)
        errors.append(estimate(*(found.signature for found in fingerprints(texts))) - true)
    # One estimate's standard error is at most 0.044, so the mean of 60 stays within 4 x 0.0057.
    assert abs(np.mean(errors)) < 0.023
    assert np.std(errors) < 0.06


def test_half_equal_texts_share_a_band_and_strangers_do_not() -> None:
    found = missed = 0
    for seed in range(100):
        left, right = article(seed), article(seed + 1000)
        half = left[:280] + right[:120]  # about half of all shingles of both
        one, near, far = fingerprints([" ".join(words) for words in (left, half, right)])
        missed += not set(one.bands) & set(near.bands)
        found += bool(set(one.bands) & set(far.bands))
    assert missed <= 2
    assert found == 0
