"""Text to an XML tree, mended where it isn't well-formed.

Theory: most feeds that aren't well-formed have one of four small faults: a bare `&`, an entity
of HTML, a control character, a prefix that nobody declared. These are mended in the text, outside
CDATA, and then nothing is lost. What is still broken is read twice by more patient parsers, and
says so in a note.
"""

import re
from dataclasses import dataclass
from html.entities import html5, name2codepoint
from xml.sax.saxutils import escape

from lxml import etree

from feeds.errors import NotAFeed
from feeds.ingest.document import Document, encoded

# What doesn't end reaches to the end, so that no text is searched twice.
_PROTECTED = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))", re.DOTALL)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_AMPERSAND = re.compile(
    r"&(?:#(?P<dec>\d{1,7});|#[xX](?P<hex>[0-9A-Fa-f]{1,6});|(?P<name>\w{2,31};))?"
)
_OPEN_END = re.compile(r"(</[A-Za-z][\w:.-]*)\s*\Z")  # the last bracket is missing
_ROOT = re.compile(r"<[A-Za-z_][\w:.-]*")
# Prefixes that mean the same in all feeds, so that they need no declaration to be understood.
_PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}
_XML_NAMES = frozenset(("lt;", "gt;", "amp;", "quot;", "apos;"))

MOST_BROKEN = 2**19  # patient parsers need quadratic time for what was made to hurt them


@dataclass(frozen=True, slots=True)
class Tree:
    """A document as a tree; `root` is `None` where nothing could be made of it.

    `raw` is the mended document in UTF-8, from before the tree `is_trimmed`. `is_whole` tells that
    the tree lacked nothing of it; `fault` names the first error of the document as it was sent,
    `None` for a well-formed one.
    """

    root: etree._Element | None
    raw: bytes
    is_whole: bool
    fault: str | None = None
    is_trimmed: bool = False

    @property
    def text(self) -> str:
        """Give the document's text as the tree has it, which few are asked for."""
        if self.is_trimmed and self.root is not None:
            return etree.tostring(self.root, encoding="unicode")
        return self.raw.decode()


def grow(document: Document, url: str) -> Tree:
    """Parse a document; `url` is the base for what is relative in it.

    Raises `NotAFeed` for elements that are nested deeper than any parser should follow.
    """
    try:
        return Tree(_parse(document.raw, url), document.raw, True)
    except etree.XMLSyntaxError as exc:
        fault = _fault(exc, document)
    text = _declared(mend(document.text))
    raw = encoded(text)
    try:
        return Tree(_parse(raw, url), raw, True, fault)
    except etree.XMLSyntaxError:
        if len(text) > MOST_BROKEN:
            text, fault = text[:MOST_BROKEN], f"{fault}; read up to {MOST_BROKEN} characters"
            raw = encoded(text)
        return Tree(_parse(raw, url, recover=True), raw, False, fault)


def mend(text: str) -> str:
    """Make well-formed what is easily made so: bare `&`, HTML's entities, forbidden characters."""
    parts = _PROTECTED.split(_FORBIDDEN.sub("", text))
    parts[::2] = (_AMPERSAND.sub(_reference, part) for part in parts[::2])
    return _OPEN_END.sub(r"\1>", "".join(parts))


def _declared(text: str) -> str:
    """Declare the usual prefixes that a document uses and nowhere declares."""
    root = _ROOT.match(text)
    missing = "".join(
        f' xmlns:{prefix}="{uri}"'
        for prefix, uri in _PREFIXES.items()
        if f"<{prefix}:" in text and f"xmlns:{prefix}" not in text
    )
    return f"{text[: root.end()]}{missing}{text[root.end() :]}" if root else text


def _reference(found: re.Match[str]) -> str:
    name, number = found["name"], found["dec"] or found["hex"]
    if number:
        code = int(number, 10 if found["dec"] else 16)
        return found[0] if code < 0x110000 and not _FORBIDDEN.match(chr(code)) else ""
    if name in _XML_NAMES:
        return found[0]
    if name in html5:
        known = name2codepoint.get(name.rstrip(";"))
        return escape(html5[name] if known is None else chr(known))  # HTML 4's, as XHTML has it
    return f"&amp;{name or ''}"


def _parse(raw: bytes, url: str, recover: bool = False) -> etree._Element | None:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )
    return etree.fromstring(raw, parser, base_url=url)


def _fault(exc: etree.XMLSyntaxError, document: Document) -> str:
    line = (exc.lineno or 1) - 1 + document.line
    message = (exc.msg or "not well-formed").splitlines()[0]
    if "Excessive depth" in message:
        raise NotAFeed(f"line {line}: elements nested too deep")
    return f"line {line}: {message.split(', line ')[0][:100]}"
