"""The local HTTP origin that plays the foreign publishers.

Every answer is a function of the newsroom, the start and the clock; validators (ETag,
Last-Modified) follow from it, so that an unchanged poll gets 304.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

from aiohttp import web

from feeds.clock import Clock
from worker.demo import pictures
from worker.demo.atom import atom
from worker.demo.edition import Edition, edition, is_withdrawn, show
from worker.demo.jsonfeed import json_feed
from worker.demo.newsroom import Format, Newsroom
from worker.demo.pages import FEED_TYPES, article_page, front_page, gone_page, index_page
from worker.demo.rss import rdf, rss
from worker.demo.spoil import spoil

HTML = "text/html"
_RENDER: dict[Format, Callable[[Edition, str], bytes]] = {
    Format.RSS: rss,
    Format.RDF: rdf,
    Format.ATOM: atom,
    Format.JSON: json_feed,
}


def create(newsroom: Newsroom, started_at: datetime, clock: Clock) -> web.Application:
    """Compose the origin; what it serves changes only as `clock` moves on from `started_at`."""
    desk = _Desk(newsroom, started_at.replace(microsecond=0), clock)
    app = web.Application()
    app.add_routes(
        [
            web.get("/", desk.index),
            web.get(r"/images/{name:[a-z0-9-]+}.svg", desk.picture),
            web.get("/{source}/", desk.front),
            web.get("/{source}/feed.{ending:xml|json}", desk.feed),
            web.get(r"/{source}/{slug:[a-z0-9-]+}.html", desk.article),
        ]
    )
    return app


def render(edition: Edition, base_url: str) -> bytes:
    """Write a publisher's feed in its own format, with its own faults."""
    document = _RENDER[edition.publisher.format](edition, base_url)
    return spoil(document) if edition.publisher.malformed else document


@dataclass(frozen=True, slots=True)
class _Desk:
    newsroom: Newsroom
    started_at: datetime
    clock: Clock

    async def index(self, request: web.Request) -> web.StreamResponse:
        return _answer(request, index_page(self.newsroom), HTML, self.started_at)

    async def front(self, request: web.Request) -> web.StreamResponse:
        shown = self._edition(request)
        return _answer(request, front_page(shown), HTML, shown.modified)

    async def feed(self, request: web.Request) -> web.StreamResponse:
        shown = self._edition(request)
        if request.path != shown.publisher.feed_path:
            raise web.HTTPNotFound
        kind = FEED_TYPES[shown.publisher.format]
        return _answer(request, render(shown, _base_url(request)), kind, shown.modified)

    async def article(self, request: web.Request) -> web.StreamResponse:
        now = self.clock()
        try:
            piece = self.newsroom.piece("{source}/{slug}".format(**request.match_info))
        except KeyError as exc:
            raise web.HTTPNotFound from exc
        publisher = self.newsroom.publisher(piece.source)
        if is_withdrawn(piece, self.started_at, now):
            return web.Response(
                body=gone_page(publisher), status=410, content_type=HTML, charset="utf-8"
            )
        item = show(self.newsroom, piece, self.started_at, now)
        page = article_page(publisher, item, _base_url(request))
        return _answer(request, page, HTML, item.updated)

    async def picture(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in self.newsroom.pictures:
            raise web.HTTPNotFound
        drawn = pictures.draw(name, self.newsroom.pictures[name])
        return _answer(request, drawn, "image/svg+xml", self.started_at)

    def _edition(self, request: web.Request) -> Edition:
        try:
            return edition(
                self.newsroom, request.match_info["source"], self.started_at, self.clock()
            )
        except KeyError as exc:
            raise web.HTTPNotFound from exc


def _answer(request: web.Request, body: bytes, kind: str, modified: datetime) -> web.StreamResponse:
    etag = blake2b(body, digest_size=12).hexdigest()
    modified = modified.astimezone(UTC).replace(microsecond=0)
    response = (
        web.Response(status=304)
        if _is_fresh(request, etag, modified)
        else web.Response(body=body, content_type=kind, charset="utf-8")
    )
    response.etag = etag
    response.last_modified = modified
    response.headers["Cache-Control"] = "max-age=5"
    return response


def _is_fresh(request: web.Request, etag: str, modified: datetime) -> bool:
    # RFC 9110 §13.1.3: If-Modified-Since is ignored where If-None-Match is given.
    if request.if_none_match is not None:
        return any(given.value in (etag, "*") for given in request.if_none_match)
    since = request.if_modified_since
    return since is not None and modified <= since


def _base_url(request: web.Request) -> str:
    return str(request.url.origin())
