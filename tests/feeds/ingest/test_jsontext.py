import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.ingest.jsontext import load_json

READ = [
    (r'"a \ud83d b"', "a \ufffd b"),
    (r'"\uDE00"', "\ufffd"),
    (r'"\ud83d\ud83d\ude00"', "\ufffd😀"),
    (r'["\\ud83d", "\ud83d"]', ["\\ud83d", "\ufffd"]),
    (r'"\ud83d\""', '\ufffd"'),
]


@pytest.mark.parametrize(("text", "value"), READ)
def test_half_a_character_is_read_as_one_that_was_lost(text: str, value: object) -> None:
    assert load_json(text) == value


@pytest.mark.parametrize("text", ["", "{", r'"\ud83d', r'"\x"', "[" * 5000])
def test_what_is_no_json_stays_none(text: str) -> None:
    with pytest.raises(orjson.JSONDecodeError):
        load_json(text)


@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner, max_size=4)))
def test_what_is_well_written_comes_back(value: object) -> None:
    assert load_json(orjson.dumps(value).decode()) == value
