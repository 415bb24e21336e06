"""A story's page: who tells the same news, in the order in which they did."""

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from feeds.model import parse_public_id, public_id
from feeds.store import articles
from feeds.store.succession import key_of
from feeds.store.tellings import story_of, tellings
from feeds.web.blocks import blocks_for, named
from feeds.web.front import front_of
from feeds.web.pages import not_found
from feeds.web.render import page
from feeds.web.structured import breadcrumb


def view(request: Request) -> Response:
    """Show a story; an address that names another of its articles leads to it."""
    front = front_of(request)
    number = parse_public_id(request.path_params["public_id"])
    if number is None:
        return not_found(request)
    with front.reading() as connection:
        told = tellings(connection, number)
        if not told:
            return _elsewhere(request, connection, number)
        lead = articles.load(connection, [number]).get(number)
        if lead is None:
            return not_found(request)
        beside = [one.teaser.id for one in told]
        blocks = blocks_for(connection, lead, front.editorial, front.clock(), beside)
    language = front.language(request)
    values = {
        "lead": lead,
        "told": told,
        "sources": len({one.source_name for one in told}),
        "trail": breadcrumb(lead, front.editorial, language),
        "blocks": blocks,
        "block_names": named(front.editorial.site.blocks, language),
        "feed_key": key_of(number),
    }
    return page(request, "story.html", values)


ROUTES = (Route("/story/{public_id}", view),)


def _elsewhere(request: Request, connection: sa.Connection, number: int) -> Response:
    """Lead to where the story stands now: stories grow and merge, and are led by another then."""
    lead = story_of(connection, number)
    query = f"?{request.url.query}" if request.url.query else ""
    if lead is not None and lead != number:
        return RedirectResponse(f"/story/{public_id(lead)}{query}", 302)
    if number in articles.load(connection, [number]):
        return RedirectResponse(f"/article/{public_id(number)}{query}", 302)
    return not_found(request)
