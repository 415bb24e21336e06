"""What is related to an article, as JSON and as feeds: the same list in three forms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from feeds.model import Article, parse_public_id, public_id
from feeds.publish.atom import render_atom
from feeds.publish.document import FeedDocument, document
from feeds.publish.feed_head import FeedHead
from feeds.publish.rss import render_rss
from feeds.store import articles, related_feeds, siblings
from feeds.web import headers
from feeds.web.article import Sheet, Withdrawn, read
from feeds.web.article_json import teaser_json
from feeds.web.front import Front, front_of
from feeds.web.messages import CATALOGUE
from feeds.web.respond import refuse, respond

_RENDER: Mapping[str, Callable[[FeedDocument], bytes]] = {"rss": render_rss, "atom": render_atom}


def view(request: Request) -> Response:
    """Give what an article's page shows as being on the same topic."""
    front = front_of(request)
    fmt: str = request.path_params["format"]
    number = parse_public_id(request.path_params["public_id"])
    found = None if number is None else read(front, number)
    if not isinstance(found, Sheet) or fmt not in ("json", *_RENDER):
        status = 410 if isinstance(found, Withdrawn) else 404
        return refuse(_refusal(status), headers.JSON, status, headers.OPEN)
    if fmt == "json":
        return respond(request, _as_json(front, found), headers.JSON, headers.OPEN)
    return respond(request, _as_feed(front, found, fmt), headers.FEED_TYPES[fmt], headers.OPEN)


ROUTES = (Route("/related/{public_id}.{format}", view),)


@dataclass(frozen=True, slots=True)
class _Head(FeedHead):
    """The head of a feed that is made when it is asked for, and stands beside the article."""

    def url(self, fmt: str) -> str:
        """Give the address of one of its formats."""
        return f"{self.base_url}/{self.key}.{fmt}"


def _refusal(status: int) -> bytes:
    return orjson.dumps({"error": "not found" if status == 404 else "withdrawn"})


def _as_json(front: Front, found: Sheet) -> bytes:
    page = f"{front.base_url}/article/{public_id(found.article.id)}"
    related = [teaser_json(front.base_url, one) for one in found.blocks["same_topic"]]
    told = {"id": public_id(found.article.id), "title": found.article.title, "page": page}
    return orjson.dumps({"article": told, "related": related})


def _as_feed(front: Front, found: Sheet, fmt: str) -> bytes:
    """Write the related articles as a feed: an item is the same here as in every other feed."""
    ids = [one.id for one in found.blocks["same_topic"]]
    with front.reading() as connection:
        whole = articles.load(connection, ids)
        kin = siblings.siblings(connection, whole)
        chosen = [whole[one] for one in ids if one in whole]
        made = document(_head(front, found.article), chosen, kin=kin)
        at = related_feeds.updated(connection, found.article.id, _mark(made), made.updated)
    return _RENDER[fmt](replace(made, updated=at))


def _mark(made: FeedDocument) -> bytes:
    """Name what is told, in whatever order."""
    told = repr(sorted((one.id, one.updated) for one in made.items))
    return blake2b(told.encode(), digest_size=16).digest()


def _head(front: Front, article: Article) -> _Head:
    site = front.editorial.site
    language = site.languages[0]
    said = CATALOGUE[language]["related_to"].format(title=article.title)
    return _Head(
        key=f"related/{public_id(article.id)}",
        title=f"{said} – {site.title}",
        description=said,
        page_url=f"{front.base_url}/article/{public_id(article.id)}",
        base_url=front.base_url,
        language=language,
        tag_authority=front.settings.tag_authority,
        labels=front.labels,
    )
