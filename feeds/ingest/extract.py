"""An article page to an entry: what the page says of itself, and its body.

Theory: a body that carries the site's menus spoils the comparing of texts, and a body that lost
a paragraph only reads worse. trafilatura finds bodies with a balance that was measured; what
misleads it is put right before (`prepare`), what it leaves is taken out after (`prune`), and
pictures, which it keeps too freely, are put back by us (`figures`). Figures of each step stand in
docs/quality.md, "Extraction". Dates are the page's own claims; what is guessed from addresses is
not used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import trafilatura
from lxml import etree, html

from feeds.errors import BadEntry
from feeds.ingest.dates import read_date
from feeds.ingest.figures import Figure, lead_image, list_figures, place, take_captions
from feeds.ingest.metadata import Metadata, metadata
from feeds.ingest.page import base_of, open_page, words_of
from feeds.ingest.prepare import SPACE_MARK, prepare
from feeds.ingest.prune import prune
from feeds.ingest.selectors import apply_rules
from feeds.ingest.signature import marked_lines, signature
from feeds.ingest.walls import asks_consent, asks_noindex, evidence, wall
from feeds.model import Entry, PageRules
from feeds.text.html import plain

_LEAST_BODY = 80
_NO_TEXT = "no article text found on the page"
# What trafilatura and lxml raise over pages that no one wrote by hand.
_ODD = (ValueError, TypeError, LookupError, AttributeError, RecursionError, etree.LxmlError)
_NO_RULES = PageRules()
# What parts paragraphs; most articles' pages have some hundreds of these.
_BLOCKS = (
    *("p", "div", "br", "li", "ul", "ol", "dd", "dt", "dl", "td", "tr", "th", "table", "caption"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "center", "option", "optgroup"),
    *("form", "fieldset", "legend", "textarea"),
)
_MOST_BLOCKS = 3_000


@dataclass(frozen=True, slots=True)
class Page:
    """What a page came to.

    `text` is the body's words without captions. `is_noindex` tells that the page asks not to be
    indexed; `canonical` is the address that it names for itself, be it another site's, `None`
    where it names none. `wall` says why it is no article to store, and is `None` for an article.
    """

    entry: Entry
    text: str
    canonical: str | None
    is_noindex: bool
    wall: str | None


def extract(
    raw: bytes,
    headers: Mapping[str, str],
    url: str,
    timezone: str = "UTC",
    rules: PageRules = _NO_RULES,
) -> Page:
    """Read the article of a page that was fetched from `url`.

    `timezone` (IANA) counts for dates without a zone; `rules` are the source's own. Raises
    `BadEntry` where there is no article, with what is there instead.
    """
    page = read_page(raw, headers, url, timezone, rules)
    if page.wall:
        raise BadEntry(page.wall)
    if not page.entry.content:
        raise BadEntry(_NO_TEXT)
    return page


def read_page(
    raw: bytes,
    headers: Mapping[str, str],
    url: str,
    timezone: str = "UTC",
    rules: PageRules = _NO_RULES,
) -> Page:
    """Read a page as `extract` does, and only report a wall or a missing text."""
    root = open_page(raw, headers)
    about = metadata(root, url)
    is_noindex, seen = asks_noindex(root, headers), evidence(root)
    chosen = apply_rules(root, rules)
    found = _find(root, about, chosen.body, url)
    content = found.content or _paragraphs(about.body)
    text = found.text if found.content else plain(content)
    published = read_date(chosen.published, timezone) or read_date(about.published, timezone)
    return Page(
        entry=Entry(
            guid=None,
            url=about.url,
            title=chosen.title or about.title,
            summary=escape(about.summary, quote=False),
            content=content,
            authors=chosen.authors or about.authors or found.signed,
            categories=about.categories,
            published=published,
            updated=read_date(about.updated, timezone),
            image=lead_image(about.image, found.figures, found.placed),
            language=about.language,
        ),
        text=text,
        canonical=about.canonical,
        is_noindex=is_noindex,
        wall=asks_consent(url) or wall(seen, about, text),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """A page's body as HTML and as words, empty without one; who signed it; its pictures.

    `placed` are those of them that stand in the body.
    """

    content: str
    text: str
    signed: tuple[str, ...]
    figures: tuple[Figure, ...]
    placed: tuple[Figure, ...] = ()


def _find(
    root: html.HtmlElement, about: Metadata, chosen: etree._Element | None, url: str
) -> _Found:
    titles = [about.title, *(words_of(each) for each in root.iter("title", "h1"))]
    marked = marked_lines(root)
    base = base_of(root, url)
    root = _scope(root, chosen)
    captions = take_captions(root)
    prepare(root, base)
    figures = list_figures(root, base, captions)
    body = _body(root, url, chosen is not None)
    if body is None:
        return _Found("", "", (), figures)
    prune(body, titles)
    signed = signature(body, marked)
    text = plain(_inner(body))
    if len(text) < _LEAST_BODY:
        return _Found("", text, signed, figures)
    placed = place(body, figures)
    return _Found(_inner(body), text, signed, figures, placed)


def _scope(root: html.HtmlElement, body: etree._Element | None) -> html.HtmlElement:
    """Give the page, or a page that holds only the body that the source's rules name."""
    if body is None:
        return root
    made = html.document_fromstring("<html><body><article></article></body></html>")
    made[0][0].append(body)
    return made


def _body(root: html.HtmlElement, url: str, is_chosen: bool) -> etree._Element | None:
    try:
        found = trafilatura.extract(
            root,
            url=url,
            output_format="html",
            include_comments=False,
            include_formatting=True,
            include_links=True,
            favor_recall=is_chosen,  # what an editor chose needs no second guess
            fast=_has_many_blocks(root),
        )
    except _ODD as exc:
        raise BadEntry(f"the page can't be read: {type(exc).__name__}") from exc
    if not found:
        return None
    return html.document_fromstring(found.replace(SPACE_MARK, " ")).find("body")


def _has_many_blocks(root: html.HtmlElement) -> bool:
    """Tell a page for which justext, trafilatura's second guess, would need quadratic time."""
    return sum(1 for _ in root.iter(*_BLOCKS)) > _MOST_BLOCKS


def _inner(body: etree._Element) -> str:
    return "".join(html.tostring(child, encoding="unicode").strip() for child in body)


def _paragraphs(text: str) -> str:
    """Give the body that JSON-LD carries, where the page shows none."""
    if len(text) < _LEAST_BODY:
        return ""
    words = plain(text) if "<" in text else text
    return "".join(
        f"<p>{escape(line, quote=False)}</p>" for line in words.splitlines() if line.strip()
    )
