"""Leave to read: each host is asked once a day, whatever number of pages."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from feeds.errors import Disallowed, FetchFailed, NoTurn
from feeds.pipeline.robots import refusals
from feeds.pipeline.turnstile import Turnstile
from feeds.store import hosts


def test_a_host_is_asked_once_a_day(newsroom: Any, origin: Any) -> None:
    origin.serve("/robots.txt", "User-agent: *\nDisallow: /no", "text/plain")
    urls = [f"{origin.url}/yes", f"{origin.url}/no/1", f"{origin.url}/no/2"]
    refused = refusals(newsroom.desk, urls, Turnstile(newsroom.desk))
    assert list(refused) == urls[1:]
    assert all(isinstance(one, Disallowed) for one in refused.values())
    origin.serve("/robots.txt", "", "text/plain")
    newsroom.watch.forward(hours=23)
    assert list(refusals(newsroom.desk, urls, Turnstile(newsroom.desk))) == urls[1:]
    assert len(origin.asked) == 1
    newsroom.watch.forward(hours=2)
    assert refusals(newsroom.desk, urls, Turnstile(newsroom.desk)) == {}
    assert len(origin.asked) == 2


def test_a_host_that_cant_be_asked_is_closed_for_now(newsroom: Any) -> None:
    gate = Turnstile(newsroom.desk)
    (refusal,) = refusals(newsroom.desk, ["http://127.0.0.1:1025/a"], gate).values()
    assert isinstance(refusal, FetchFailed)
    assert refusal.message.startswith("robots.txt can't be read now, so nothing may be: ")


def test_what_is_no_page_asks_no_one(newsroom: Any) -> None:
    assert refusals(newsroom.desk, [], Turnstile(newsroom.desk)) == {}
    assert refusals(newsroom.desk, ["http://[bad", "urn:x", ""], Turnstile(newsroom.desk)) == {}


def test_a_host_that_could_not_be_asked_yet_is_not_closed(newsroom: Any, origin: Any) -> None:
    settings = newsroom.desk.settings.model_copy(update={"inner_host_concurrency": 2})
    desk = replace(newsroom.desk, settings=settings)
    with desk.engine.begin() as connection:
        hosts.close(connection, {"127.0.0.1": newsroom.watch.now + timedelta(minutes=2)})
    (refusal,) = refusals(desk, [f"{origin.url}/a"], Turnstile(desk)).values()
    assert isinstance(refusal, NoTurn)
    assert origin.asked == newsroom.rows("SELECT 1 FROM robots") == []
    newsroom.watch.forward(minutes=5)
    assert refusals(desk, [f"{origin.url}/a"], Turnstile(desk)) == {}
