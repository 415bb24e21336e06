"""Our own files, and what machines ask of the site before anything else."""

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from feeds.store import feeds, migrate
from feeds.web import headers
from feeds.web.front import Front, front_of
from feeds.web.pages import not_found
from feeds.web.respond import refuse, respond

_ROBOTS = "User-agent: *\nDisallow: /embed/\nAllow: /\n\nSitemap: {base}/news-sitemap.xml\n"


async def static(request: Request) -> Response:
    """Give one of our files, for ever when it is asked for by its digest."""
    asset = front_of(request).assets.find(request.path_params["name"])
    if asset is None:
        return not_found(request)
    is_exact = request.query_params.get("v") == asset.digest
    cache = headers.FOREVER if is_exact else headers.AN_HOUR
    return respond(request, asset.body, asset.kind, headers.OPEN, cache)


async def embed_script(request: Request) -> Response:
    """Give the script that partners include; its address never changes, so it is kept an hour."""
    asset = front_of(request).assets.find("embed.js")
    assert asset is not None
    return respond(request, asset.body, asset.kind, headers.OPEN, headers.AN_HOUR)


async def favicon(request: Request) -> Response:
    """Give the icon where browsers and feed readers look for one that nothing names."""
    asset = front_of(request).assets.find("icon-48.png")
    assert asset is not None
    return respond(request, asset.body, asset.kind, headers.OPEN, headers.AN_HOUR)


async def robots(request: Request) -> Response:
    """Welcome crawlers to the pages, spare them the frames, and name the sitemap."""
    body = _ROBOTS.format(base=front_of(request).base_url).encode()
    return respond(request, body, headers.TEXT, cache=headers.AN_HOUR)


async def healthz(request: Request) -> Response:
    """Say that the process is up."""
    return refuse(b"ok\n", headers.TEXT, 200)


def readyz(request: Request) -> Response:
    """Say whether readers can be served, or what is missing."""
    missing = _missing(front_of(request))
    if missing is None:
        return refuse(b"ready\n", headers.TEXT, 200)
    return refuse(f"not ready: {missing}\n".encode(), headers.TEXT, 503)


ROUTES = (
    Route("/static/{name}", static),
    Route("/embed.js", embed_script),
    Route("/favicon.ico", favicon),
    Route("/robots.txt", robots),
    Route("/healthz", healthz),
    Route("/readyz", readyz),
)


def _missing(front: Front) -> str | None:
    try:
        if migrate.current(front.engine) != front.newest_revision:
            return "the database is not at this release's migrations"
        with front.reading() as connection:
            if not feeds.emitted(connection, ["all"]):
                return "no feed was published yet"
    except sa.exc.SQLAlchemyError:
        return "the database does not answer"
    return None
