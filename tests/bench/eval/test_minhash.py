"""MinHash, the baseline."""

import random

from bench.eval.minhash import minhash_pairs

WORDS = [f"w{number}" for number in range(2_000)]


def test_copies_are_found_and_strangers_are_not() -> None:
    words = {seed: random.Random(seed).choices(WORDS, k=200) for seed in range(6)}
    texts = {str(seed): " ".join(own) for seed, own in words.items()}
    texts["copy"] = " ".join(words[0][:190] + words[1][:10])
    texts |= {"empty": "", "empty too": ""}
    assert minhash_pairs(texts) - {("empty", "empty too")} == {("0", "copy")}
