"""Pages: fetched politely, and only where their publishers let us."""

from collections.abc import Mapping, Sequence

from feeds.errors import GiveUp, TinwireError
from feeds.ingest.exchange import Request, Response
from feeds.pipeline.desk import Desk
from feeds.pipeline.fetching import fetch
from feeds.pipeline.robots import refusals
from feeds.pipeline.turnstile import PATIENCE_S, Turnstile
from feeds.urls import url_key

_ACCEPT = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"


def fetch_pages(
    desk: Desk, urls: Sequence[str], token: str = ""
) -> dict[str, Response | TinwireError]:
    """Fetch pages together, politely; each answer or error by its address.

    Each waits for its turn at its host; it is `NoTurn` where that takes too long. `token` is the
    step's lease, whose polls are over.

    What robots.txt closes to us is not fetched: its error is `Disallowed`. Where we are sent
    to what robots.txt closes, we have asked but don't use the answer.
    """
    gate = Turnstile(desk, token)
    closed = refusals(desk, urls, gate)
    open_ones = [url for url in urls if url not in closed]
    requests = [Request(url, accept=_ACCEPT) for url in open_ones]
    answers = fetch(desk, requests, gate, PATIENCE_S)
    found = {**closed, **dict(zip(open_ones, answers, strict=True))}
    return {**found, **_closed_behind(desk, found, gate)}


def _closed_behind(
    desk: Desk, found: Mapping[str, Response | TinwireError], gate: Turnstile
) -> dict[str, TinwireError]:
    """Map pages that stood elsewhere than they were asked for to the refusal of that place."""
    moved = {
        url: answer.url
        for url, answer in found.items()
        if isinstance(answer, Response) and answer.url != url
    }
    closed = refusals(desk, moved.values(), gate)
    return {url: closed[to] for url, to in moved.items() if to in closed}


def is_there(answer: Response | TinwireError, url: str) -> bool:
    """Tell whether a page that was asked for stands where it was asked, or moved for ever.

    Where one is sent for a while (a login, an hour of maintenance) speaks for itself alone.
    """
    if isinstance(answer, TinwireError):
        return False
    return answer.moved_to is not None or url_key(answer.url) == url_key(url)


def worth_another_try(answer: Response | TinwireError) -> str | None:
    """Say why a page can't be read now but may be soon; `None` for all that has an end."""
    if isinstance(answer, TinwireError):
        return None if isinstance(answer, GiveUp) else answer.message
    busy = answer.status >= 500 or answer.status == 429
    return f"HTTP status {answer.status}" if busy else None
