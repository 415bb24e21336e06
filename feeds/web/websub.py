"""The callback of our subscriptions: hubs verify them here, and deliver to them.

Theory: a callback's address is its key, so strangers find nothing here; and whoever holds one can
only confirm what we asked for (W3C WebSub §5.3). A delivery is answered once its row is committed:
that row, and not the request, is what workers read. Nothing is fetched and no broker is spoken to.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

import sqlalchemy as sa
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from feeds.ingest import websub
from feeds.store import pushes, subscriptions, work
from feeds.store.standing import State, Subscription
from feeds.web import headers
from feeds.web.front import Front, front_of
from feeds.web.respond import refuse

# The store is gone, restarting or full: the hub tries again.
_UNREACHABLE = (
    sa.exc.OperationalError,
    sa.exc.InterfaceError,
    sa.exc.InternalError,
    sa.exc.TimeoutError,
)
_LONGEST_CHALLENGE = 4096
_LONGEST_TYPE = 200
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a hub sent."""

    token: str
    body: bytes
    content_type: str
    signature: str | None


def confirm(request: Request) -> Response:
    """Answer a hub that asks whether we want this, or tells that it won't have us."""
    if request.method != "GET":
        return _plain(405, "Only GET and POST.")
    try:
        challenge = _answer(front_of(request), request.path_params["token"], request.query_params)
    except _UNREACHABLE:
        return _later()
    if challenge is None:
        return _plain(404, "Nothing of this was asked for.")
    return _plain(200, challenge)


async def receive(request: Request) -> Response:
    """Take what a hub delivers; bodies of strangers are not even read."""
    front, token = front_of(request), request.path_params["token"]
    try:
        missing = await run_in_threadpool(_missing, front, token)
        if missing is not None:
            return missing
        body = await _read(request, front.settings.push_max_bytes)
        if body is None:
            return _plain(413, f"More than {front.settings.push_max_bytes} bytes.")
        kind = request.headers.get("content-type", "")[:_LONGEST_TYPE]
        signature = request.headers.get("x-hub-signature")
        delivery = Delivery(token, body, kind, signature)
        return await run_in_threadpool(_take, front, delivery)
    except _UNREACHABLE:
        return _later()
    except ClientDisconnect:
        return _plain(400, "The connection ended before the body did.")


ROUTES = (
    Route(websub.PATH + "{token}", confirm),
    Route(websub.PATH + "{token}", receive, methods=["POST"]),
)


def _answer(front: Front, token: str, asked: QueryParams) -> str | None:
    """Change what a hub's question changes, and give the challenge; `None` for a refusal.

    What is verified must be what we asked for, character by character (§5.3.1).
    """
    if not websub.is_token(token):
        return None
    now = front.clock()
    mode, challenge = asked.get("hub.mode", ""), asked.get("hub.challenge", "")
    with front.engine.begin() as connection:
        held = subscriptions.by_token(connection, token, is_locked=True)
        if held is None or held.topic_url != asked.get("hub.topic"):
            return None
        if mode == websub.DENIED:
            changed = held.denied(asked.get("hub.reason", ""), now)
            challenge = ""
        elif not (0 < len(challenge) <= _LONGEST_CHALLENGE and _is_asked(held, mode, front)):
            return None
        elif mode == websub.UNSUBSCRIBE:
            changed = held.left(now)
        else:
            changed = _verified(held, asked.get("hub.lease_seconds"), front)
        subscriptions.save(connection, changed)
        if held.state is State.ACTIVE and changed.state is State.DENIED:
            work.mark(connection, "poll", [held.source_name], now)
        work.mark(connection, subscriptions.KIND, [str(held.id)], now)
    _log.info("hub_said", source=held.source_name, mode=mode, state=changed.state.value)
    return challenge


def _is_asked(held: Subscription, mode: str, front: Front) -> bool:
    if not held.is_pending(front.clock()):
        return False
    if mode == websub.SUBSCRIBE:
        return held.is_wanted and not held.is_ended and front.settings.websub
    return mode == websub.UNSUBSCRIBE and held.is_ended


def _verified(held: Subscription, lease_seconds: str | None, front: Front) -> Subscription:
    """Take the lease that the hub gives, and renew before it ends (§5.3.1)."""
    now = front.clock()
    lease = websub.lease_of(lease_seconds, front.settings.websub_lease_s)
    wait = websub.renewal_after(lease, websub.chance_of(held.token, now))
    return held.verified(lease, now + wait, now)


def _missing(front: Front, token: str) -> Response | None:
    """Refuse what has no subscription: §7 lets us say that there was one."""
    held = None
    if websub.is_token(token):
        with front.reading() as connection:
            held = subscriptions.by_token(connection, token)
    if held is None:
        return _plain(404, "There is no such subscription.")
    return _plain(410, "This subscription has ended.") if held.is_ended else None


async def _read(request: Request, most: int) -> bytes | None:
    """Collect a body; `None` as soon as it is too large, whatever its length header says."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)


def _take(front: Front, delivery: Delivery) -> Response:
    """Keep a delivery that was signed with our secret, and count one that was not (§7.1.2).

    Both are answered alike, so that nobody learns a signature by trying.
    """
    now = front.clock()
    with front.engine.begin() as connection:
        held = subscriptions.by_token(connection, delivery.token, is_locked=True)
        if held is None or held.is_ended:
            return _plain(410, "This subscription has ended.")
        if not websub.is_signed(delivery.body, held.secret, delivery.signature):
            subscriptions.save(connection, held.ignoring())
            _log.warning("push_ignored", source=held.source_name, signed=bool(delivery.signature))
        elif delivery.body.strip():
            subscriptions.save(connection, held.delivered(now))
            at = (held.source_id, held.topic_url, delivery.content_type)
            pushes.accept(connection, *at, delivery.body, now)
        elif (left := held.rests_until(now)) is not None:
            # Refused, but not lost: what it would have made us look for is looked for then.
            work.mark(connection, "poll", [held.source_name], left)
            return _rest(left - now)
        else:
            subscriptions.save(connection, held.delivered(now, is_ping=True))
            work.mark(connection, "poll", [held.source_name], now)
    return _plain(202, "Taken.")


def _rest(left: timedelta) -> Response:
    seconds = str(max(ceil(left.total_seconds()), 1))
    return refuse(b"Too many pings.\n", headers.TEXT, 429, {"Retry-After": seconds})


def _later() -> Response:
    return refuse(b"Try again later.\n", headers.TEXT, 503, {"Retry-After": "5"})


def _plain(status: int, text: str) -> Response:
    return refuse(text.encode(), headers.TEXT, status)
