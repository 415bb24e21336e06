import pytest
from starlette.requests import Request

from feeds.web.paging import LAST, Paging, asked_page, kept


def _request(query: str) -> Request:
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("", 1),
        ("page=1", 1),
        ("page=7", 7),
        (f"page={LAST}", LAST),
        (f"page={LAST + 1}", None),
        ("page=0", None),
        ("page=-1", None),
        ("page=", None),
        ("page=%D9%A3", None),
        ("page=1e3", None),
    ],
)
def test_only_pages_that_there_may_be_are_taken(query: str, page: int | None) -> None:
    assert asked_page(_request(query)) == page


def test_neighbours_keep_the_rest_of_the_address() -> None:
    keeps = kept(_request("q=b%C3%A3o+l%C5%A9&page=2&lang=en&x=1"), "q", "lang")
    paging = Paging(2, 20, True, keeps)
    assert paging.before == "?q=b%C3%A3o+l%C5%A9&lang=en"
    assert paging.after == "?q=b%C3%A3o+l%C5%A9&lang=en&page=3"


def test_the_first_page_has_none_before_it_and_the_last_none_after() -> None:
    assert Paging(1, 20, False).before is None
    assert Paging(1, 20, False).after is None
    assert Paging(LAST, 20, True).after is None
