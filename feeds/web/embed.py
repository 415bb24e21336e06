"""Embeds: a feed's newest articles in somebody else's page.

Theory: the host page trusts us with a rectangle, and we trust it with nothing. So the frame is
sandboxed without an origin, sets no cookie, takes only what `Look` lists, and says only its height.
The same list comes as a fragment without script or style, and as JSON, for partners who draw it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from feeds.model import Teaser, public_id
from feeds.publish.head import page_path
from feeds.store import aliases, feeds, listing, succession
from feeds.web import headers
from feeds.web.dates import rfc3339
from feeds.web.drawn import Elsewhere, keep
from feeds.web.front import Front, front_of
from feeds.web.lists import name_of, newest_teasers
from feeds.web.messages import CATALOGUE
from feeds.web.render import web_address, write
from feeds.web.respond import refuse

MOST = 20
LONGEST_KEY = 300
COUNT = 5

Theme = Literal["light", "dark", "auto"]
Language = Literal["vi", "en"]
Layout = Literal["list", "compact"]
Kind = Literal["frame", "html", "json"]
THEMES: tuple[Theme, ...] = ("auto", "light", "dark")
LAYOUTS: tuple[Layout, ...] = ("list", "compact")


@dataclass(frozen=True, slots=True)
class Look:
    """How an embed looks: all that its address may choose."""

    count: int = COUNT
    theme: Theme = "auto"
    language: Language = "vi"
    layout: Layout = "list"

    def said(self) -> dict[str, str]:
        """Name what differs from the usual look, sorted by name."""
        usual = Look()
        given = {
            "count": (str(self.count), str(usual.count)),
            "lang": (self.language, usual.language),
            "layout": (self.layout, usual.layout),
            "theme": (self.theme, usual.theme),
        }
        return {name: value for name, (value, plain) in given.items() if value != plain}

    def query(self) -> str:
        """Write the one query that asks for this look."""
        return urlencode(self.said())


def parse_look(query: Mapping[str, str]) -> Look:
    """Read an embed's parameters; whatever is none of the allowed values counts as not given."""
    count = query.get("count", "")
    theme, language = query.get("theme", ""), query.get("lang", "")
    layout = query.get("layout", "")
    number = int(count) if count.isascii() and count.isdigit() and len(count) < 4 else COUNT
    return Look(
        count=min(max(number, 1), MOST),
        theme=theme if theme in THEMES else "auto",
        language=cast(Language, language) if language in CATALOGUE else "vi",
        layout=layout if layout in LAYOUTS else "list",
    )


def canonical(kind: Kind, look: Look) -> Look:
    """Drop from a look what a kind of embed doesn't show, so that it is kept only once."""
    return look if kind == "frame" else replace(look, theme="auto", layout="list")


def embed_url(base_url: str, path: str, look: Look, key: str = "") -> str:
    """Give the address of a frame; `path` is the feed's name, quoted, `key` a partner's."""
    query = urlencode(({"key": key} if key else {}) | look.said())
    return f"{base_url}/embed/{path}{'?' if query else ''}{query}"


def draw(front: Front, key: str, kind: Kind, look: Look) -> bytes | Elsewhere | None:
    """Write an embed of a feed; `None` when there is no such feed."""
    if key.startswith(succession.PREFIX):
        stands = _story_now(front, key)
        if stands != key:
            return None if stands is None else Elsewhere(stands)
    with front.reading() as connection:
        new = aliases.renamed(connection, key)
        if new is not None:
            return Elsewhere(new)
        name = name_of(front, connection, key[:LONGEST_KEY], look.language)
        if name is None or listing.gone(connection, [key]):
            return None
        teasers = newest_teasers(connection, key, look.count, front.descendants)
    if kind == "json":
        return _json(front, key, name, teasers)
    template = "embed.html" if kind == "frame" else "embed_fragment.html"
    values = {"name": name, "feed_key": key, "teasers": teasers, "look": look}
    return write(front, template, look.language, None, values)


def missing(request: Request) -> Response:
    """Say, as a frame does, that there is no such feed; what is there never comes this far."""
    look = parse_look(request.query_params)
    values: dict[str, Any] = {"name": None, "feed_key": "", "teasers": [], "look": look}
    body = write(front_of(request), "embed.html", look.language, None, values)
    return refuse(body, headers.HTML, 404, headers.EMBED_POLICY)


ROUTES = (Route("/embed/{key:path}", missing),)


def _story_now(front: Front, key: str) -> str | None:
    """Give the key by which a story goes; it is kept from its first embed on.

    Only of what is kept do we hear when it changes. `None` where there is no story.
    """
    with front.engine.begin() as connection:
        kept = feeds.emitted(connection, [key]).get(key)
        if kept is not None and not kept.is_gone:
            return key
        stands = aliases.renamed(connection, key) or keep(connection, key, front.clock())
        return stands if isinstance(stands, str) else None


def _json(front: Front, key: str, name: str, teasers: list[Teaser]) -> bytes:
    page = f"{front.base_url}/{page_path(key)}"
    items = [_item(front.base_url, teaser) for teaser in teasers]
    return orjson.dumps({"feed": key, "title": name, "url": page, "items": items})


def _item(base: str, teaser: Teaser) -> dict[str, Any]:
    return {
        "id": public_id(teaser.id),
        "title": teaser.title,
        "url": f"{base}/article/{public_id(teaser.id)}",
        "source": teaser.source_title,
        "published": rfc3339(teaser.effective_at),
        "image": web_address(teaser.image.url if teaser.image else None) or None,
    }
