"""Articles from pages, in the form that evaluation tools call.

An address that a data set made up is no reason to fail, so it is replaced by one that leads nowhere
(RFC 2606).
"""

from typing import Any

from feeds.errors import BadEntry
from feeds.ingest.bylines import clean_authors
from feeds.ingest.extract import read_page
from feeds.text.normalise import display
from feeds.urls import is_web

_NOWHERE = "https://page.invalid/"


def extract(html: bytes | str, url: str) -> dict[str, Any]:
    """Read an article page; a page without a text gives empty values.

    Keys: title, authors, published (ISO 8601 or `None`), text, html, image, caption, credit,
    canonical, language, wall (why it would not be stored, or `None`), noindex.
    """
    is_text = isinstance(html, str)
    raw = html.encode("utf-8", "replace") if isinstance(html, str) else html
    headers = {"content-type": "text/html; charset=utf-8"} if is_text else {}
    try:
        page = read_page(raw, headers, url if is_web(url) else _NOWHERE)
    except BadEntry:
        return _EMPTY | {"canonical": url}
    entry, image = page.entry, page.entry.image
    return {
        "title": display(entry.title),
        "authors": list(clean_authors(entry.authors)),
        "published": entry.published.isoformat() if entry.published else None,
        "text": page.text,
        "html": entry.content,
        "image": image.url if image else None,
        "caption": image.caption if image else "",
        "credit": image.credit if image else "",
        "canonical": page.canonical or entry.url,
        "language": entry.language,
        "wall": page.wall,
        "noindex": page.is_noindex,
    }


_EMPTY: dict[str, Any] = {
    "title": "",
    "authors": [],
    "published": None,
    "text": "",
    "html": "",
    "image": None,
    "caption": "",
    "credit": "",
    "canonical": None,
    "language": None,
    "wall": None,
    "noindex": False,
}
