"""Leave to read: each host is asked once a day, whatever number of pages."""

from typing import Any

from feeds.errors import Disallowed, FetchFailed
from feeds.pipeline.robots import refusals


def test_a_host_is_asked_once_a_day(newsroom: Any, origin: Any) -> None:
    origin.serve("/robots.txt", "User-agent: *\nDisallow: /no", "text/plain")
    urls = [f"{origin.url}/yes", f"{origin.url}/no/1", f"{origin.url}/no/2"]
    refused = refusals(newsroom.desk, urls)
    assert list(refused) == urls[1:]
    assert all(isinstance(one, Disallowed) for one in refused.values())
    origin.serve("/robots.txt", "", "text/plain")
    newsroom.watch.forward(hours=23)
    assert list(refusals(newsroom.desk, urls)) == urls[1:]
    assert len(origin.asked) == 1
    newsroom.watch.forward(hours=2)
    assert refusals(newsroom.desk, urls) == {}
    assert len(origin.asked) == 2


def test_a_host_that_cant_be_asked_is_closed_for_now(newsroom: Any) -> None:
    (refusal,) = refusals(newsroom.desk, ["http://127.0.0.1:1025/a"]).values()
    assert isinstance(refusal, FetchFailed)
    assert refusal.message.startswith("robots.txt can't be read now, so nothing may be: ")


def test_what_is_no_page_asks_no_one(newsroom: Any) -> None:
    assert refusals(newsroom.desk, []) == {}
    assert refusals(newsroom.desk, ["http://[bad", "urn:x", ""]) == {}
