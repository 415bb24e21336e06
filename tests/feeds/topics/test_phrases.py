"""Finding phrases gives the same as trying each phrase at each place."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.text.normalise import syllables
from feeds.topics.phrases import Phrases, read_syllables

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


@given(TEXTS)
def test_finding_is_trying_each_phrase_at_each_place(forms: list[str]) -> None:
    assert list(Phrases(PHRASES).find(forms)) == slowly(forms)


@given(TEXTS)
def test_counts_add_up_to_the_places_found(forms: list[str]) -> None:
    phrases = Phrases(PHRASES)
    assert sum(phrases.counts(forms).values()) == len(list(phrases.find(forms)))


def test_overlapping_phrases_are_both_found() -> None:
    assert list(Phrases(["chăm sóc trẻ", "trẻ em"]).find(["chăm", "sóc", "trẻ", "em"])) == [
        "chăm sóc trẻ",
        "trẻ em",
    ]


def test_a_phrase_cut_by_the_end_is_not_found() -> None:
    assert list(Phrases(["a b c"]).find(["a", "b"])) == []


@given(st.text(alphabet="aàhòaHOÀ Đð-&. \n", max_size=80))
def test_reading_word_by_word_gives_the_syllables_of_the_whole(text: str) -> None:
    assert read_syllables(text) == syllables(text)


def test_reading_stops_after_so_many_words() -> None:
    assert read_syllables("một hai ba bốn", most=2) == ["một", "hai"]
