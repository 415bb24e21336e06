"""Announce: who is to be told of feeds that changed; and tell outside hubs, which tell others."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import quote, urlencode

from feeds.errors import TinwireError
from feeds.ingest.exchange import Request, Response
from feeds.pipeline.desk import Desk
from feeds.pipeline.fetching import fetch_within
from feeds.pipeline.request_batch import Answer
from feeds.publish.feed_head import feed_url
from feeds.publish.hub import PUBLISH, retry_after
from feeds.publish.links import FEED_TYPES
from feeds.store import deliveries, outside, work
from feeds.store.outside import OutsideHub

PING_S = 10.0
_FORM = "application/x-www-form-urlencoded"


def announce(desk: Desk, claimed: work.Claim) -> int:
    """Make the subscribers of the claimed feeds due, and the pings of outside hubs."""
    now = desk.clock()
    with desk.engine.begin() as connection:
        if desk.settings.hub:
            deliveries.fan_out(connection, claimed.keys, now)
        outside.mark(connection, desk.settings.hubs, claimed.keys, now)
        work.finish(connection, claimed)
    return len(claimed.keys)


def ping(desk: Desk, claimed: work.Claim) -> int:
    """Tell outside hubs of the claimed feeds, one request for each hub; returns the feeds told.

    Not part of W3C WebSub, which leaves it open (§6): PubSubHubbub 0.4 §6.1, which hubs still take.
    """
    feeds_of: dict[str, list[str]] = {}
    for row in claimed.keys:
        url, key = outside.pair(row)
        if url in desk.settings.hubs:
            feeds_of.setdefault(url, []).append(key)
    requests = [_request(desk, url, keys) for url, keys in feeds_of.items()]
    answers = dict(zip(feeds_of, fetch_within(desk, requests, PING_S), strict=True))
    _conclude(desk, claimed, answers)
    return sum(map(len, feeds_of.values()))


def _request(desk: Desk, hub_url: str, keys: Sequence[str]) -> Request:
    base = desk.settings.public_url
    topics = [feed_url(base, quote(key), fmt) for key in keys for fmt in FEED_TYPES]
    form = urlencode([("hub.mode", PUBLISH), *(("hub.url", one) for one in topics)]).encode()
    return Request(hub_url, accept="*/*", method="POST", data=form, headers={"Content-Type": _FORM})


def _conclude(desk: Desk, claimed: work.Claim, answers: Mapping[str, Answer]) -> None:
    """Note how the hubs took it; what failed is told again later, with all that changed by then."""
    now = desk.clock()
    with desk.engine.begin() as connection:
        known = {one.url: one for one in outside.listed(connection)}
        waits = {}
        for url, answer in sorted(answers.items()):
            error = _error(answer)
            if error is None:
                outside.took(connection, url, now)
                continue
            failures = known.get(url, OutsideHub(url, None, None, 0, "")).failures + 1
            outside.refused(connection, url, error, failures, now)
            asked_s = answer.retry_after_s if isinstance(answer, Response) else None
            wait = max(retry_after(failures, url, failures), timedelta(seconds=asked_s or 0))
            waits[url] = now + wait
        deliveries.count(
            connection, {"pinged": len(answers) - len(waits), "ping failed": len(waits)}
        )
        later = {row: waits[url] for row in claimed.keys if (url := outside.pair(row)[0]) in waits}
        work.again(connection, claimed, later)
        work.finish(connection, claimed, sorted(set(claimed.keys) - later.keys()))


def _error(answer: Answer) -> str | None:
    if isinstance(answer, TinwireError):
        return answer.message
    return None if 200 <= answer.status < 300 else f"HTTP status {answer.status}"
