"""One plain entry of Atom 1.0, as the reference reader reads it."""

from collections.abc import Collection, Iterator

from lxml import etree

from feeds.ingest.dates import read_date
from feeds.ingest.elements import ATOM, XML_LANG, image_of, is_media, walk
from feeds.ingest.plain_rss import ORIGINAL, Parts, captions, check_media, original
from feeds.ingest.plainly import (
    Unknown,
    fixed,
    ignore,
    named,
    plain_text,
    relation,
    resolved,
    resolved_id,
)
from feeds.ingest.words import as_html, words
from feeds.model import Entry
from feeds.urls import is_web

_ID, _TITLE, _SUMMARY, _BODY = (f"{ATOM}{name}" for name in ("id", "title", "summary", "content"))
_PUBLISHED, _UPDATED = f"{ATOM}published", f"{ATOM}updated"
_ONCE = frozenset((_ID, _TITLE, _SUMMARY, _BODY, _PUBLISHED, _UPDATED, f"{ATOM}rights", ORIGINAL))
_THREAD = "{http://purl.org/syndication/thread/1.0}"
_LINK_ATTRIBUTES = frozenset(
    ("href", "rel", "type", "hreflang", "length", "title", f"{_THREAD}count", f"{_THREAD}updated")
)
_TYPE = frozenset(("type",))
_TERM = frozenset(("term", "scheme", "label"))
_BODY_ATTRIBUTES = frozenset(("type", XML_LANG, XML_LANG.replace("}lang", "}base")))
_HTML = ("html", "text/html", "xhtml", "application/xhtml+xml")
_TYPES = {"": False, "text": False, "text/plain": False, "html": True, "text/html": True}


def atom_entry(
    entry: etree._Element, url: str, zone: str, language: str | None, heirs: tuple[str, ...]
) -> Entry:
    """Read an entry; `heirs` are the feed's authors, for an entry without its own."""
    parts = _parts(entry)
    once = parts.once
    guid = plain_text(once.get(_ID)) or None
    check_media(parts, has_title=bool(title(once.get(_TITLE))))
    summary, content = _bodies(parts)
    return Entry(
        guid=guid,
        url=original(parts) or _address(parts.links, guid),
        title=title(once.get(_TITLE)),
        summary=summary,
        content=content,
        authors=people(parts.people) or heirs,
        categories=named(parts.categories),
        published=read_date(fixed(plain_text(once.get(_PUBLISHED))), zone),
        updated=read_date(fixed(plain_text(once.get(_UPDATED))), zone),
        image=image_of(entry, parts.media, parts.attached, url)
        if parts.media or parts.attached
        else None,
        language=language,
    )


def title(element: etree._Element | None) -> str:
    """Give the words of a title."""
    _is_html(element)
    return words(fixed(plain_text(element, _TYPE)))


def people(authors: Collection[etree._Element]) -> tuple[str, ...]:
    """Name the persons of author elements, each once."""
    return tuple(dict.fromkeys(filter(None, _names(authors))))


def html_link(links: Collection[etree._Element]) -> str | None:
    """Give the last link that leads to a page of the feed or the entry itself."""
    found = None
    for link in links:
        if not link.get("href") or plain_text(link, _LINK_ATTRIBUTES):
            raise Unknown
        if relation(link) == "alternate" and link.get("type", "text/html").lower() in _HTML:
            found = resolved(link.get("href", ""))
    return found


def _parts(entry: etree._Element) -> Parts:
    if entry.keys():
        raise Unknown
    parts = Parts()
    for child in entry:
        tag = child.tag
        if tag in _ONCE:
            if tag in parts.once:
                raise Unknown
            parts.once[str(tag)] = child
        elif tag == f"{ATOM}link":
            parts.links.append(child)
            if relation(child) == "enclosure":
                parts.attached.append(child)
        elif tag == f"{ATOM}author":
            parts.people.append(child)
        elif tag == f"{ATOM}category":
            parts.categories.append(_term(child))
        elif is_media(child):
            parts.media.append(child)
        elif tag != f"{ATOM}contributor":
            ignore(child)
    return parts


def _bodies(parts: Parts) -> tuple[str, str]:
    """Give summary and content as HTML; the caption of a video stands in for a missing summary."""
    body, brief = parts.once.get(_BODY), parts.once.get(_SUMMARY)
    content = fixed(plain_text(body, _BODY_ATTRIBUTES))
    summary = fixed(plain_text(brief, _TYPE))
    spoken = captions(parts, brief) if parts.media else []
    if spoken and body is None and brief is None:
        if len(spoken) > 1 or any(each.keys() for each in _descriptions(parts)):
            raise Unknown
        return fixed(spoken[0]), ""
    if body is None:
        return as_html(summary, _is_html(brief)), ""
    kept = "" if summary == content else as_html(summary, _is_html(brief))
    return kept, as_html(content, _is_html(body))


def _descriptions(parts: Parts) -> list[etree._Element]:
    return [each for each in walk(parts.media) if each.tag.endswith("}description")]


def _is_html(element: etree._Element | None) -> bool:
    """Tell whether a text is HTML; raises `Unknown` for XHTML and other types."""
    kind = "" if element is None else element.get("type", "").lower()
    if kind not in _TYPES:
        raise Unknown
    return _TYPES[kind]


def _address(links: Collection[etree._Element], guid: str | None) -> str | None:
    link = html_link(links)
    if guid is None:
        if link is None and links:
            raise Unknown
        return link
    identity = resolved_id(fixed(guid))
    if link is None or link == identity:
        return guid if is_web(guid) else None
    return link


def _term(category: etree._Element) -> str:
    if plain_text(category, _TERM):
        raise Unknown
    return category.get("term") or category.get("label") or ""


def _names(authors: Collection[etree._Element]) -> Iterator[str]:
    for author in authors:
        if author.keys() or (author.text or "").strip():
            raise Unknown
        name = author.find(f"{ATOM}name")
        for child in author:
            if child is not name and child.tag not in (f"{ATOM}uri", f"{ATOM}email"):
                ignore(child)
        yield words(plain_text(name))
