"""Pages that list articles: the front page, and one for each feed; and the list of all feeds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from config.editorial import Section
from feeds.model import Teaser
from feeds.publish.feed_head import WHOLE
from feeds.publish.head import block_name
from feeds.store import feeds, listing, pools
from feeds.web.blocks import front_blocks, named
from feeds.web.directory import grouped
from feeds.web.front import Front, front_of
from feeds.web.lists import name_of, newest_teasers
from feeds.web.paging import Paging, asked_page, kept
from feeds.web.render import page, refusal

LISTED = 30
_OF_SECTION = 4


@dataclass(frozen=True, slots=True)
class Shelf:
    """A section on the front page with its newest articles."""

    section: Section
    teasers: tuple[Teaser, ...]


def home(request: Request) -> Response:
    """Show what is featured and newest, and each section's newest."""
    front = front_of(request)
    with front.reading() as connection:
        shown = front_blocks(connection, front.editorial, front.clock())
        seen = {teaser.id for teaser in chain(*shown.values())}
        shelves = _shelves(front, connection, seen)
    language, site = front.language(request), front.editorial.site
    names = named(site.front, language)
    links = [("all", ""), *((key, block_name(site, key, language) or key) for key in sorted(WHOLE))]
    values = {"blocks": shown, "block_names": names, "shelves": shelves, "feed_links": links}
    return page(request, "home.html", values)


def section(request: Request) -> Response:
    """Show a section with the sections below it."""
    slug = request.path_params["slug"]
    front = front_of(request)
    below = {"trail": front.editorial.path(slug)[:-1], "children": front.children(slug)}
    return _listed(request, f"section/{slug}", "section", **below)


def topic(request: Request) -> Response:
    """Show a topic."""
    return _listed(request, f"topic/{request.path_params['slug']}", "topic")


def author(request: Request) -> Response:
    """Show what somebody wrote."""
    return _listed(request, f"author/{request.path_params['slug']}", "author")


def source(request: Request) -> Response:
    """Show what a source listed."""
    return _listed(request, f"source/{request.path_params['name']}", "source")


def directory(request: Request) -> Response:
    """Show all feeds, grouped."""
    with front_of(request).reading() as connection:
        lines = feeds.listed(connection)
    return page(request, "feeds.html", {"groups": grouped(lines)})


def not_found(request: Request) -> Response:
    """Say that nothing is here."""
    return refusal(request, "not_found.html", 404, {})


ROUTES = (
    Route("/", home),
    Route("/section/{slug}", section),
    Route("/topic/{slug}", topic),
    Route("/author/{slug:path}", author),
    Route("/source/{name:path}", source),
    Route("/feeds", directory),
)


def _listed(
    request: Request,
    key: str,
    kind: str,
    trail: Sequence[Section] = (),
    children: Sequence[Section] = (),
) -> Response:
    front = front_of(request)
    number = asked_page(request)
    with front.reading() as connection:
        name = name_of(front, connection, key, front.language(request))
        if name is None or number is None:
            return not_found(request)
        skipped = (number - 1) * LISTED
        # One more than is shown tells whether there is a next page.
        found = newest_teasers(connection, key, LISTED + 1, front.descendants, skipped)
    teasers = found[:LISTED]
    if number > 1 and not teasers:
        return not_found(request)
    values = {
        "paging": Paging(number, LISTED, len(found) > LISTED, kept(request, "lang")),
        "name": name,
        "kind": kind,
        "teasers": teasers,
        "feed_key": key,
        "trail": trail,
        "children": children,
    }
    return page(request, "list.html", values)


def _shelves(front: Front, connection: sa.Connection, seen: set[int]) -> list[Shelf]:
    """Fill each section's shelf; where news is short, with what stands elsewhere on the page."""
    ids = {
        node.slug: listing.newest(
            connection, f"section/{node.slug}", len(seen) + _OF_SECTION, front.descendants
        )
        for node in front.roots
    }
    chosen = {
        slug: sorted(found, key=seen.__contains__)[:_OF_SECTION] for slug, found in ids.items()
    }
    teasers = pools.teasers(connection, sorted(set(chain(*chosen.values()))))
    shelves = (Shelf(node, _picked(teasers, chosen[node.slug])) for node in front.roots)
    return [shelf for shelf in shelves if shelf.teasers]


def _picked(teasers: dict[int, Teaser], ids: Iterable[int]) -> tuple[Teaser, ...]:
    """Take the teasers in order, but lead with one that has a picture."""
    chosen = [teasers[one] for one in ids if one in teasers]
    lead = next((teaser for teaser in chosen if teaser.image is not None), None)
    return tuple(sorted(chosen, key=lambda teaser: teaser is not lead))
