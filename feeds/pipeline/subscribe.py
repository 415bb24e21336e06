"""Subscribe: ask hubs to push, again before a lease ends, and tell them when we want no more.

A hub may verify while it still reads our request; so what we ask stands in the store before it is
sent, and what came of it is compared with what stands there afterwards.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.errors import TinwireError
from feeds.ingest import websub
from feeds.ingest.exchange import Request, Response
from feeds.ingest.weblinks import resolve
from feeds.pipeline.desk import Desk
from feeds.pipeline.fetching import fetch
from feeds.store import subscriptions, work
from feeds.store.standing import MOST_GOODBYES, State, Subscription

# Hubs verify within seconds, unless a person has to allow it.
VERIFIES_IN = timedelta(minutes=10)
LEAST_WAIT, MOST_WAIT = timedelta(minutes=10), timedelta(days=1)
MOST_MOVES = 3
# §5.1.2: another hub does it, and wants the same request.
_MOVES = (307, 308)

Answer = Response | TinwireError


def subscribe(desk: Desk, claimed: work.Claim) -> int:
    """Ask the hubs of the claimed subscriptions that want asking; returns how many were asked."""
    now = desk.clock()
    with desk.engine.begin() as connection:
        found = subscriptions.find(connection, map(int, claimed.keys))
        decided = [decide(desk, one, now) for one in found.values()]
        for one in decided:
            _save(connection, found[one.id], one, now)
    asking = [one for one in decided if one.is_unsent]
    answers = _ask(desk, asking)
    _conclude(desk, claimed, asking, answers)
    return len(asking)


def decide(desk: Desk, one: Subscription, now: datetime) -> Subscription:
    """Decide what becomes of a subscription now: it waits, asks, fails or ends."""
    if not one.is_wanted:
        one = one.leaving("the source is paused or removed", now)
    elif not desk.settings.websub:
        one = one.leaving("TINWIRE_WEBSUB is off", now)
    if one.state is State.LEFT or now < one.ask_at:
        return one
    if one.awaited and not one.is_unsent:
        minutes = VERIFIES_IN.seconds // 60
        return _failed(one, f"the hub did not verify it within {minutes} min", now)
    if not websub.can_call_back(desk.settings.public_url, one.hub_url):
        why = f"hubs can't reach {desk.settings.public_url}: set TINWIRE_PUBLIC_URL"
        return _failed(one, why, now)
    return one.asking(now)


def _failed(
    one: Subscription, why: str, now: datetime, asked_s: float | None = None
) -> Subscription:
    """Say when a hub is asked again; no sooner than after the seconds that it asked for."""
    chance = websub.chance_of(one.token, now)
    wait = websub.wait_after(one.failures, LEAST_WAIT, MOST_WAIT, chance)
    wait = max(wait, timedelta(seconds=asked_s or 0))
    failed = one.failed(why, now + wait).turned(now)
    is_over = failed.is_ended and failed.failures >= MOST_GOODBYES
    return failed.left(now) if is_over else failed


def _save(
    connection: sa.Connection, before: Subscription, after: Subscription, now: datetime
) -> None:
    """Store what became of a subscription; a source that lost its pushes is polled now."""
    if after == before:
        return
    subscriptions.save(connection, after)
    if before.state is State.ACTIVE and after.state is State.FAILED:
        work.mark(connection, "poll", [before.source_name], now)


def _ask(desk: Desk, asking: Sequence[Subscription]) -> dict[int, Answer]:
    """Send the requests together, and follow hubs to others; answers by subscription."""
    answers: dict[int, Answer] = {}
    forms = {one.id: _wish(desk, one).form() for one in asking}
    places = {one.id: list(websub.candidates(one.hub_url)) for one in asking}
    for _ in range(MOST_MOVES + 2):
        open_ids = [key for key, urls in places.items() if urls]
        requests = [_request(places[key].pop(0), forms[key]) for key in open_ids]
        if not requests:
            break
        for key, answer in zip(open_ids, fetch(desk, requests), strict=True):
            answers[key] = answer
            places[key] = _next_places(answer, places[key])
    return answers


def _wish(desk: Desk, one: Subscription) -> websub.Wish:
    return websub.Wish(
        mode=websub.UNSUBSCRIBE if one.is_ended else websub.SUBSCRIBE,
        topic_url=one.topic_url,
        callback=f"{desk.settings.public_url}{websub.PATH}{one.token}",
        secret=one.secret,
        lease_s=desk.settings.websub_lease_s,
    )


def _request(url: str, form: bytes) -> Request:
    headers = {"Content-Type": websub.FORM}
    return Request(url, accept="*/*", method="POST", data=form, headers=headers)


def _next_places(answer: Answer, left: list[str]) -> list[str]:
    """List where to ask after this answer: nowhere when it was taken."""
    if isinstance(answer, TinwireError):
        return left
    if answer.status in _MOVES:
        moved = resolve(answer.url, answer.headers.get("location", ""))
        return [moved] if moved else []
    return [] if 200 <= answer.status < 300 else left


def _conclude(
    desk: Desk,
    claimed: work.Claim,
    asking: Sequence[Subscription],
    answers: Mapping[int, Answer],
) -> None:
    now = desk.clock()
    with desk.engine.begin() as connection:
        found = subscriptions.find(connection, map(int, claimed.keys))
        for asked in asking:
            one = found.get(asked.id)
            # Verified, denied or ended meanwhile: that counts, and not how the request ended.
            if one is None or not one.awaited or one.asked_at != asked.asked_at:
                continue
            found[one.id] = _concluded(one, answers[one.id], now)
            _save(connection, one, found[one.id], now)
        over = [one.id for one in found.values() if one.state is State.LEFT and now >= one.ask_at]
        subscriptions.forget(connection, over)
        times = {str(one.id): one.ask_at for one in found.values() if one.id not in over}
        work.again(connection, claimed, times)
        work.finish(connection, claimed, sorted(set(claimed.keys) - times.keys()))


def _concluded(one: Subscription, answer: Answer, now: datetime) -> Subscription:
    if isinstance(answer, TinwireError):
        return _failed(one, f"the hub does not answer: {answer.message}", now)
    if 200 <= answer.status < 300:
        return one.taken(now + VERIFIES_IN)
    why = f"the hub answers with HTTP status {answer.status}"
    return _failed(one, why, now, answer.retry_after_s)
