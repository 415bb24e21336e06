"""Actions: what a token may do. Each is answered with 2xx only after its rows are committed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from config.celery import ROUTES
from config.errors import nearest
from feeds.errors import NotFound
from feeds.pipeline.desk import Desk
from feeds.store import backlog, links, sources, tokens
from feeds.store.tokens import Token
from feeds.urls import canonicalise
from worker import withdrawals
from worker.ops.answers import Problem, answer, check_keys, text

URLS_MAX = 500
# A longer address fits no index entry (PostgreSQL takes 2,704 bytes), and would fail its batch.
URL_MAX = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """An admitted request: whose token, the JSON body, and what the path names."""

    token: Token
    body: Mapping[str, Any]
    path: Mapping[str, str]


def hand_in(desk: Desk, asked: Asked) -> Response:
    """Accept links, in the form in which they are stored; the good ones even beside bad ones.

    202 when all are good, 422 when some are not; either way `accepted` is committed.
    """
    check_keys(asked.body, ("urls", "source"))
    accepted, rejected = sort_urls(_urls(asked.body))
    source = text(asked.body, "source")
    now = desk.clock()
    with desk.engine.begin() as connection:
        owner = None if source is None else _source_id(connection, source)
        if accepted:
            detail = {"urls": accepted, "rejected": len(rejected), "source": source}
            tokens.note(connection, asked.token.name, "links", detail, now)
            links.submit(connection, accepted, owner, now)
    outcome: dict[str, Any] = {"accepted": accepted, "rejected": rejected}
    if rejected:
        total = len(accepted) + len(rejected)
        outcome["error"] = f"{len(rejected)} of {total} addresses were rejected: see `rejected`"
    return answer(outcome, 422 if rejected else 202)


def _urls(body: Mapping[str, Any]) -> list[Any]:
    urls = body.get("urls")
    if not isinstance(urls, list) or not urls:
        raise Problem(422, "'urls' must be a list of one or more addresses")
    if len(urls) > URLS_MAX:
        raise Problem(422, f"{len(urls)} addresses are too many: send at most {URLS_MAX} at once")
    return urls


def sort_urls(given: list[Any]) -> tuple[list[str], list[dict[str, Any]]]:
    """Tell good addresses (canonical, each once, in their order) from bad ones with the reason."""
    accepted: dict[str, None] = {}
    rejected: list[dict[str, Any]] = []
    for one in given:
        try:
            accepted[_good(one)] = None
        except ValueError as exc:
            rejected.append({"url": one, "why": str(exc)})
    return list(accepted), rejected


def _good(url: Any) -> str:
    if not isinstance(url, str):
        raise ValueError("no text")
    try:
        found = canonicalise(url)
    except ValueError as exc:
        raise ValueError("not an absolute http or https address") from exc
    if len(found) > URL_MAX:
        raise ValueError(f"longer than {URL_MAX} characters")
    if "@" in found.split("/", 3)[2]:
        raise ValueError("carries a user name or password")
    return found


def _source_id(connection: Any, name: str) -> int:
    try:
        return sources.find(connection, name).id
    except NotFound as exc:
        raise Problem(422, exc.message) from exc


def withdraw(desk: Desk, asked: Asked) -> Response:
    """Take articles out of everything, for a reason."""
    return _withdrawal(desk, asked, "withdrawn", withdrawals.withdraw)


def restore(desk: Desk, asked: Asked) -> Response:
    """Take withdrawals back, for a reason."""
    return _withdrawal(desk, asked, "restored", withdrawals.restore)


def _withdrawal(
    desk: Desk,
    asked: Asked,
    word: str,
    act: Callable[[Desk, Sequence[str], str, str], list[str]],
) -> Response:
    check_keys(asked.body, ("articles", "why"))
    named = asked.body.get("articles")
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named) or not named:
        raise Problem(422, "'articles' must be a list of one or more ids or addresses")
    if len(named) > URLS_MAX:
        raise Problem(422, f"{len(named)} articles are too many: send at most {URLS_MAX} at once")
    try:
        changed = act(desk, named, text(asked.body, "why") or "", asked.token.name)
    except (ValueError, NotFound) as exc:
        raise Problem(422, str(exc)) from exc
    return answer({word: changed})


def replay(desk: Desk, asked: Asked) -> Response:
    """Make dead letters due again: those of a kind, or all."""
    check_keys(asked.body, ("kind",))
    kind = text(asked.body, "kind")
    if kind is not None and kind not in ROUTES:
        hint = nearest(kind, ROUTES) or f"; there are {', '.join(ROUTES)}"
        raise Problem(422, f"no kind of work is named {kind!r}{hint}")
    now = desk.clock()
    with desk.engine.begin() as connection:
        replayed = backlog.replay(connection, kind, now)
        detail = {"kind": kind, "replayed": replayed}
        tokens.note(connection, asked.token.name, "replay", detail, now)
    return answer({"replayed": replayed})
