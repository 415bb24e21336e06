"""Embeds: a feed's newest articles as a frame in somebody else's page.

Theory: the host page trusts us with a rectangle, and we trust it with nothing. So the frame is
sandboxed without an origin, sets no cookie, takes only what `Look` lists, and says only its height.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from feeds.web import headers
from feeds.web.front import front_of
from feeds.web.lists import name_of, newest_teasers
from feeds.web.messages import CATALOGUE
from feeds.web.render import write
from feeds.web.respond import refuse, respond

MOST = 20
_COUNT = 5
_LONGEST_KEY = 300
# One reader may see a frame on every page of a host, so it may be kept for a minute.
_CACHE = "public, max-age=60"

Theme = Literal["light", "dark", "auto"]
Language = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a frame looks: all that its address may choose."""

    count: int = _COUNT
    theme: Theme = "auto"
    language: Language = "vi"


def parse_look(query: Mapping[str, str]) -> Look:
    """Read a frame's parameters; whatever is none of the allowed values counts as not given."""
    count = query.get("count", "")
    theme, language = query.get("theme", ""), query.get("lang", "")
    number = int(count) if count.isascii() and count.isdigit() and len(count) < 4 else _COUNT
    return Look(
        count=min(max(number, 1), MOST),
        theme=cast(Theme, theme) if theme in ("light", "dark", "auto") else "auto",
        language=cast(Language, language) if language in CATALOGUE else "vi",
    )


def frame(request: Request) -> Response:
    """Show the newest articles of a feed as a frame."""
    key: str = request.path_params["key"]
    front = front_of(request)
    look = parse_look(request.query_params)
    with front.reading() as connection:
        name = name_of(front, connection, key[:_LONGEST_KEY], look.language)
        teasers = newest_teasers(connection, key, look.count, front.descendants) if name else []
    values = {"name": name, "feed_key": key, "teasers": teasers, "look": look}
    body = write(front, "embed.html", look.language, None, values)
    if name is None:
        return refuse(body, headers.HTML, 404, headers.EMBED_POLICY)
    return respond(request, body, headers.HTML, headers.EMBED_POLICY, cache=_CACHE)


ROUTES = (Route("/embed/{key:path}", frame),)
