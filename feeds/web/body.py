"""An article's text as its page shows it: sanitised once more, its picture not shown twice."""

import re
from dataclasses import dataclass
from html import unescape

from markupsafe import Markup

from feeds.model import Article, Image
from feeds.text.html import sanitise

_SOURCES = re.compile(r'<img src="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Body:
    """The safe HTML, and the picture above it; `None` when the text shows it itself."""

    html: Markup
    picture: Image | None


def shown_body(article: Article) -> Body:
    """Prepare an article's text for its page."""
    html = sanitise(article.html, article.url)
    inside = {_plain(unescape(url)) for url in _SOURCES.findall(html)}
    picture = article.image
    if picture is not None and _plain(picture.url) in inside:
        picture = None
    return Body(Markup(html), picture)


def _plain(url: str) -> str:
    """Drop scheme and query, by which publishers vary the address of one picture."""
    return url.partition("://")[2].partition("?")[0]
