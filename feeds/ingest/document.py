"""What was sent: told to be JSON or XML, decoded, and stripped of everything before its root.

Theory: an internal DTD can make a kilobyte grow to a gigabyte or read local files, and no feed
needs one; so entities are refused before any parser sees them, in the decoded text, where no
charset hides them. A document type without entities is harmless, and some old feeds have it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from feeds.errors import NotAFeed
from feeds.ingest.encoding import as_utf8, decode, lost

# XML 1.0 §2.8: what may stand before the document type or the root.
_MISC = re.compile(r"(?:\s++|\ufeff|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_HTML_ROOTS = ("html", "head", "title", "body", "meta", "script", "style", "link", "p", "div", "h1")
_OUTER = re.compile(r"<!DOCTYPE(?:[^\[>\"']++|\"[^\"]*+\"|'[^']*+')*+", re.IGNORECASE)
_ROOT = re.compile(r"<([A-Za-z_][\w:.-]*)")
_LIKELY = re.compile(r"<\?xml\s|<(?:rss|feed|rdf:RDF)[\s>]")
_LONGEST_TAG = 64 * 1024
# Parsers need quadratic time for the attributes of one element.
_LONG_TAG = re.compile(rf"<[A-Za-z][^<>]{{{_LONGEST_TAG}}}")


@dataclass(frozen=True, slots=True)
class Document:
    """A document from its root on; `line` is where that stands in what was sent, from 1.

    `raw` is its text in UTF-8. `lost` counts the characters that no charset read.
    """

    root: str
    line: int
    raw: bytes
    lost: int = 0

    @property
    def is_json(self) -> bool:
        """Tell JSON from XML."""
        return not self.root

    @property
    def text(self) -> str:
        """Give the document's text, which few documents are asked for."""
        return self.raw.decode()


def open_document(raw: bytes, headers: Mapping[str, str]) -> Document:
    """Decode a document and find its root; raises `NotAFeed` for what can be no feed."""
    utf8 = as_utf8(raw)
    text = decode(raw, headers) if utf8 is None else utf8
    missing = lost(raw, text)
    start = _skip(text, 0)
    if start == len(text):
        raise NotAFeed("an empty document")
    if text.startswith("{", start):
        return Document("", 1 + text.count("\n", 0, start), encoded(text[start:]), missing)
    if not text.startswith("<", start):
        start = _skip_noise(text, start)
    start = _skip_doctype(text, start)
    root = _ROOT.match(text, start)
    if root is None:
        raise NotAFeed(f"no XML: it begins with {text[start : start + 40]!r}")
    if root[1].lower() in _HTML_ROOTS:
        raise NotAFeed("an HTML page")
    if _has_desert(text, start) and _LONG_TAG.search(text, start):
        raise NotAFeed(f"a tag of more than {_LONGEST_TAG} characters")
    line = 1 + text.count("\n", 0, start)
    # Copying bytes costs a quarter of what encoding their text does.
    rest = encoded(text[start:]) if utf8 is None else raw[len(encoded(text[:start])) :]
    return Document(root[1], line, rest, missing)


def encoded(text: str) -> bytes:
    """Write a text in UTF-8, without surrogates that stand alone."""
    return text.encode("utf-8", "ignore")


def _has_desert(text: str, start: int) -> bool:
    """Tell cheaply whether a tag can be that long: then half its length has no bracket at all."""
    half = _LONGEST_TAG // 2
    starts = range(start, len(text) - half, half)
    return any(text.find(">", place, place + half) < 0 for place in starts)


def _skip(text: str, start: int) -> int:
    found = _MISC.match(text, start)
    return found.end() if found else start


def _skip_noise(text: str, start: int) -> int:
    """Skip what a broken server printed before the feed, such as a warning."""
    found = _LIKELY.search(text, start)
    if found is None:
        raise NotAFeed(f"no XML: it begins with {text[start : start + 40]!r}")
    return _skip(text, found.start())


def _skip_doctype(text: str, start: int) -> int:
    outer = _OUTER.match(text, start)
    if outer is None:
        return start
    end = outer.end()
    if text.startswith("[", end):
        end = _skip_subset(text, end)
    if not text.startswith(">", end):
        raise NotAFeed("a document type that doesn't end")
    return _skip(text, end + 1)


def _skip_subset(text: str, start: int) -> int:
    """Find the `>` after an internal subset; raises `NotAFeed` where it could hold entities."""
    end = text.find("]", start)
    subset = text[start:end] if end >= 0 else text[start:]
    if end < 0 or "<!ENTITY" in subset.upper() or "%" in subset or "[" in subset[1:]:
        raise NotAFeed("a document type with entities")
    return end + 1 + len(text[end + 1 :]) - len(text[end + 1 :].lstrip())
