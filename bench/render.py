"""Writes a corpus as feeds: RSS 2.0, and Atom for every fifth source."""

from dataclasses import dataclass
from email.utils import format_datetime

from lxml import etree

from bench.corpus import Article, Corpus

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
EXCERPT_CHARS = 180


@dataclass(frozen=True, slots=True)
class Document:
    """A feed as its server sends it."""

    path: str
    content_type: str
    body: bytes


def feed_path(source: int) -> str:
    """Give the path of a source's feed on the origin."""
    return f"/f{source}.xml"


def render_feed(corpus: Corpus, source: int) -> Document:
    """Render one source; a fifth of them speak Atom."""
    path = feed_path(source)
    if source % 5 == 4:
        return Document(path, "application/atom+xml; charset=utf-8", _atom(corpus, source))
    return Document(path, "application/rss+xml; charset=utf-8", _rss(corpus, source))


def _rss(corpus: Corpus, source: int) -> bytes:
    root = etree.Element("rss", {"version": "2.0"}, nsmap={"content": CONTENT, "dc": DC})
    channel = etree.SubElement(root, "channel")
    articles = corpus.articles(source)
    _add(channel, "title", corpus.title(source))
    _add(channel, "link", f"{corpus.origin}/s{source}")
    _add(channel, "description", f"Tin mới từ {corpus.title(source)}")
    _add(channel, "language", "vi")
    _add(channel, "pubDate", format_datetime(articles[0].published))
    for article in articles:
        _rss_item(etree.SubElement(channel, "item"), article)
    return _bytes(root)


def _rss_item(item: etree._Element, article: Article) -> None:
    _add(item, "title", article.title)
    _add(item, "link", article.link)
    _add(item, "description", _excerpt(article))
    _add(item, f"{{{CONTENT}}}encoded", etree.CDATA(article.html()))
    _add(item, f"{{{DC}}}creator", article.author)
    _add(item, "category", article.category)
    _add(item, "pubDate", format_datetime(article.published))
    _add(item, "guid", f"tin-{article.number}").set("isPermaLink", "false")


def _atom(corpus: Corpus, source: int) -> bytes:
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]  # the stubs forget the default namespace
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", "vi")
    articles = corpus.articles(source)
    _add(feed, f"{{{ATOM}}}id", f"tag:bench.invalid,2026:s{source}")
    _add(feed, f"{{{ATOM}}}title", corpus.title(source))
    _add(feed, f"{{{ATOM}}}updated", articles[0].published.isoformat())
    _link(feed, f"{corpus.origin}/s{source}")
    for article in articles:
        _atom_entry(etree.SubElement(feed, f"{{{ATOM}}}entry"), article)
    return _bytes(feed)


def _atom_entry(entry: etree._Element, article: Article) -> None:
    _add(entry, f"{{{ATOM}}}id", f"tag:bench.invalid,2026:a{article.number}")
    _add(entry, f"{{{ATOM}}}title", article.title)
    _link(entry, article.link)
    _add(etree.SubElement(entry, f"{{{ATOM}}}author"), f"{{{ATOM}}}name", article.author)
    etree.SubElement(entry, f"{{{ATOM}}}category", term=article.category)
    _add(entry, f"{{{ATOM}}}published", article.published.isoformat())
    _add(entry, f"{{{ATOM}}}updated", article.published.isoformat())
    _add(entry, f"{{{ATOM}}}summary", _excerpt(article))
    _add(entry, f"{{{ATOM}}}content", article.html()).set("type", "html")


def _add(parent: etree._Element, tag: str, text: str | etree.CDATA) -> etree._Element:
    child = etree.SubElement(parent, tag)
    child.text = text
    return child


def _link(parent: etree._Element, href: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=href)


def _excerpt(article: Article) -> str:
    text = article.paragraphs[0]
    return text if len(text) <= EXCERPT_CHARS else text[:EXCERPT_CHARS].rsplit(" ", 1)[0] + "…"


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
