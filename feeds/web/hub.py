"""The hub of our own feeds: who asks is answered at once, and verified by a worker (W3C WebSub §5).

Theory: whoever asks may lie about whose callback it is. So here only what can be told without
asking anybody is judged, and what is taken waits for the callback's own word. Nothing is fetched.
"""

import re
from ipaddress import ip_address
from urllib.parse import parse_qsl, unquote, urlsplit

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from feeds.errors import Refused
from feeds.ingest.addresses import is_allowed_address, is_inner, judge_url
from feeds.publish import hub
from feeds.publish.hub import BadRequest
from feeds.store import aliases, deliveries, subscribers
from feeds.store.subscribers import Wanted
from feeds.web import headers
from feeds.web.front import Front, front_of
from feeds.web.respond import refuse
from feeds.web.serve import place_of

_FORM = "application/x-www-form-urlencoded"
_MOST_BYTES = 16 * 1024
_MOST_FIELDS = 40
# What waits is asked within seconds; more than this is a flood, or no worker runs.
_MOST_WAITING = 10_000


async def ask(request: Request) -> Response:
    """Take a subscriber's request: 202 when it will be verified, 4xx with the reason otherwise."""
    front = front_of(request)
    if not front.settings.hub:
        return _plain(404, "There is no hub here.")
    if request.method != "POST":
        more = {"Allow": "POST"}
        return _plain(405, "This is a WebSub hub: subscribers ask it by POST.", more)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return _plain(415, f"A request is a form ({_FORM}).")
    try:
        form = await _read(request)
        wish = hub.read_wish(form)
        return await run_in_threadpool(_take, front, wish)
    except BadRequest as exc:
        return _plain(400, str(exc))
    except ClientDisconnect:
        return _plain(400, "The connection ended before the form did.")
    except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError):
        return _plain(503, "Try again later.", {"Retry-After": "5"})


ROUTES = (Route(hub.PATH, ask, methods=["GET", "POST"]),)


async def _read(request: Request) -> dict[str, str]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise BadRequest(f"The form has more than {_MOST_BYTES} bytes.")
    try:
        fields = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError as exc:
        raise BadRequest("The form can't be read.") from exc
    return dict(fields)


def _take(front: Front, wish: hub.Wish) -> Response:
    key, fmt = _place(front, wish.topic)
    _judge_callback(front, wish.callback)
    with front.engine.begin() as connection:
        # Who was carried to an heir renews and ends what it has by the topic that it knows.
        key = aliases.left(connection, [key]).get(key) or key
        if (key, fmt) not in deliveries.etags(connection, [(key, fmt)]):
            raise BadRequest(
                f"hub.topic is no feed of ours: {front.base_url}/feeds.opml lists them."
            )
        if subscribers.waiting(connection, _MOST_WAITING) >= _MOST_WAITING:
            return _plain(503, "Too many requests wait to be verified.", {"Retry-After": "60"})
        wanted = Wanted(wish.mode, key, fmt, wish.callback, wish.topic, wish.secret, wish.lease_s)
        subscribers.ask(connection, wanted, front.clock())
    return _plain(202, "Taken; the callback will be asked.")


def _place(front: Front, topic: str) -> tuple[str, str]:
    """Find the feed and format that a topic names, as the feed names itself."""
    base = front.base_url
    path = topic.removeprefix(base)
    place = place_of(unquote(path)) if topic.startswith(f"{base}/feeds/") else None
    if place is None or re.search(r"[?#\s]", topic):
        raise BadRequest(f"hub.topic is no feed of ours: {base}/feeds.opml lists them.")
    return place.key, place.name


def _judge_callback(front: Front, callback: str) -> None:
    """Refuse what must never be called, as far as the address says; names are judged when called.

    A fragment names no other resource, and would be lost on the way.
    """
    settings = front.settings
    try:
        target = judge_url(callback, settings.fetch_ports)
    except Refused as exc:
        raise BadRequest(f"hub.callback can't be called: {exc.message}") from exc
    if urlsplit(callback).fragment:
        raise BadRequest("hub.callback has a fragment.")
    host = target.host.strip("[]")
    is_literal = _is_address(host)
    is_ours = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    is_private = is_ours or (is_literal and not is_allowed_address(host, settings.fetch_allow))
    if is_private and not is_inner(host, settings.fetch_allow):
        raise BadRequest("hub.callback leads into a private network.")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _plain(status: int, text: str, more: dict[str, str] | None = None) -> Response:
    return refuse(f"{text}\n".encode(), headers.TEXT, status, more)
