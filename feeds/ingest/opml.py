"""Subscription lists (OPML 2.0): read from other readers, written for them.

Theory: a list is typed or exported once and read once, so a line that is wrong is named and
skipped, and the rest is taken.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from lxml import etree

from feeds.errors import NotAFeed
from feeds.text.normalise import display
from feeds.urls import absolute

MOST_BYTES = 2 * 2**20
MOST_DEPTH = 20
MOST_OUTLINES = 5000


@dataclass(frozen=True, slots=True)
class Outline:
    """One subscription; `path` names the groups that it stands in, outermost first."""

    title: str
    url: str
    home: str | None = None
    path: tuple[str, ...] = ()


@dataclass
class _Reading:
    found: list[Outline] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    count: int = 0


def read(raw: bytes) -> tuple[tuple[Outline, ...], tuple[str, ...]]:
    """Read a list: its subscriptions, and what was wrong with it, a line each.

    Raises `NotAFeed` where nothing can be read.
    """
    if len(raw) > MOST_BYTES:
        raise NotAFeed(f"a list of {len(raw)} bytes; {MOST_BYTES} are read")
    try:
        root = fromstring(raw.strip(), forbid_dtd=True)
    except DefusedXmlException as exc:
        raise NotAFeed("a list with a document type") from exc
    except (ParseError, ValueError, LookupError) as exc:
        raise NotAFeed(f"no OPML: {exc}") from exc
    body = root.find("body")
    if root.tag.lower() != "opml" or body is None:
        raise NotAFeed("XML, but no OPML with a body")
    reading = _Reading()
    _read_group(body, (), reading)
    if reading.count > MOST_OUTLINES:
        reading.errors.append(f"{reading.count - MOST_OUTLINES} outlines beyond {MOST_OUTLINES}")
    return tuple(reading.found), tuple(reading.errors)


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


def _read_group(group: Element, path: tuple[str, ...], reading: _Reading, depth: int = 0) -> None:
    if depth > MOST_DEPTH:
        reading.errors.append(f"groups deeper than {MOST_DEPTH}: {' / '.join(path[:3])} …")
        return
    for element in group.iterfind("outline"):
        reading.count += 1
        attributes = {str(name).lower(): value.strip() for name, value in element.items()}
        title = display(attributes.get("title") or attributes.get("text") or "")
        if "xmlurl" in attributes and reading.count <= MOST_OUTLINES:
            reading.found.extend(_subscription(attributes, title, path, reading))
        _read_group(element, (*path, title) if title else path, reading, depth + 1)


def _subscription(
    attributes: dict[str, str], title: str, path: tuple[str, ...], reading: _Reading
) -> Iterator[Outline]:
    address = attributes["xmlurl"]
    if address.startswith("feed:"):  # an old way to say http: (draft-obasanjo-feed-uri-scheme)
        address = address.removeprefix("feed:").lstrip("/")
    url = absolute(None, address)
    if url is None and ":" not in address and "." in address:
        url = absolute(None, f"http://{address}")
    if url is None:
        reading.errors.append(f"{title or 'an outline'}: no web address: {address[:200]!r}")
        return
    yield Outline(title or url, url, absolute(None, attributes.get("htmlurl", "")), path)


def _group(groups: dict[tuple[str, ...], etree._Element], path: tuple[str, ...]) -> etree._Element:
    if path not in groups:
        parent = _group(groups, path[:-1])
        groups[path] = etree.SubElement(parent, "outline", text=display(path[-1]))
    return groups[path]
