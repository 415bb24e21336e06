"""An article's page and its JSON: the article, who else tells it, and the blocks beside it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from feeds.model import Article, parse_public_id
from feeds.store import articles
from feeds.store.articles import Also, Standing
from feeds.store.succession import key_of
from feeds.web import headers
from feeds.web.article_json import as_json, missing_json, withdrawn_json
from feeds.web.blocks import Blocks, blocks_for, named
from feeds.web.body import shown_body
from feeds.web.front import Front, front_of
from feeds.web.messages import CATALOGUE
from feeds.web.pages import not_found
from feeds.web.readers import is_reader, reader_id
from feeds.web.readings import Readings
from feeds.web.render import page, refusal
from feeds.web.respond import refuse, respond
from feeds.web.structured import Trail, breadcrumb, json_ld, topic_names

_MOST_AUTHORS = 5  # whose feeds the page names; a byline may list a whole ministry


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that an article's page shows; `lead` stands for it in lists, and is mostly itself.

    `story_key` is empty where nobody else tells its story.
    """

    article: Article
    lead: Article
    also: tuple[Also, ...]
    blocks: Blocks
    story_key: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An article that its publisher took back."""

    at: datetime | None


def view(request: Request) -> Response:
    """Show an article, and count that it was read."""
    front = front_of(request)
    number = parse_public_id(request.path_params["public_id"])
    found = None if number is None else read(front, number)
    if found is None:
        return not_found(request)
    if isinstance(found, Withdrawn):
        return refusal(request, "gone.html", 410, {"at": found.at})
    language = front.language(request)
    trail = breadcrumb(found.article, front.editorial, language)
    values = {
        "article": found.article,
        "lead": found.lead,
        "also": found.also,
        "blocks": found.blocks,
        "block_names": named(front.editorial.site.blocks, language),
        "trail": trail,
        "body": shown_body(found.article),
        "topics": topic_names(found.article, front.editorial, language),
        "json_ld": json_ld(front, found.article, trail),
        "story_key": found.story_key,
        "feed_links": _feed_links(found, trail, CATALOGUE[language]["story"]),
    }
    return page(request, "article.html", values, _reading(request, front, found.lead.id))


def data(request: Request) -> Response:
    """Give an article and its blocks as JSON."""
    front = front_of(request)
    number = parse_public_id(request.path_params["public_id"])
    found = None if number is None else read(front, number)
    if found is None:
        return refuse(missing_json(), headers.JSON, 404, headers.OPEN)
    if isinstance(found, Withdrawn):
        return refuse(withdrawn_json(found.at), headers.JSON, 410, headers.OPEN)
    body = as_json(front, found.article, found.lead, found.also, found.blocks)
    return respond(request, body, headers.JSON, headers.OPEN)


ROUTES = (
    Route("/article/{public_id}.json", data),
    Route("/article/{public_id}", view),
)


def read(front: Front, number: int) -> Sheet | Withdrawn | None:
    """Read all that an article's page shows; `None` when there never was such an article."""
    with front.reading() as connection:
        standing = articles.standing(connection, number)
        if standing is None:
            return None
        if standing.state != "public":
            return Withdrawn(standing.withdrawn_at)
        return _sheet(front, connection, standing)


def _sheet(front: Front, connection: sa.Connection, standing: Standing) -> Sheet | Withdrawn:
    leading = standing.duplicate_of or standing.id
    found = articles.load(connection, (standing.id, leading))
    if standing.id not in found:  # withdrawn since we looked
        return Withdrawn(None)
    article = found[standing.id]
    lead = found.get(leading, article)
    also = articles.also_by(connection, lead)
    beside = [one.article_id for one in also if one.article_id is not None]
    blocks = blocks_for(connection, lead, front.editorial, front.clock(), beside)
    key = key_of(lead.story_id) if lead.story_id is not None else ""
    return Sheet(article, lead, _others(article, lead, also), blocks, key)


def _others(article: Article, lead: Article, also: list[Also]) -> tuple[Also, ...]:
    """Say who else tells this; on a duplicate's page the lead does, and the duplicate doesn't."""
    others = tuple(one for one in also if one.article_id != article.id)
    if lead.id == article.id:
        return others
    return (Also("duplicate", lead.source_title, lead.url, lead.title, lead.id), *others)


def _feed_links(found: Sheet, trail: Trail, story: str) -> list[tuple[str, str]]:
    """List (key, name) of the feeds that hold the article: its section's, authors' and story's."""
    article = found.article
    section = f"section/{article.section}" if article.section else "all"
    links = [(section, trail[-1][0] if article.section else "")]
    links += [(f"author/{one.slug}", one.name) for one in article.authors[:_MOST_AUTHORS]]
    if found.story_key:
        links.append((found.story_key, f"{story}: {found.lead.title}"))
    return links


def _reading(request: Request, front: Front, article_id: int) -> BackgroundTask | None:
    if request.method != "GET" or not is_reader(request.headers):
        return None
    address, now = request.client.host if request.client else "", front.clock()
    name = reader_id(front.reader_key, address, request.headers["user-agent"], now)
    readings: Readings = request.app.state.readings
    return BackgroundTask(readings.count, article_id, name, now)
