import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.web.choice import read_query


@pytest.mark.parametrize(
    ("query", "spelling"),
    [
        ("", ""),
        ("limit=5", "limit=5"),
        ("limit=5&lang=vi", "lang=vi&limit=5"),
        ("lang=VI", "lang=vi"),
        ("stories=1&limit=3", "limit=3&stories=1"),
        ("stories=0", ""),
        ("utm_source=x", ""),
        ("limit=0", ""),
        ("limit=-1", ""),
        ("limit=99999", "limit=500"),
        ("limit=%D9%A3", ""),
        ("lang=<script>", ""),
        ("since=2026-11-20", "since=2026-11-20T00Z"),
        ("since=2026-11-20T12:34:56%2B07:00", "since=2026-11-20T05Z"),
        ("since=2026-11-20T12:34:56+07:00", "since=2026-11-20T05Z"),
        ("since=0001-01-01T00:00%2B23:00", ""),
        ("since=yesterday", ""),
        ("page=3", "page=3"),
        ("page=3&limit=2", "page=3"),
        ("page=x&limit=2", "limit=2"),
    ],
)
def test_each_choice_has_one_spelling(query: str, spelling: str) -> None:
    found = read_query(query).spelling.replace("%3A", ":")
    assert found == spelling


@given(st.text(max_size=60) | st.from_regex(r"(limit|lang|since|page|stories)=[0-9a-zT:+-]{0,12}"))
def test_a_spelling_spells_itself(query: str) -> None:
    spelling = read_query(query).spelling
    assert read_query(spelling).spelling == spelling
