"""The directory of all feeds: as groups for a page, as OPML for a reader to take over whole.

And the news sitemap, which lists articles in place of feeds, for search engines.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from feeds.publish.feed_head import feed_url
from feeds.publish.head import ON_FRONT, page_path
from feeds.publish.news_sitemap import MOST, SPAN, NewsPage, render_news_sitemap
from feeds.publish.opml import Outline, OutlineGroup, render_opml
from feeds.store import feeds, recent
from feeds.store.feeds import FeedLine
from feeds.text.normalise import fold
from feeds.web import headers
from feeds.web.front import front_of
from feeds.web.messages import CATALOGUE
from feeds.web.respond import respond

SUFFIX = ".opml"

# In the order in which they are shown, with the message that heads each group. Stories have pages
# of their own, which name their feeds; whoever takes over all feeds doesn't want each of them.
_HEADINGS = {
    "all": "all_articles",
    "section": "sections",
    "topic": "topics",
    "source": "sources",
    "author": "authors",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Feeds of one kind; `heading` is a message's name."""

    heading: str
    lines: tuple[FeedLine, ...]


def grouped(lines: Iterable[FeedLine]) -> list[Group]:
    """Sort feeds into groups, each by title; those of stories are left out."""
    by_kind: dict[str, list[FeedLine]] = {kind: [] for kind in _HEADINGS}
    for line in lines:
        kind = "all" if line.key in ON_FRONT else line.key.partition("/")[0]
        by_kind.setdefault(kind, []).append(line)
    by_kind.pop("story", None)
    return [
        Group(_HEADINGS.get(kind, "feeds"), tuple(sorted(chosen, key=_by_title)))
        for kind, chosen in by_kind.items()
        if chosen
    ]


def opml(request: Request) -> Response:
    """Give the list of all feeds as OPML."""
    front = front_of(request)
    site = front.editorial.site
    with front.reading() as connection:
        groups = grouped(feeds.listed(connection))
    words = CATALOGUE[site.languages[0]]
    outlines = [
        OutlineGroup(
            words[group.heading], tuple(_outline(front.base_url, one) for one in group.lines)
        )
        for group in groups
    ]
    body = render_opml(site.title, f"{front.base_url}/", outlines)
    return respond(request, body, headers.OPML, headers.OPEN)


def section_opml(request: Request) -> Response:
    """Give a section's feed and those of the sections below it as OPML."""
    front = front_of(request)
    slug = request.path_params["slug"]
    if slug not in front.descendants:
        raise HTTPException(404)
    wanted = [f"section/{one}" for one in front.descendants[slug]]
    with front.reading() as connection:
        lines = {line.key: line for line in feeds.listed(connection)}
    outlines = tuple(_outline(front.base_url, lines[key]) for key in wanted if key in lines)
    site = front.editorial.site
    name = next(one.name(site.languages[0]) for one in front.editorial.sections if one.slug == slug)
    body = render_opml(
        f"{name} – {site.title}", f"{front.base_url}/", [OutlineGroup(name, outlines)]
    )
    return respond(request, body, headers.OPML, headers.OPEN)


def news_sitemap(request: Request) -> Response:
    """Give the Google News sitemap."""
    front = front_of(request)
    with front.reading() as connection:
        rows = recent.since(connection, front.clock() - SPAN, MOST)
    pages = [NewsPage(*row) for row in rows]
    body = render_news_sitemap(front.editorial.site.title, front.base_url, pages)
    return respond(request, body, headers.XML)


ROUTES = [
    Route("/feeds.opml", opml),
    Route("/feeds/section/{slug}.opml", section_opml),
    Route("/news-sitemap.xml", news_sitemap),
]


def _outline(base_url: str, line: FeedLine) -> Outline:
    page = f"{base_url}/{page_path(line.key)}"
    return Outline(line.title, feed_url(base_url, line.key, "rss"), page)


def _by_title(line: FeedLine) -> tuple[bool, str, str]:
    # Without marks, or Đ and Â would stand behind Z.
    return line.key != "all", fold(line.title), line.key
