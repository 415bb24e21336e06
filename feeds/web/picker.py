"""The page where a partner picks an embed and copies its line; without JavaScript it is a form."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from feeds.store import feeds, partners
from feeds.web import headers
from feeds.web.directory import grouped
from feeds.web.embed import LAYOUTS, LONGEST_KEY, MOST, THEMES, embed_url, parse_look
from feeds.web.front import front_of
from feeds.web.lists import name_of
from feeds.web.messages import CATALOGUE
from feeds.web.render import PAGE_VARY, render
from feeds.web.respond import respond

_LONGEST = 100
# As any page, but with our own script, which asks this same page again.
_POLICY = {
    name: value.replace("script-src 'none'", "script-src 'self'")
    for name, value in headers.PAGE_POLICY.items()
}


def picker(request: Request) -> Response:
    """Show the choices, the frame that they make, and the lines to copy."""
    front = front_of(request)
    query = request.query_params
    # `lang` is the page's own language, as everywhere.
    look = parse_look({**query, "lang": query.get("in", front.language(request))})
    key = query.get("feed", "all")[:LONGEST_KEY].replace("\0", "")
    with front.reading() as connection:
        name = name_of(front, connection, key, look.language)
        groups = grouped(feeds.listed(connection))
        given = query.get("key", "").strip()[:_LONGEST]
        partner = partners.find(connection, given, front.clock()) if given else None
    if name is None:
        key, name = "all", front.editorial.site.title
    mine = given if partner else ""
    path = quote(key, safe="/")
    values = {
        "given": given,
        "partner": partner,
        "groups": groups,
        "chosen": key,
        "name": name,
        "look": look,
        "themes": THEMES,
        "layouts": LAYOUTS,
        "most": MOST,
        "tongues": {code: CATALOGUE[code]["tongue"] for code in CATALOGUE},
        "address": embed_url(front.base_url, path, look, mine),
        # With a key it could stand in its partner's pages only, which this one is not.
        "preview": embed_url("", path, look),
        "attributes": ({"key": mine} if mine else {}) | {"feed": key, **look.said()},
        "fragment": embed_url(front.base_url, f"{path}.html", look, mine),
        "json": embed_url(front.base_url, f"{path}.json", look, mine),
    }
    body = render(request, "embed_picker.html", values)
    return respond(request, body, headers.HTML, _POLICY, vary=PAGE_VARY)


ROUTES = (Route("/partners/embed", picker),)
