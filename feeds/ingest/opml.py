"""Subscription lists (OPML 2.0): read from other readers, written for them.

Theory: a list is typed or exported once and read once, so a line that is wrong is named and
skipped, and the rest is taken.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from lxml import etree

from feeds.errors import NotAFeed
from feeds.ingest.encoding import decode
from feeds.ingest.tree import mend
from feeds.text.normalise import display
from feeds.urls import absolute

MOST_BYTES = 2 * 2**20
MOST_DEPTH = 20
MOST_OUTLINES = 5000
_FEED_TYPES = ("rss", "atom", "feed")


@dataclass(frozen=True, slots=True)
class Outline:
    """One subscription; `path` names the groups that it stands in, outermost first.

    `line` is where it was read, and no part of what it is.
    """

    title: str
    url: str
    home: str | None = None
    path: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Fault:
    """A line of a list that was not taken, with the reason; lines count from 1."""

    line: int
    why: str

    def __str__(self) -> str:
        """Say it to a person."""
        return f"line {self.line}: {self.why}"


@dataclass
class _Reading:
    found: list[Outline] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    count: int = 0


def read(raw: bytes) -> tuple[tuple[Outline, ...], tuple[Fault, ...]]:
    """Read a list: its subscriptions, and what was wrong with it, by lines.

    What is not well-formed is named, and read on after. Raises `NotAFeed` where nothing can be
    read.
    """
    if len(raw) > MOST_BYTES:
        raise NotAFeed(f"a list of {len(raw)} bytes; {MOST_BYTES} are read")
    raw, reason, charset = raw.lstrip(), "XML, but without opml and outlines", None
    reading = _Reading()
    try:
        fromstring(raw, forbid_dtd=True)
    except DefusedXmlException as exc:
        raise NotAFeed("a list with a document type") from exc
    except ParseError as exc:
        raw, reason, charset = mend(decode(raw, {})).encode(), str(exc), "utf-8"
    except (ValueError, LookupError) as exc:
        raise NotAFeed(f"no OPML: {exc}") from exc
    for element in _outlines(raw, charset, reading.faults, reason):
        _read_outline(element, (), reading, 1)
    if reading.count > MOST_OUTLINES:
        why = f"{reading.count - MOST_OUTLINES} outlines beyond {MOST_OUTLINES}"
        reading.faults.append(Fault(0, why))
    return tuple(reading.found), tuple(sorted(set(reading.faults), key=_place))


def _place(fault: Fault) -> tuple[int, str]:
    return fault.line, fault.why


def write(outlines: Iterable[Outline], title: str = "Tinwire") -> bytes:
    """Write a list; the same outlines give the same bytes, groups in the order of first sight."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = display(title)
    groups: dict[tuple[str, ...], etree._Element] = {(): etree.SubElement(root, "body")}
    for outline in outlines:
        parent = _group(groups, outline.path)
        element = etree.SubElement(parent, "outline", text=display(outline.title), type="rss")
        element.set("xmlUrl", display(outline.url))
        if outline.home:
            element.set("htmlUrl", display(outline.home))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _outlines(
    raw: bytes, charset: str | None, faults: list[Fault], reason: str
) -> list[etree._Element]:
    """Give the outermost outlines, wherever they stand, and whatever namespace or case has them.

    The parser is patient; document types were refused before it, and are refused again.
    """
    parser = etree.XMLParser(
        encoding=charset,
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as exc:
        raise NotAFeed(f"no OPML: {exc}") from exc
    if root is None:
        raise NotAFeed(f"no OPML: {reason}")
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # as lxml-stubs see it
        raise NotAFeed("a list with a document type")
    faults += [Fault(one.line, f"not well-formed: {one.message}") for one in parser.error_log]
    outlines = [each for each in root.iter() if _is(each, "outline")]
    has_body = any(_is(each, "body") for each in root)
    if not _is(root, "opml") or not (outlines or (has_body and not faults)):
        raise NotAFeed(f"no OPML: {reason}")
    return [each for each in outlines if not _is(each.getparent(), "outline")]


def _is(element: etree._Element | None, name: str) -> bool:
    return element is not None and str(element.tag).rpartition("}")[2].lower() == name


def _read_outline(
    element: etree._Element, path: tuple[str, ...], reading: _Reading, depth: int
) -> None:
    line: int = element.sourceline or 0  # type: ignore[assignment]  # lxml-stubs leave it open
    if depth > MOST_DEPTH:
        why = f"groups deeper than {MOST_DEPTH}: {' / '.join(path[:3])} …"
        reading.faults.append(Fault(line, why))
        return
    reading.count += 1
    attributes = {str(name).lower(): str(value).strip() for name, value in element.items()}
    title = display(attributes.get("title") or attributes.get("text") or "")
    inner = [each for each in element if _is(each, "outline")]
    if reading.count <= MOST_OUTLINES:
        if "xmlurl" in attributes:
            reading.found.extend(_subscription(attributes, title, path, reading, line))
        elif attributes.get("type", "").lower() in _FEED_TYPES and not inner:
            reading.faults.append(Fault(line, f"{title or 'an outline'}: a feed without xmlUrl"))
    for each in inner:
        _read_outline(each, (*path, title) if title else path, reading, depth + 1)


def _subscription(
    attributes: dict[str, str], title: str, path: tuple[str, ...], reading: _Reading, line: int
) -> Iterator[Outline]:
    address = attributes["xmlurl"]
    if address.startswith("feed:"):  # an old way to say http: (draft-obasanjo-feed-uri-scheme)
        address = address.removeprefix("feed:").lstrip("/")
    url = absolute(None, address)
    if url is None and ":" not in address and "." in address:
        url = absolute(None, f"http://{address}")
    if url is None:
        why = f"{title or 'an outline'}: no web address: {address[:200]!r}"
        reading.faults.append(Fault(line, why))
        return
    yield Outline(title or url, url, absolute(None, attributes.get("htmlurl", "")), path, line)


def _group(groups: dict[tuple[str, ...], etree._Element], path: tuple[str, ...]) -> etree._Element:
    if path not in groups:
        parent = _group(groups, path[:-1])
        groups[path] = etree.SubElement(parent, "outline", text=display(path[-1]))
    return groups[path]
