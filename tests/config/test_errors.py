"""Configuration errors: the hint names what was probably meant."""

import pickle

import pytest

from config.errors import ConfigError, nearest


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("sectoin", " (did you mean 'section'?)"),
        ("section", " (did you mean 'section'?)"),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_the_nearest_name_is_offered_when_one_is_near(wrong: str, hint: str) -> None:
    assert nearest(wrong, iter(["section", "source"])) == hint


def test_an_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(ConfigError("sections.yaml: wrong")))
    assert isinstance(error, ConfigError)
    assert str(error) == "sections.yaml: wrong"
