"""Leave to read pages: robots.txt of each host, asked once a day."""

from collections.abc import Iterable

from feeds.errors import Disallowed, FetchFailed, TinwireError
from feeds.ingest.fetch import Request
from feeds.ingest.robots import Robots, is_allowed, read_robots, robots_url
from feeds.pipeline.desk import Desk
from feeds.pipeline.fetching import fetch
from feeds.store import robots as store

_ACCEPT = "text/plain, */*;q=0.5"


def refusals(desk: Desk, urls: Iterable[str]) -> dict[str, TinwireError]:
    """Map the pages that must not be read to the reason: `FetchFailed` where that may change."""
    asked = {url: place for url in urls if (place := robots_url(url)) is not None}
    known = _known(desk, sorted(set(asked.values())))
    closed = {
        url: known[place] for url, place in asked.items() if not is_allowed(known[place], url)
    }
    return {url: _refusal(robots) for url, robots in closed.items()}


def _refusal(robots: Robots) -> TinwireError:
    if robots.closed is not None:
        return FetchFailed(f"robots.txt can't be read now, so nothing may be: {robots.closed}")
    return Disallowed("robots.txt forbids to read this page (RFC 9309)")


def _known(desk: Desk, places: list[str]) -> dict[str, Robots]:
    """Read what is kept, and ask the other hosts; two workers may ask the same one."""
    now = desk.clock()
    with desk.engine.begin() as connection:
        kept = store.kept(connection, places, now)
    known = {place: Robots(text, closed) for place, (text, closed) in kept.items()}
    missing = [place for place in places if place not in known]
    if not missing:
        return known
    answers = fetch(desk, [Request(place, accept=_ACCEPT) for place in missing])
    fresh = dict(zip(missing, map(read_robots, answers), strict=True))
    with desk.engine.begin() as connection:
        found = {place: ((one.text, one.closed), now + one.kept) for place, one in fresh.items()}
        store.keep(connection, found, now)
    return known | fresh
