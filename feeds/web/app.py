"""The public web as one ASGI application; nothing happens before its lifespan starts."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from config.editorial import Editorial
from config.settings import Settings
from feeds.clock import Clock, utc_now
from feeds.web import (
    article,
    directory,
    embed,
    embed_serve,
    files,
    hub,
    oembed,
    pages,
    picker,
    related,
    search,
    story,
    websub,
)
from feeds.web.assets import Assets
from feeds.web.cache import FeedCache, RawHeaders, Written
from feeds.web.embed_serve import EmbedServer, Listeners
from feeds.web.front import Front
from feeds.web.keys import Keys, reader
from feeds.web.listen import listen
from feeds.web.partners import ASKS, PartnerDoor, may_carry_key
from feeds.web.readings import Readings
from feeds.web.render import refusal
from feeds.web.serve import PREFIX, FeedServer
from feeds.web.tally import Tally
from feeds.web.versions import loader
from feeds.web.written import plain_wish

_FEEDS, _EMBEDS = PREFIX.encode(), embed_serve.PREFIX.encode()
_ROUTES = [
    *directory.ROUTES,
    *pages.ROUTES,
    *article.ROUTES,
    *story.ROUTES,
    *related.ROUTES,
    *search.ROUTES,
    *embed.ROUTES,
    *oembed.ROUTES,
    *picker.ROUTES,
    *files.ROUTES,
    *websub.ROUTES,
    *hub.ROUTES,
]
_LONGEST_TARGET = 1000  # what is asked for over and over is shorter, and targets are remembered


def create_app(
    engine: sa.Engine,
    editorial: Editorial,
    settings: Settings,
    clock: Clock = utc_now,
    counter_url: str | None = None,
) -> "Door":
    """Put the public web together; its lifespan listens for changed feeds.

    The engine stays the caller's, who disposes of it. Readings and partners' requests are counted
    in the Valkey at `counter_url`; without one partners have no quota.
    """
    readings = Readings(counter_url, engine, clock, time.monotonic)
    front = Front(engine, editorial, settings, clock, Assets())
    cache = FeedCache(loader(engine, editorial, settings, clock), time.monotonic)
    frames = FeedCache(embed_serve.loader(front), time.monotonic, embed_serve.BUDGET_BYTES)
    tally = Tally(counter_url, engine, clock, time.monotonic)
    site = Starlette(
        routes=_ROUTES,
        exception_handlers={HTTPException: _refused, Exception: _failed},
        lifespan=lambda _: _living(
            listen(engine.url, Listeners(cache, frames)), tally.run(), readings.run()
        ),
    )
    site.state.front, site.state.readings = front, readings
    embeds = EmbedServer(frames, site)
    partners = PartnerDoor(Keys(reader(engine, clock), time.monotonic), tally, embeds)
    return Door(FeedServer(cache, engine), embeds, site, partners)


class Door:
    """Sends feeds and embeds down their own short paths, and everything else to Starlette."""

    def __init__(
        self, feeds: FeedServer, embeds: EmbedServer, site: ASGIApp, partners: PartnerDoor
    ) -> None:
        self._feeds, self._keyed_feeds = feeds, partners.before(feeds)
        self._embeds, self._keyed_embeds = embeds, partners.before(embeds)
        self._site, self._keyed_site = site, partners.before(site)

    def at_once(self, target: bytes, named: RawHeaders) -> Written | None:
        """Give the answer to a GET without a body, if nothing has to be waited for.

        `None` leaves the request to `__call__`, which would give the same answer.
        """
        server: FeedServer | EmbedServer
        if target.startswith(_FEEDS):
            server = self._feeds
        elif target.startswith(_EMBEDS):
            server = self._embeds
        else:
            return None
        if len(target) > _LONGEST_TARGET or ASKS in target:
            return None
        wish = plain_wish(named)
        return None if wish is None else server.at_once(target, wish)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._behind(scope)(scope, receive, send)

    def _behind(self, scope: Scope) -> ASGIApp:
        path = scope["path"] if scope["type"] == "http" else ""
        if path.startswith(PREFIX) and not path.endswith(directory.SUFFIX):
            return self._keyed_feeds if may_carry_key(scope) else self._feeds
        if path.startswith(embed_serve.PREFIX):
            return self._keyed_embeds if may_carry_key(scope) else self._embeds
        if path == oembed.PATH and may_carry_key(scope):
            return self._keyed_site
        return self._site


@asynccontextmanager
async def _living(*lasting: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do what lasts for as long as the application lives."""
    tasks = [asyncio.create_task(one) for one in lasting]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def _refused(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    template = "not_found.html" if exc.status_code == 404 else "wrong.html"
    answer = refusal(request, template, exc.status_code, {})
    answer.headers.update(exc.headers or {})
    return answer


async def _failed(request: Request, exc: Exception) -> Response:
    """Answer what nobody foresaw; Starlette hands the error on to the server's log."""
    return refusal(request, "wrong.html", 500, {})
