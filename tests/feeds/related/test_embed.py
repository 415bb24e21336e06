"""Embedding: what words stand for is learned from the company that they keep."""

import numpy as np

from feeds.related import embed
from feeds.related.embed import DIMENSIONS, Embedding, Lexicon, learn, lexicon
from feeds.related.features import Counted, count, counted
from feeds.related.statistics import BITS
from feeds.text.reading import read

SEA, COURT = (
    words.split()
    for words in (
        "tàu cá biển lưới ngư dân sóng bão cảng thuyền hải sản đảo",
        "tòa án luật sư bị cáo phiên xử tội phạt tù điều tra chứng cứ",
    )
)


def texts_about(words: list[str], seed: int, count_: int = 150) -> list[str]:
    """Texts of seven of a matter's words each, and words of their own."""
    chance = np.random.default_rng(seed)
    return [
        " ".join([*chance.permutation(words)[:7], *(f"w{chance.integers(90)}" for _ in range(12))])
        for _ in range(count_)
    ]


def counted_of(texts: list[str]) -> Counted:
    return counted(read([part for text in texts for part in ("", text)]))


def learned() -> Embedding:
    texts = [*texts_about(SEA, 1), *texts_about(COURT, 2)]
    counts = np.zeros(1 << BITS, dtype=np.int32)
    count(read([part for text in texts for part in ("", text)]), counts)
    chosen = lexicon(counts, len(texts))
    made = learn(
        chosen, [chosen.rows(counted_of(texts[:100])), chosen.rows(counted_of(texts[100:]))]
    )
    assert made is not None
    return made


def test_texts_of_one_matter_are_near_though_they_share_no_word() -> None:
    one, same, other = learned().embed(counted_of(["tàu cá lưới", "sóng bão đảo", "tòa án luật"]))
    assert one @ same > one @ other + 0.1


def test_vectors_have_length_one_and_what_is_unknown_has_none() -> None:
    found = learned().embed(counted_of([*texts_about(SEA, 3, 70), "zzz qqq", ""]))
    assert found.shape == (72, DIMENSIONS)
    assert np.allclose(np.linalg.norm(found[:70], axis=1), 1, atol=1e-5)
    assert not found[70:].any()


def test_a_text_has_the_same_vector_alone_as_among_others() -> None:
    made, texts = learned(), texts_about(COURT, 4, 80)
    together = made.embed(counted_of(texts))
    alone = np.concatenate([made.embed(counted_of([text])) for text in texts])
    assert np.allclose(together, alone, atol=1e-6)


def test_the_same_articles_teach_the_same() -> None:
    assert np.array_equal(learned().table, learned().table)


def test_what_was_learned_comes_back_from_the_store() -> None:
    made = learned()
    again = embed.load(made.dump())
    texts = counted_of(texts_about(SEA, 5, 9))
    assert np.allclose(again.embed(texts), made.embed(texts), atol=1e-2)


def test_too_few_articles_teach_nothing() -> None:
    chosen = Lexicon(np.arange(500, dtype=np.int32), np.ones(500, dtype=np.float32))
    assert learn(chosen, [chosen.rows(counted_of(["a b c"]))]) is None


def test_words_that_stand_nearly_everywhere_or_hardly_anywhere_have_no_place() -> None:
    counts = np.zeros(1 << BITS, dtype=np.int32)
    counts[[3, 5, 9, 11]] = [90, 30, 5, 4]
    assert lexicon(counts, 100).places.tolist() == [5, 9]
