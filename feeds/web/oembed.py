"""oEmbed 1.0 (oembed.com): what another site shows when somebody pastes one of our addresses.

A list becomes its frame. An article becomes its headline and source with a link, for its text is
the publisher's, and a frame of one line would be dearer than the line.
"""

from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

import orjson
import sqlalchemy as sa
from lxml import etree
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from feeds.model import parse_public_id
from feeds.store import articles, listing
from feeds.store.succession import PREFIX
from feeds.store.tellings import story_of
from feeds.web import headers
from feeds.web.embed import LONGEST_KEY, Look, embed_url
from feeds.web.front import Front, front_of
from feeds.web.lists import name_of
from feeds.web.partners import SCOPE_KEY
from feeds.web.respond import refuse, respond

PATH = "/oembed"
KINDS = ("section", "topic", "author", "source", "story")
WIDTH, LIST_HEIGHT, ARTICLE_HEIGHT = 600, 560, 120
_CACHE_AGE_S = 3600
_XML = "text/xml; charset=utf-8"
_SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox"
_FRAME = Markup(
    '<iframe src="{}" title="{}" width="{}" height="{}" sandbox="{}" loading="lazy"'
    ' referrerpolicy="no-referrer" style="border:0"></iframe>'
)
_QUOTE = Markup('<blockquote class="tinwire"><p><a href="{}">{}</a></p><p>{}</p></blockquote>')


@dataclass(frozen=True, slots=True)
class Size:
    """How wide and high the other site lets it be, in CSS pixels."""

    width: int
    height: int


def answer(request: Request) -> Response:
    """Describe one of our addresses: 404 for others, 501 for a format that there isn't (§2.3.4)."""
    query = request.query_params
    shape = query.get("format", "json")
    if shape not in ("json", "xml"):
        return refuse(b"format is json or xml\n", headers.TEXT, 501, headers.OPEN)
    front = front_of(request)
    sizes = query.get("maxwidth"), query.get("maxheight")
    found = describe(front, query.get("url", ""), *sizes, key=request.scope.get(SCOPE_KEY, ""))
    if found is None:
        return refuse(b"nothing to embed at this url\n", headers.TEXT, 404, headers.OPEN)
    body, kind = (_as_xml(found), _XML) if shape == "xml" else (orjson.dumps(found), headers.JSON)
    return respond(request, body, kind, headers.OPEN, "public, max-age=300")


ROUTES = (Route(PATH, answer),)


def describe(
    front: Front, url: str, max_width: str | None, max_height: str | None, key: str = ""
) -> dict[str, str | int] | None:
    """Say how to show an address of ours; `None` for any other, and for what was withdrawn.

    A frame carries the partner's key with which it was asked for.
    """
    path = _own_path(front.base_url, url)
    if path is None:
        return None
    kind, _, rest = path.strip("/").partition("/")
    with front.reading() as connection:
        if kind == "article":
            size = Size(_least(WIDTH, max_width), _least(ARTICLE_HEIGHT, max_height))
            return _article(front, connection, rest, size)
        size = Size(_least(WIDTH, max_width), _least(LIST_HEIGHT, max_height))
        return _list(front, connection, path.strip("/") or "all", size, key)


def _own_path(base_url: str, url: str) -> str | None:
    """Read the path of an address on our origin; http and https are the same page."""
    try:
        ours, theirs = urlsplit(base_url), urlsplit(url)
    except ValueError:
        return None
    if theirs.scheme not in ("http", "https") or theirs.netloc.lower() != ours.netloc.lower():
        return None
    path = unquote(theirs.path)
    return None if "\0" in path else path


def _least(usual: int, most: str | None) -> int:
    if most is None or not (most.isascii() and most.isdigit()) or len(most) > 5:
        return usual
    return max(1, min(usual, int(most)))


def _article(
    front: Front, connection: sa.Connection, rest: str, size: Size
) -> dict[str, str | int] | None:
    number = parse_public_id(rest)
    found = {} if number is None else articles.load(connection, (number,))
    if number is None or number not in found:
        return None
    article = found[number]
    page = f"{front.base_url}/article/{rest}"
    html = _QUOTE.format(page, article.title, article.source_title)
    return _rich(front, article.title, html, size)


def _list(
    front: Front, connection: sa.Connection, feed: str, size: Size, key: str
) -> dict[str, str | int] | None:
    if (feed != "all" and feed.partition("/")[0] not in KINDS) or len(feed) > LONGEST_KEY:
        return None
    language = front.editorial.site.languages[0]
    name = name_of(front, connection, feed, language)
    if name is None or listing.gone(connection, [feed]) or not _is_told(connection, feed):
        return None
    look = Look(language="en" if language == "en" else "vi")
    address = embed_url(front.base_url, quote(feed, safe="/"), look, key)
    html = _FRAME.format(address, name, size.width, size.height, _SANDBOX)
    return _rich(front, name, html, size)


def _is_told(connection: sa.Connection, feed: str) -> bool:
    """Tell whether a list is no story, or one that is told by several."""
    number = parse_public_id(feed.removeprefix(PREFIX)) if feed.startswith(PREFIX) else None
    return number is None or story_of(connection, number) is not None


def _rich(front: Front, title: str, html: Markup, size: Size) -> dict[str, str | int]:
    return {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": front.editorial.site.title,
        "provider_url": f"{front.base_url}/",
        "cache_age": _CACHE_AGE_S,
        "html": str(html),
        "width": size.width,
        "height": size.height,
    }


def _as_xml(found: dict[str, str | int]) -> bytes:
    root = etree.Element("oembed")
    for name, value in found.items():
        etree.SubElement(root, name).text = str(value)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, standalone=True)
    return written
