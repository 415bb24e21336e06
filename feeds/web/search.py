"""The search: a page for readers, and the same as JSON."""

from collections.abc import Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from feeds.model import Teaser
from feeds.store import pools, search
from feeds.text.excerpt import excerpt
from feeds.web import headers
from feeds.web.article_json import teaser_json
from feeds.web.front import Front, front_of
from feeds.web.pages import not_found
from feeds.web.paging import Paging, asked_page, kept
from feeds.web.passage import passage, shows_all
from feeds.web.query import Query, marked, parse_query
from feeds.web.render import page
from feeds.web.respond import refuse, respond

SHOWN = 20
_EXCERPT = 260  # characters
_LONGEST = 50_000


def view(request: Request) -> Response:
    """Show what was found."""
    number = asked_page(request)
    if number is None:
        return not_found(request)
    query = parse_query(request.query_params.get("q", ""))
    found, total = _find(front_of(request), query, number)
    values: dict[str, Any] = {
        "query": query,
        "teasers": found,
        "passages": _passages(front_of(request), query, found),
        "total": total,
        "most": search.MOST,
        "longest": _EXCERPT,
        "paging": _paging(request, number, total),
        "marked": marked,
    }
    return page(request, "search.html", values)


def data(request: Request) -> Response:
    """Give what was found as JSON."""
    number = asked_page(request)
    if number is None:
        return refuse(orjson.dumps({"error": "no such page"}), headers.JSON, 404, headers.OPEN)
    front = front_of(request)
    query = parse_query(request.query_params.get("q", ""))
    found, total = _find(front, query, number)
    paging = _paging(request, number, total)
    path = f"{front.base_url}/search.json"
    body = {
        "query": query.typed,
        "total": total,
        "page": number,
        "next": f"{path}{paging.after}" if paging.after else None,
        "articles": [teaser_json(front.base_url, one) for one in found],
    }
    return respond(request, orjson.dumps(body), headers.JSON, headers.OPEN)


ROUTES = (Route("/search", view), Route("/search.json", data))


def _find(front: Front, query: Query, number: int) -> tuple[list[Teaser], int]:
    if not query.wanted:
        return [], 0
    skipped = (number - 1) * SHOWN
    with front.reading() as connection:
        found = search.find(connection, query.wanted, query.exact, front.clock(), SHOWN, skipped)
        teasers = pools.teasers(connection, found.ids)
    return [teasers[one] for one in found.ids if one in teasers], found.total


def _passages(front: Front, query: Query, found: Sequence[Teaser]) -> dict[int, str]:
    """Say where the words stand in articles whose title and excerpt don't show them all."""
    hidden = [
        one.id
        for one in found
        if not shows_all(f"{one.title} {excerpt(one.excerpt, _EXCERPT)}", query.words)
    ]
    if not hidden:
        return {}
    with front.reading() as connection:
        told = search.told(connection, hidden, _LONGEST)
    places = {one.article_id: passage(one.text, query.words) for one in told}
    return {number: place for number, place in places.items() if place}


def _paging(request: Request, number: int, total: int) -> Paging:
    return Paging(number, SHOWN, total > number * SHOWN, kept(request, "q", "lang"))
