"""Leave to read pages: robots.txt of each host, asked once a day."""

from collections.abc import Iterable

from feeds.errors import Disallowed, FetchFailed, NoTurn, TinwireError, Unreadable
from feeds.ingest.exchange import Request
from feeds.ingest.robots import Robots, is_allowed, read_robots, robots_url
from feeds.pipeline.desk import Desk
from feeds.pipeline.fetching import fetch
from feeds.pipeline.reading import reading
from feeds.pipeline.request_batch import Answer
from feeds.pipeline.turnstile import PATIENCE_S, Turnstile
from feeds.store import robots as store

_ACCEPT = "text/plain, */*;q=0.5"


def refusals(desk: Desk, urls: Iterable[str], gate: Turnstile) -> dict[str, TinwireError]:
    """Map the pages that must not be read to the reason: `FetchFailed` where that may change.

    `NoTurn` where the host could not be asked for its rules yet.
    """
    asked = {url: place for url in urls if (place := robots_url(url)) is not None}
    known = _known(desk, sorted(set(asked.values())), gate)
    found: dict[str, TinwireError] = {}
    for url, place in asked.items():
        robots = known[place]
        refusal = robots if isinstance(robots, NoTurn) else _refusal(robots, url, place)
        if refusal is not None:
            found[url] = refusal
    return found


def _refusal(robots: Robots, url: str, place: str) -> TinwireError | None:
    if robots.closed is not None:
        return FetchFailed(f"robots.txt can't be read now, so nothing may be: {robots.closed}")
    try:
        with reading(place):
            if is_allowed(robots, url):
                return None
    except Unreadable as exc:
        return exc
    return Disallowed("robots.txt forbids to read this page (RFC 9309)")


def _known(desk: Desk, places: list[str], gate: Turnstile) -> dict[str, Robots | NoTurn]:
    """Read what is kept, and ask the other hosts; two workers may ask the same one."""
    now = desk.clock()
    with desk.engine.begin() as connection:
        kept = store.kept(connection, places, now)
    known: dict[str, Robots | NoTurn] = {
        place: Robots(text, closed) for place, (text, closed) in kept.items()
    }
    missing = [place for place in places if place not in known]
    if not missing:
        return known
    requests = [Request(place, accept=_ACCEPT) for place in missing]
    answers = dict(zip(missing, fetch(desk, requests, gate, PATIENCE_S), strict=True))
    fresh = {place: read_robots(one) for place, one in answers.items() if not _has_no_turn(one)}
    with desk.engine.begin() as connection:
        found = {place: ((one.text, one.closed), now + one.kept) for place, one in fresh.items()}
        store.keep(connection, found, now)
    waiting = {place: one for place, one in answers.items() if isinstance(one, NoTurn)}
    return known | fresh | waiting


def _has_no_turn(answer: Answer) -> bool:
    return isinstance(answer, NoTurn)
