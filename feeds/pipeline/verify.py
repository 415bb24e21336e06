"""Verify: subscribers are asked whether they want what was asked for in their name (§5.3).

The challenge is made for one question and kept nowhere. A callback that can't be asked now is
asked twice more; one that answers anything but the challenge did not want it. What we can't give
any more is denied (§5.2).
"""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta

import sqlalchemy as sa
import structlog

from feeds.errors import Refused, TinwireError
from feeds.ingest.exchange import Request
from feeds.pipeline import crowds
from feeds.pipeline.desk import Desk
from feeds.pipeline.fetching import push_line
from feeds.pipeline.request_batch import Answer
from feeds.publish.hub import DENIED, SUBSCRIBE, question
from feeds.store import deliveries, subscribers, work
from feeds.store.subscribers import Asked

TOTAL_S, CONCURRENCY = 10.0, 64
MOST_TRIES = 3
RETRY_AFTER = timedelta(seconds=30)
GRANTED, REFUSED, RETRY = "verified", "refused", "retry"
_log = structlog.get_logger()


def verify(desk: Desk, claimed: work.Claim) -> int:
    """Ask in the claimed requests' names; returns how many were asked."""
    now = desk.clock()
    with desk.engine.begin() as connection:
        found = subscribers.asked(connection, map(int, claimed.keys))
        there = deliveries.etags(connection, [(one.feed_key, one.format) for one in found])
        callbacks = [(str(one.id), one.callback) for one in found]
        waits = crowds.later(connection, desk.settings, claimed, callbacks, now)
        work.postpone(connection, claimed, waits)
    found = [one for one in found if str(one.id) not in waits]
    denied = [one for one in found if _is_denied(desk, one, there)]
    asking = [one for one in found if one not in denied]
    words = _ask(desk, asking, denied)
    _conclude(desk, claimed, words, denied, set(waits))
    return len(asking)


def _is_denied(desk: Desk, one: Asked, there: Mapping[tuple[str, str], str]) -> bool:
    if one.mode != SUBSCRIBE:
        return False
    return not desk.settings.hub or (one.feed_key, one.format) not in there


def _ask(desk: Desk, asking: Sequence[Asked], denied: Sequence[Asked]) -> dict[Asked, str]:
    """Ask those who may have what they want, and tell the others why not; words by request."""
    challenges = [secrets.token_urlsafe(32) for _ in asking]
    requests = [
        _question(one, challenge) for one, challenge in zip(asking, challenges, strict=True)
    ]
    requests += [_denial(one) for one in denied]
    answers = push_line(desk, TOTAL_S, CONCURRENCY).ask(requests)
    triples = zip(asking, challenges, answers[: len(asking)], strict=True)
    return {one: _word(one, challenge, answer) for one, challenge, answer in triples}


def _question(one: Asked, challenge: str) -> Request:
    fields = {"mode": one.mode, "topic": one.topic, "challenge": challenge}
    if one.mode == SUBSCRIBE:
        fields["lease_seconds"] = str(one.lease_s)
    return Request(question(one.callback, fields), accept="*/*", follows=False)


def _denial(one: Asked) -> Request:
    fields = {"mode": DENIED, "topic": one.topic, "reason": "There is no such feed any more."}
    return Request(question(one.callback, fields), accept="*/*", follows=False)


def _word(one: Asked, challenge: str, answer: Answer) -> str:
    """Say what an answer means: only a server that could not answer is asked again."""
    is_last = one.failures + 1 >= MOST_TRIES
    if isinstance(answer, TinwireError):
        return REFUSED if is_last or isinstance(answer, Refused) else RETRY
    if 200 <= answer.status < 300:
        same = hmac.compare_digest(answer.body, challenge.encode())
        return GRANTED if same else REFUSED
    is_transient = answer.status >= 500 or answer.status == 429
    return RETRY if is_transient and not is_last else REFUSED


def _conclude(
    desk: Desk,
    claimed: work.Claim,
    words: Mapping[Asked, str],
    denied: Sequence[Asked],
    waiting: set[str],
) -> None:
    now = desk.clock()
    again = {str(one.id): now + RETRY_AFTER for one, word in words.items() if word == RETRY}
    with desk.engine.begin() as connection:
        for one, word in words.items():
            _settle(connection, desk, one, word)
        subscribers.forget(connection, [one for one, word in words.items() if word != RETRY])
        subscribers.forget(connection, denied)
        told = list(words.values())
        counts = {word: told.count(word) for word in (GRANTED, REFUSED)}
        deliveries.count(connection, {**counts, "denied": len(denied)})
        work.again(connection, claimed, again)
        work.finish(connection, claimed, sorted(set(claimed.keys) - again.keys() - waiting))


def _settle(connection: sa.Connection, desk: Desk, one: Asked, word: str) -> None:
    if word == GRANTED:
        subscribers.grant(connection, one, desk.clock())
    elif word == RETRY:
        subscribers.count_failure(connection, one)
    if word != RETRY:
        _log.info("hub_asked", topic=one.topic, mode=one.mode, answer=word)
