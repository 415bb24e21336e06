"""Finding phrases gives the same as trying each phrase at each place."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.text.tokens import Tokens, hash_tokens
from feeds.topics.phrases import Phrases

PHRASES = ("a", "a b", "a b c", "b c", "c d", "d")
TEXTS = st.lists(st.sampled_from("abcde"), max_size=30)


def slowly(forms: list[str]) -> list[str]:
    """Try each phrase at each place, longest first, and drop what lies inside an earlier one."""
    found, covered = [], 0
    for at in range(len(forms)):
        for phrase in sorted(PHRASES, key=len, reverse=True):
            wanted = phrase.split()
            if forms[at : at + len(wanted)] == wanted:
                if at + len(wanted) > covered:
                    found.append(phrase)
                    covered = at + len(wanted)
                break
    return found


def tokens(*texts: list[str]) -> Tokens:
    return hash_tokens([" ".join(text) for text in texts])


def found(phrases: Phrases, forms: list[str]) -> list[str]:
    return [phrases.forms[one] for one in phrases.find(tokens(forms)).numbers]


@given(TEXTS)
def test_finding_is_trying_each_phrase_at_each_place(forms: list[str]) -> None:
    assert found(Phrases(PHRASES), forms) == slowly(forms)


@given(st.lists(TEXTS, max_size=5))
def test_a_batch_of_texts_finds_what_each_alone_finds(texts: list[list[str]]) -> None:
    phrases = Phrases(PHRASES)
    counted = phrases.counts(tokens(*texts))
    assert counted == [phrases.counts(tokens(text))[0] for text in texts]
    assert [sum(one.values()) for one in counted] == [len(slowly(text)) for text in texts]


@given(TEXTS, st.integers(0, 30))
def test_only_what_begins_among_the_first_tokens_counts(forms: list[str], most: int) -> None:
    phrases = Phrases(PHRASES)
    places = phrases.find(tokens(forms)).places
    assert sum(phrases.counts(tokens(forms), most)[0].values()) == sum(places < most)


def test_overlapping_phrases_are_both_found() -> None:
    phrases = Phrases(["chăm sóc trẻ", "trẻ em"])
    assert found(phrases, ["chăm", "sóc", "trẻ", "em"]) == ["chăm sóc trẻ", "trẻ em"]


def test_a_phrase_cut_by_the_end_is_not_found() -> None:
    assert found(Phrases(["a b c"]), ["a", "b"]) == []
    assert Phrases(["a b"]).counts(tokens(["a"], ["b"])) == [{}, {}]


def test_without_phrases_nothing_is_found() -> None:
    assert found(Phrases([]), ["a", "b"]) == []
    assert found(Phrases(["", " "]), ["a"]) == []
