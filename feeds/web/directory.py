"""The directory of all feeds: as groups for a page, as OPML for a reader to take over whole."""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from feeds.publish.document import feed_url
from feeds.publish.opml import Outline, OutlineGroup, render_opml
from feeds.store import feeds
from feeds.store.feeds import FeedLine
from feeds.text.normalise import fold
from feeds.web import headers
from feeds.web.front import front_of
from feeds.web.messages import CATALOGUE
from feeds.web.respond import respond

# In the order in which they are shown, with the message that heads each group.
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
    """Sort feeds into groups, each by title."""
    by_kind: dict[str, list[FeedLine]] = {kind: [] for kind in _HEADINGS}
    for line in lines:
        by_kind.setdefault(line.key.partition("/")[0], []).append(line)
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


def _outline(base_url: str, line: FeedLine) -> Outline:
    page = "" if line.key == "all" else line.key
    return Outline(line.title, feed_url(base_url, line.key, "rss"), f"{base_url}/{page}")


def _by_title(line: FeedLine) -> tuple[str, str]:
    return fold(line.title), line.key  # without marks, or Đ and Â would stand behind Z
