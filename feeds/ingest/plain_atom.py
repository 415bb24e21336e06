"""One plain entry of Atom 1.0, as the reference reader reads it."""

from collections.abc import Collection
from functools import lru_cache

from lxml import etree

from feeds.foreign import Category, Person
from feeds.ingest.dates import read_date
from feeds.ingest.elements import ATOM, XML_BASE, XML_LANG, base_of, image_of, is_media, walk
from feeds.ingest.extras import read_extras
from feeds.ingest.named import names_of, nearest, people_of, terms_of
from feeds.ingest.plain_rss import (
    ORIGINAL,
    Parts,
    captioned,
    captions,
    check_media,
    follows,
    original,
)
from feeds.ingest.plainly import (
    Unknown,
    check_link,
    fixed,
    ignore,
    plain_text,
    relation,
    resolved,
    resolved_id,
)
from feeds.ingest.words import as_html, words
from feeds.model import Entry
from feeds.urls import absolute, is_web

_ID, _TITLE, _SUMMARY, _BODY = (f"{ATOM}{name}" for name in ("id", "title", "summary", "content"))
_LINK, _AUTHOR, _CATEGORY, _CONTRIBUTOR = (
    f"{ATOM}{name}" for name in ("link", "author", "category", "contributor")
)
_PUBLISHED, _UPDATED = f"{ATOM}published", f"{ATOM}updated"
_ONCE = frozenset((_ID, _TITLE, _SUMMARY, _BODY, _PUBLISHED, _UPDATED, f"{ATOM}rights", ORIGINAL))
_PERSON = tuple(f"{ATOM}{name}" for name in ("name", "email", "uri"))
_TYPE = frozenset(("type",))
_TERM = frozenset(("term", "scheme", "label"))
_BODY_ATTRIBUTES = frozenset(("type", XML_LANG, XML_BASE))
_HTML = ("html", "text/html", "xhtml", "application/xhtml+xml")
_TYPES = {"text": False, "text/plain": False, "html": True, "text/html": True}


def atom_entry(
    entry: etree._Element,
    url: str,
    zone: str,
    language: str | None,
    heirs: tuple[Person, ...],
    base: str | None = None,
) -> Entry:
    """Read an entry; `heirs` are the feed's authors for one without, `base` is the feed's own."""
    parts = _parts(entry, url)
    once = parts.once
    guid = plain_text(once.get(_ID)) or None
    headline = title(once.get(_TITLE))
    if parts.media:
        check_media(parts, has_title=bool(headline))
    summary, content = _bodies(parts)
    authors = nearest([people(parts.people, base or url), heirs])
    terms = terms_of(parts.categories)
    body = once.get(_BODY, once.get(_SUMMARY, entry))
    return Entry(
        guid=guid,
        url=(ORIGINAL in once and original(parts)) or _address(entry, parts, guid, base or url),
        title=headline,
        summary=summary,
        content=content,
        authors=names_of(authors),
        categories=names_of(terms),
        published=read_date(fixed(plain_text(once.get(_PUBLISHED))), zone),
        updated=read_date(fixed(plain_text(once.get(_UPDATED))), zone),
        image=image_of(entry, parts.media, parts.walked, parts.attached, url)
        if parts.media or parts.attached
        else None,
        language=language,
        base_url=base_of(body, url) if base or body.get(XML_BASE) else None,
        people=authors,
        terms=terms,
        extras=read_extras(parts.others, url),
    )


def title(element: etree._Element | None) -> str:
    """Give the words of a title."""
    _is_html(element)
    return words(fixed(plain_text(element, _TYPE)))


def people(authors: Collection[etree._Element], url: str) -> tuple[Person, ...]:
    """Read the persons of author elements, each once."""
    found = [atom_person(each, url) for each in authors]
    if len(found) > 1 and _are_mixed(found):
        raise Unknown
    return people_of(found)


def _are_mixed(several: Collection[Person]) -> bool:
    """Tell whether feedparser gives one person's address to the next, who has none."""
    has_address = any(each.email or "@" in each.name for each in several)
    return not all(each.name and (each.email or not has_address) for each in several)


def html_link(links: Collection[etree._Element], base: str) -> str | None:
    """Give the last link that leads to a page of the feed or the entry itself."""
    found = None
    for link in links:
        check_link(link)
        if relation(link) == "alternate":
            found = _page(link, base) or found
    return found


def _page(link: etree._Element, base: str) -> str | None:
    """Give the address that a link leads to where that is a page."""
    if link.get("type", "text/html").lower() not in _HTML:
        return None
    return resolved(link.get("href", ""), base)


def _parts(entry: etree._Element, url: str) -> Parts:
    if entry.keys():
        raise Unknown
    parts = Parts()
    for child in entry:
        tag = child.tag
        if tag in _ONCE:
            if tag in parts.once or len(child):
                raise Unknown
            parts.once[str(tag)] = child
        elif tag == _LINK:
            check_link(child)
            name = relation(child)
            if name == "alternate":
                parts.links.append(child)
                continue
            parts.others.append(child)
            if name == "enclosure":
                parts.attached.append(child)
        elif tag == _AUTHOR:
            parts.people.append(child)
        elif tag == _CATEGORY:
            parts.categories.append(term(child))
        elif is_media(child):
            parts.media.append(child)
        elif tag == _CONTRIBUTOR:
            atom_person(child, url)  # it is nobody's author, but what it holds must be plain
        else:
            ignore(child)
            parts.others.append(child)
    if parts.media:
        parts.walked = walk(parts.media)
    return parts


def _bodies(parts: Parts) -> tuple[str, str]:
    """Give summary and content as HTML; the caption of a video stands in for a missing summary."""
    body, brief = parts.once.get(_BODY), parts.once.get(_SUMMARY)
    content = fixed(plain_text(body, _BODY_ATTRIBUTES))
    summary = fixed(plain_text(brief, _TYPE))
    spoken = captions(parts) if parts.media else []
    around = captioned(parts) if spoken else []
    if follows(brief, around) or not all(map(len, around)):
        raise Unknown
    if spoken and body is None and brief is None:
        if len(spoken) > 1 or any(each.keys() for each in _descriptions(parts)):
            raise Unknown
        return fixed(spoken[0]), ""
    if body is None:
        return as_html(summary, _is_html(brief)), ""
    kept = "" if summary == content else as_html(summary, _is_html(brief))
    return kept, as_html(content, _is_html(body))


def _descriptions(parts: Parts) -> list[etree._Element]:
    return [each for name, each in parts.walked if name == "description"]


def _is_html(element: etree._Element | None) -> bool:
    """Tell whether a text is HTML; raises `Unknown` for XHTML and other types."""
    kind = "text" if element is None else element.get("type", "text").lower()
    if kind not in _TYPES:
        raise Unknown
    return _TYPES[kind]


def _address(entry: etree._Element, parts: Parts, guid: str | None, base: str) -> str | None:
    link = None
    for each in parts.links:
        link = _page(each, base) or link
    if guid is None:
        if link is None and entry.find(_LINK) is not None:
            raise Unknown
        return link
    identity = resolved_id(fixed(guid), base)
    if link is None or link == identity:
        # A relative id stands for no address, unless there is a link that says the same.
        return guid if is_web(guid) else link
    return link


def term(category: etree._Element) -> Category:
    """Read a category of Atom."""
    if plain_text(category, _TERM):
        raise Unknown
    get = category.get
    return _category(get("term", ""), get("scheme", ""), get("label", ""))


@lru_cache(maxsize=4096)
def _category(*texts: str) -> Category:
    return Category(*map(words, texts))


def atom_person(author: etree._Element, url: str) -> Person:
    """Read a person; raises `Unknown` where there is more in it than that."""
    if author.keys() or (author.text or "").strip():
        raise Unknown
    once: dict[str, etree._Element] = {}
    for child in author:
        if child.tag not in _PERSON:
            ignore(child)
        elif child.tag in once:
            raise Unknown
        once[str(child.tag)] = child
    return _named(url, *(plain_text(once.get(tag)) for tag in _PERSON))


@lru_cache(maxsize=4096)
def _named(url: str, *texts: str) -> Person:
    name, email, where = texts
    return Person(words(name), email, absolute(url, resolved_id(fixed(where), url)))
