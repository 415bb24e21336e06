"""Whatever reads what publishers send, by name, and what may stand in it."""

from collections.abc import Callable, Mapping

import orjson

from feeds.clock import utc_now
from feeds.dedupe.numbers import runs_of
from feeds.ingest.bylines import clean_authors, is_credit, looks_like_names, written_by
from feeds.ingest.dates import read_date
from feeds.ingest.discover import candidates
from feeds.ingest.draft import draft
from feeds.ingest.encoding import decode
from feeds.ingest.exchange import Response
from feeds.ingest.extract import extract
from feeds.ingest.headers import fresh_s, retry_after_s
from feeds.ingest.opml import read as read_opml
from feeds.ingest.parse import parse
from feeds.ingest.phrases import END, LABEL
from feeds.ingest.robots import is_allowed, read_robots
from feeds.ingest.signature import signed_by
from feeds.ingest.sitemap import read_sitemap
from feeds.ingest.weblinks import read_links
from feeds.ingest.words import words
from feeds.model import Source
from feeds.related.phrases import find_phrases
from feeds.text.dateline import without_dateline
from feeds.text.excerpt import excerpt
from feeds.text.html import images, plain, sanitise_and_read
from feeds.text.language import guess
from feeds.text.normalise import as_written, display, match_form, slugify
from feeds.text.reading import read, read_tokens
from feeds.text.references import resolved
from feeds.text.settled import is_settled
from feeds.text.slips import is_foreign, without_slips
from feeds.text.spelling import spellings
from feeds.urls import absolute, canonicalise, url_key

_URL = "https://news.example/a"
FRAGMENTS = (
    *(
        "<p>",
        "</p>",
        "<b>",
        "<a href=",
        '<a href="x">',
        "<br/>",
        "<i",
        "<",
        ">",
        "/>",
        "</",
        "<!--",
    ),
    *(
        "-->",
        "<![CDATA[",
        "]]>",
        "<!DOCTYPE",
        "<?xml ",
        "<script>",
        "</script>",
        "<title>",
        "<svg>",
    ),
    *("<table><tr><td>", "<li>", "<img src=x srcset='", "<figure><figcaption>", "<style>", "<x:y>"),
    *(
        "&",
        "&amp;",
        "&#",
        "&#x41;",
        "&#9",
        ";",
        "&nbsp",
        "&lt;",
        "&amp;lt;p&amp;gt;",
        '"',
        "'",
        "=",
    ),
    *(
        " ",
        "\n",
        "\t",
        "\u00a0",
        "\u200b",
        "\r\n",
        "a",
        "A",
        "é",
        "e\u0301",
        "\u0301",
        "đ",
        "Đ",
        "中",
        "م",
    ),
    *(
        "0",
        "1",
        "9,",
        "1/",
        "12:",
        "2026-",
        "T",
        "+",
        "-",
        "–",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        '{"a":',
    ),
    *(
        "/",
        "//",
        "../",
        "?",
        "?a=b&",
        "#",
        "%",
        "%41",
        "@",
        ":",
        "http://",
        "https://a.vn/",
        "www.",
    ),
    *("Theo ", "Nguyễn Văn ", "by ", "(TTXVN) ", "HÀ NỘI, ", "Ảnh: ", "|", ",", ".", "…", "*", "_"),
    *(
        "\x00",
        "\ufeff",
        "\ufffd",
        "\ud7ff",
        "max-age=",
        "rel=",
        "Disallow: /*",
        "$",
        "User-agent: *\n",
    ),
)

_SOURCE = Source(1, "source", "Source", _URL)

Reads = Callable[[str], object]


def _read_feed(raw: bytes) -> object:
    """Read a document, and make its entries ours."""
    return [draft(entry, _SOURCE, utc_now()) for entry in parse(raw, {}, _URL).entries]


def _item(tag: str) -> Reads:
    def reads(text: str) -> object:
        return _feed(f"<item><{tag}>{text}</{tag}></item>")

    return reads


def _feed(items: str) -> object:
    raw = f'<rss version="2.0"><channel><title>N</title>{items}</channel></rss>'
    return _read_feed(raw.encode("utf-8", "replace"))


def _cdata(text: str) -> object:
    inner = text.replace("]]>", "")
    return _feed(f"<item><description><![CDATA[{inner}]]></description></item>")


def _atom(text: str) -> object:
    raw = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{text}</entry></feed>'
    return _read_feed(raw.encode("utf-8", "replace"))


_JSON = b'{"version":"https://jsonfeed.org/version/1.1","items":['


def _item_of(text: bytes) -> bytes:
    names = ("id", "title", "content_html", "date_published", "url")
    return orjson.dumps([dict.fromkeys(names, text.decode())])[1:] + b"}"


def _page(text: str) -> object:
    return extract(f"<html><body><article>{text}".encode("utf-8", "replace"), {}, _URL)


def _head(text: str) -> object:
    page = f"<html><head>{text}</head><body><p>Words.</p>"
    return extract(page.encode("utf-8", "replace"), {}, _URL)


def _linked(text: str) -> object:
    page = f'<script type="application/ld+json">{text}</script><p>Words.</p>'
    return extract(page.encode("utf-8", "replace"), {}, _URL)


def _robots(text: str) -> object:
    answer = Response(200, _URL, {}, ("User-agent: *\n" + text).encode("utf-8", "replace"))
    return is_allowed(read_robots(answer), f"{_URL}/{'a' * 50}")


def _bytes(reads: Callable[[bytes], object]) -> Reads:
    return lambda text: reads(text.encode("utf-8", "replace"))


READERS: Mapping[str, Reads] = {
    "a document": _bytes(_read_feed),
    "JSON Feed": _bytes(lambda raw: _read_feed(_JSON + raw)),
    "a JSON item": _bytes(lambda raw: _read_feed(_JSON + _item_of(raw))),
    "items": _feed,
    "an Atom entry": _atom,
    **{f"item's {tag}": _item(tag) for tag in ("title", "link", "guid", "pubDate", "author")},
    "item's description": _cdata,
    "charset": _bytes(lambda raw: decode(b"\xe9" + raw, {})),
    "cleaning": lambda text: sanitise_and_read(text, _URL),
    "words of HTML": plain,
    "words, whatever it is": words,
    "pictures": lambda text: images(text, _URL),
    "references": resolved,
    "slips": lambda text: (without_slips(text), is_foreign(text)),
    "settled": is_settled,
    "display": lambda text: (display(text), as_written(text), match_form(text), slugify(text)),
    "excerpt": excerpt,
    "language": guess,
    "dateline": lambda text: (without_dateline(text), without_dateline(f"HÀ NỘI {text}")),
    "reading": lambda text: find_phrases(read([text])),
    "tokens": lambda text: read_tokens([text]),
    "numbers": runs_of,
    "spellings": spellings,
    "a date": read_date,
    "an address": lambda text: (
        canonicalise(_URL + text),
        url_key(_URL + text),
        absolute(_URL, text),
    ),
    "bylines": lambda text: (
        clean_authors([text]),
        written_by(f"An {text}"),
        looks_like_names(text),
    ),
    "credits": lambda text: (is_credit(text), signed_by(text)),
    "labels": lambda text: (LABEL.match(text), END.match(text)),
    "Link": lambda text: list(read_links(text, _URL)),
    "Cache-Control": lambda text: fresh_s({"cache-control": text}, utc_now),
    "Retry-After": lambda text: retry_after_s(503, {"retry-after": text}, utc_now),
    "robots.txt": _robots,
    "OPML": _bytes(lambda raw: read_opml(b"<opml><body>" + raw)),
    "a sitemap": _bytes(lambda raw: read_sitemap(b"<urlset>" + raw, {}, _URL, "UTC")),
    "discovery": _bytes(lambda raw: candidates(raw, _URL)),
    "a page's body": _page,
    "a page's head": _head,
    "JSON-LD": _linked,
}
