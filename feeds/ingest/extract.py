"""An article page to an entry: what the page says of itself, and its body.

Theory: a body that carries the site's menus spoils the comparing of texts, and a body that lost
a paragraph only reads worse; trafilatura finds bodies with a balance that was measured (F1 0.95
on pages of news). Captions, which it drops, are put back, because a picture without one is often
not understood. Dates are the page's own claims; what is guessed from addresses is not used.
"""

from collections.abc import Iterator, Mapping
from html import escape

import trafilatura
from lxml import etree, html

from feeds.errors import BadEntry
from feeds.ingest.dates import read_date
from feeds.ingest.encoding import decode
from feeds.ingest.metadata import metadata
from feeds.model import Entry
from feeds.text.normalise import without_forbidden
from feeds.urls import absolute

_LEAST_BODY = 80
_LAZY = ("data-src", "data-original", "data-lazy-src", "src")
# What trafilatura and lxml raise over pages that no one wrote by hand.
_ODD = (ValueError, TypeError, LookupError, AttributeError, RecursionError, etree.LxmlError)


def extract(raw: bytes, headers: Mapping[str, str], url: str, timezone: str = "UTC") -> Entry:
    """Read the article of a page that was fetched from `url`.

    `timezone` (IANA) counts for dates without a zone. Raises `BadEntry` where there is no article.
    """
    root = _parse(raw, headers)
    about = metadata(root, url)
    captions = dict(_captions(root, url))
    content = _body(root, url, about.title, captions) or _paragraphs(about.body)
    if not content:
        raise BadEntry("no article text found on the page")
    return Entry(
        guid=None,
        url=about.url,
        title=about.title,
        summary=escape(about.summary, quote=False),
        content=content,
        authors=about.authors,
        categories=about.categories,
        published=read_date(about.published, timezone),
        updated=read_date(about.updated, timezone),
        image=about.image,
        language=about.language,
    )


def _parse(raw: bytes, headers: Mapping[str, str]) -> html.HtmlElement:
    text = without_forbidden(decode(raw, headers))
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "ignore"), parser)
    except etree.ParserError as exc:
        raise BadEntry("no article text found on the page") from exc


def _body(root: html.HtmlElement, url: str, title: str, captions: Mapping[str, str]) -> str:
    try:
        found = trafilatura.extract(
            root,
            url=url,
            output_format="html",
            include_comments=False,
            include_formatting=True,
            include_images=True,
            include_links=True,
        )
    except _ODD as exc:
        raise BadEntry(f"the page can't be read: {type(exc).__name__}") from exc
    if not found:
        return ""
    body = html.document_fromstring(found).find("body")
    if body is None or len(_text(body)) < _LEAST_BODY:
        return ""
    _drop_heading(body, title)
    _put_back(body, url, captions)
    return "".join(html.tostring(child, encoding="unicode").strip() for child in body)


def _drop_heading(body: etree._Element, title: str) -> None:
    """Drop the title where it heads the text: it is shown above it anyway."""
    for heading in list(body.iter("h1", "h2"))[:1]:
        if _text(heading) == title:
            _drop(heading)


def _captions(root: etree._Element, url: str) -> Iterator[tuple[str, str]]:
    """Map each address of a figure's picture to the caption."""
    for figure in root.iter("figure"):
        caption = figure.find(".//figcaption")
        text = _text(caption) if caption is not None else ""
        for picture in figure.iter("img"):
            for name in _LAZY:
                address = absolute(url, (picture.get(name) or "").strip())
                if address and text:
                    yield address, text


def _put_back(body: etree._Element, url: str, captions: Mapping[str, str]) -> None:
    """Give pictures their captions again, and drop the paragraphs that were left of them."""
    for paragraph in list(body.iter("p")):
        if _text(paragraph) in captions.values():
            _drop(paragraph)
    for picture in list(body.iter("img")):
        caption = captions.get(absolute(url, picture.get("src") or "") or "")
        parent = picture.getparent()
        if caption and parent is not None:
            figure = html.Element("figure")
            parent.replace(picture, figure)
            figure.tail, picture.tail = picture.tail, None
            figure.append(picture)
            etree.SubElement(figure, "figcaption").text = caption


def _drop(block: etree._Element) -> None:
    parent = block.getparent()
    if parent is not None:
        parent.remove(block)  # with what follows it up to the next block, which is white space


def _text(element: etree._Element) -> str:
    return " ".join("".join(str(part) for part in element.itertext()).split())


def _paragraphs(text: str) -> str:
    """Give the body that JSON-LD carries, where the page shows none."""
    if len(text) < _LEAST_BODY:
        return ""
    return "".join(
        f"<p>{escape(line, quote=False)}</p>" for line in text.splitlines() if line.strip()
    )
