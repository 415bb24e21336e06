"""Ids: they follow from what identifies an article, and fit columns and addresses."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Verdict, article_id, parse_public_id, public_id

IDS = st.integers(1, 2**63 - 1)


def test_an_id_is_fixed_for_ever() -> None:
    """Stored ids and emitted addresses depend on it: this test must never be changed."""
    assert article_id("news.example/a") == 8701548758359410043
    assert public_id(article_id("news.example/a")) == "7hggwfrrw21bv"


@given(st.text())
def test_an_id_fits_a_signed_column_and_is_never_zero(identity: str) -> None:
    assert 0 < article_id(identity) < 2**63
    assert article_id(identity) == article_id(identity)


def test_different_articles_have_different_ids() -> None:
    assert len({article_id(f"news.example/{number}") for number in range(10_000)}) == 10_000


@given(IDS)
def test_an_address_leads_back_to_the_id(number: int) -> None:
    text = public_id(number)
    assert len(text) == 13
    assert parse_public_id(text) == number


@given(IDS, IDS)
def test_addresses_sort_as_their_ids_do(left: int, right: int) -> None:
    assert (public_id(left) < public_id(right)) == (left < right)


@given(st.text(max_size=20))
def test_what_is_read_as_an_id_is_written_the_same(text: str) -> None:
    number = parse_public_id(text)
    assert number is None or public_id(number) == text


def test_no_id_is_read_from_other_words() -> None:
    good = public_id(42)
    others = ["", "0" * 13, good.upper(), good[:-1], good + "0", "z" * 13, "i" * 13, f" {good[1:]}"]
    assert [parse_public_id(text) for text in others if text != good] == [None] * len(others)


def test_every_verdict_is_one_word() -> None:
    assert all(verdict.value.isalpha() for verdict in Verdict)
