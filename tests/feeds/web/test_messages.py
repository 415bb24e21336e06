import pytest

from config.site import LANGUAGES
from feeds.web.messages import CATALOGUE, choose_language

BOTH = ("vi", "en")


def test_a_site_may_speak_what_there_are_words_for() -> None:
    assert set(CATALOGUE) == set(LANGUAGES)


def test_both_languages_say_the_same_things() -> None:
    assert set(CATALOGUE["vi"]) == set(CATALOGUE["en"])
    assert all(text for words in CATALOGUE.values() for text in words.values())


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        (None, None, "vi"),
        (None, "", "vi"),
        (None, "en-US,en;q=0.9", "en"),
        (None, "en-US,en;q=0.9,vi;q=0.8", "en"),
        (None, "vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        (None, "en;q=0.5,vi;q=0.9", "vi"),
        (None, "en,vi", "vi"),
        (None, "fr,de", "vi"),
        (None, "en;q=0", "vi"),
        ("en", "vi", "en"),
        ("vi", "en", "vi"),
        ("fr", "en", "en"),
        ("../en", None, "vi"),
    ],
)
def test_the_address_decides_then_the_browser_then_the_site(
    asked: str | None, accepted: str | None, language: str
) -> None:
    assert choose_language(asked, accepted, BOTH) == language


def test_a_site_in_one_language_stays_in_it() -> None:
    assert choose_language("en", "en", ("vi",)) == "vi"
    assert choose_language(None, "vi", ("en",)) == "en"
