"""Hashed tokens."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.text.normalise import syllables
from feeds.text.tokens import hash_text, hash_tokens

FORMS = st.lists(st.text("ab đ", max_size=20).map(lambda text: " ".join(text.split())), max_size=6)


def test_hashes_are_the_same_on_every_machine() -> None:
    assert hash_text("Cần Thơ, cần").tolist() == EXPECTED


@given(FORMS)
def test_a_text_has_the_same_hashes_alone_and_in_a_batch(forms: list[str]) -> None:
    batch = hash_tokens(forms)
    for at, form in enumerate(forms):
        alone = hash_tokens([form]).hashes
        assert alone.tolist() == batch.hashes[batch.bounds[at] : batch.bounds[at + 1]].tolist()


@given(FORMS)
def test_hashes_are_equal_exactly_when_tokens_are(forms: list[str]) -> None:
    tokens = " ".join(forms).split()
    hashes = hash_tokens(forms).hashes.tolist()
    assert len(hashes) == len(tokens)
    assert len(set(hashes)) == len(set(tokens))
    assert dict(zip(tokens, hashes, strict=True)) == dict(
        zip(reversed(tokens), reversed(hashes), strict=True)
    )


def test_each_syllable_has_one_hash() -> None:
    text = "Sở LÐ-TB&XH thành phố Cần Thơ"
    assert hash_text(text).size == len(syllables(text))


def test_an_endless_token_is_one_token() -> None:
    assert hash_text("x" * 10_000).size == 1


EXPECTED = [8870118124441600867, 1579229205505437021, 8870118124441600867]
