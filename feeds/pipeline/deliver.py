"""Deliver: subscribers get the bytes of a feed as readers would, signed with their secret.

Theory: a subscriber that hangs must not keep others waiting, so each is waited for two seconds at
most beside the batch, and ten in all without it. Redirects are failures, since nobody verified
where they lead (W3C WebSub §7). A subscriber that fails is kept and tried again until its lease
ends, unless it answers 410; one whose feed is no more follows its heir, or is denied (§5.2). A
worker that dies is replaced when its leases end, and its subscribers may then get the same bytes
again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from math import ceil

import sqlalchemy as sa
import structlog

from feeds.errors import LeaseLost, TinwireError
from feeds.ingest.exchange import Request
from feeds.pipeline import crowds
from feeds.pipeline.desk import Desk
from feeds.pipeline.fetching import CROWDED, UNASKED, push_line
from feeds.pipeline.request_batch import Answers
from feeds.publish.hub import SUBSCRIBE, retry_after, sign
from feeds.publish.links import FEED_TYPES, feed_links
from feeds.store import aliases, deliveries, feeds, subscribers, work
from feeds.store.deliveries import Failure, Parcel
from feeds.store.feeds import FeedFile
from feeds.store.subscribers import Wanted

PATIENCE_S, TOTAL_S, CONCURRENCY = 2.0, 10.0, 256
ABREAST = 16
GONE = 410
# Not tried at all, for others hang: it comes back as soon as some of these have ended.
_CROWDED_WAIT = timedelta(seconds=1)
_log = structlog.get_logger()

Files = Mapping[tuple[str, str], FeedFile]


@dataclass(frozen=True, slots=True)
class _Batch:
    """What was claimed, whom of it we call, and the bytes they get."""

    claimed: work.Claim
    parcels: tuple[Parcel, ...]
    files: Files


def deliver(desk: Desk, claimed: work.Claim) -> int:
    """Push to the claimed subscribers; returns how many were called."""
    batch = _open(desk, claimed)
    requests = [_request(desk, one, batch.files[one.place].body) for one in batch.parcels]
    line = push_line(desk, TOTAL_S, CONCURRENCY)
    late = partial(_late, desk, batch)
    for answers in line.stream(requests, PATIENCE_S, late, abreast=ABREAST):
        _conclude(desk, batch, answers)
    return len(requests)


def _open(desk: Desk, claimed: work.Claim) -> _Batch:
    """Read whom to call, and close what nobody is to be called for."""
    now = desk.clock()
    with desk.engine.begin() as connection:
        found = deliveries.parcels(connection, map(int, claimed.keys))
        current = deliveries.etags(connection, [one.place for one in found])
        over = [one for one in found if one.lease_until <= now]
        deliveries.drop(connection, [one.id for one in over])
        _lead_on(connection, [one for one in found if one not in over], now)
        due = [one for one in found if one not in over and _is_news(one, current)]
        if not desk.settings.hub:
            due = []
        callbacks = [(str(one.id), one.callback) for one in due]
        waits = crowds.later(connection, desk.settings, claimed, callbacks, now)
        work.postpone(connection, claimed, waits)
        due = [one for one in due if str(one.id) not in waits]
        files = _files(connection, {one.place for one in due})
        called = tuple(one for one in due if one.place in files)
        open_keys = {str(one.id) for one in called} | waits.keys()
        work.finish(connection, claimed, sorted(set(claimed.keys) - open_keys))
    return _Batch(claimed, called, files)


def _lead_on(connection: sa.Connection, parcels: Sequence[Parcel], now: datetime) -> None:
    """Let those whose feed is no more follow its heir; have the others denied (§5.2)."""
    left = aliases.left(connection, {one.feed_key for one in parcels})
    heirs = {one.id: heir for one in parcels if (heir := left.get(one.feed_key))}
    lost = [one for one in parcels if one.feed_key in left and one.id not in heirs]
    deliveries.carry(connection, heirs, now)
    deliveries.drop(connection, [one.id for one in lost])
    for one in lost:
        # Asked for anew, it is denied by `verify`; or confirmed, if the feed is back by then.
        rest = ceil((one.lease_until - now).total_seconds())
        named = (one.feed_key, one.format, one.callback, one.topic, one.secret)
        subscribers.ask(connection, Wanted(SUBSCRIBE, *named, lease_s=rest), now)


def _is_news(one: Parcel, etags: Mapping[tuple[str, str], str]) -> bool:
    """Tell whether a subscriber lacks what is there: of three formats maybe one has changed."""
    return etags.get(one.place, one.etag) != one.etag


def _files(connection: sa.Connection, places: set[tuple[str, str]]) -> Files:
    found = {place: feeds.file(connection, *place) for place in sorted(places)}
    return {place: file for place, file in found.items() if file is not None}


def _request(desk: Desk, one: Parcel, body: bytes) -> Request:
    settings = desk.settings
    headers = {
        "Content-Type": FEED_TYPES[one.format],
        "Link": feed_links(settings.public_url, settings.hub_urls[:1], *one.place),
    }
    if one.secret:
        headers["X-Hub-Signature"] = sign(body, one.secret)
    return Request(one.callback, accept="*/*", method="POST", data=body, headers=headers)


def _late(desk: Desk, batch: _Batch, answers: Answers) -> None:
    """Conclude calls that others did not wait for; in a thread, whose failures nobody hears.

    Where one's lease was lost, each is tried by itself: nobody else gets the same bytes again.
    """
    try:
        _conclude(desk, batch, answers)
    except (LeaseLost, sa.exc.SQLAlchemyError) as exc:
        if len(answers) > 1:
            for number, timed in answers.items():
                _late(desk, batch, {number: timed})
            return
        (lost,) = (batch.parcels[number].id for number in answers)
        # Its lease runs out, and the same bytes are delivered again.
        _log.warning("late_delivery_lost", subscriber=lost, why=str(exc))


def _conclude(desk: Desk, batch: _Batch, answers: Answers) -> None:
    now = desk.clock()
    told: dict[int, str] = {}
    gone: list[int] = []
    failed: list[Failure] = []
    crowded: list[str] = []
    for number, timed in answers.items():
        one = batch.parcels[number]
        if timed.answer is CROWDED or timed.answer is UNASKED:
            crowded.append(str(one.id))
        elif isinstance(timed.answer, TinwireError):
            failed.append(_failure(desk, one, timed.answer.message, None))
        elif 200 <= timed.answer.status < 300:
            told[one.id] = batch.files[one.place].etag
        elif timed.answer.status == GONE:
            gone.append(one.id)
        else:
            error = f"HTTP status {timed.answer.status}"
            failed.append(_failure(desk, one, error, timed.answer.retry_after_s))
    with desk.engine.begin() as connection:
        deliveries.delivered(connection, told, now)
        deliveries.failed(connection, failed)
        deliveries.drop(connection, gone)
        counts = {"delivered": len(told), "failed": len(failed), "ended by 410": len(gone)}
        deliveries.count(connection, counts)
        work.again(connection, batch.claimed, {str(one.id): one.retry_at for one in failed})
        work.postpone(connection, batch.claimed, dict.fromkeys(crowded, now + _CROWDED_WAIT))
        work.finish(connection, batch.claimed, _keys([*told, *gone]))


def _keys(ids: Sequence[int]) -> list[str]:
    return sorted(map(str, ids))


def _failure(desk: Desk, one: Parcel, error: str, wait_s: float | None) -> Failure:
    wait = retry_after(one.failures + 1, one.callback, one.topic, one.failures)
    return Failure(one.id, desk.clock() + max(wait, timedelta(seconds=wait_s or 0)), error)
