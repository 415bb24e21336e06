"""Atom 1.0 (RFC 4287): feedgen writes the feed, we the entries.

An entry's bytes follow from the item alone, so that they are written once for many feeds. They
hold what feedgen would write, corrected; a test compares the two (docs/decisions/0020).
feedgen writes Atom's elements without a namespace under a literal `xmlns`, so ours do the same.
"""

from functools import lru_cache
from urllib.parse import urlsplit

from lxml.etree import _Element

from feeds.publish.dates import rfc3339
from feeds.publish.document import FeedDocument, FeedItem
from feeds.publish.elements import AT, FH, MEDIA, add
from feeds.publish.frame import Frame, add_styles, joined, mark_items, neighbours, split
from feeds.publish.generator import KEPT, NAME, generator_for
from feeds.publish.markup import (
    attribute,
    attributes,
    content,
    picture,
    related,
    shared,
    text,
    texts,
    written,
)
from feeds.publish.template import filled

_OURS = {"fh": FH, "media": MEDIA}


def render_atom(document: FeedDocument) -> bytes:
    """Write a feed as Atom 1.0; the same document gives the same bytes."""
    return joined(atom_frame(document), document.items, _kept)


def atom_frame(document: FeedDocument) -> Frame:
    """Write what comes before the entries and what after: the feed without them."""
    head = document.head
    generator = generator_for(document)
    # The alternate first: some clients open whichever link comes first.
    generator.link(href=head.page_url, rel="alternate", type="text/html")
    own = head.page_of("atom", document.place.page)
    generator.link(href=own, rel="self", type="application/atom+xml")
    for hub_url in head.hub_urls:
        generator.link(href=hub_url, rel="hub")
    generator.register_extension(NAME, lambda: _Feed(document), None, rss=False)
    return split(generator.atom_str())


def atom_head(document: FeedDocument) -> Frame:
    """Write the same by a template, where there can be one."""
    return filled(atom_frame, rfc3339, str, document)


def atom_entry(item: FeedItem) -> bytes:
    """Write one entry; what can't be told is a `ValueError`."""
    if not item.title:
        raise ValueError("no title")
    name, _, title, summary, _ = texts(*shared(item))
    published, updated = rfc3339(item.published), rfc3339(item.updated)
    language, link, via = attributes(item.language, item.link, item.external_url or "")
    # To our page first, then to where the article comes from, and to who tells the same news.
    links = f'<link href="{link}" rel="alternate" type="text/html"/>'
    if via:
        links += f'<link href="{via}" rel="via"/>'
    categories = "".join([_category(one.term, one.scheme, one.label) for one in item.categories])
    source = _source(item.source_title, item.source_url, updated) if item.source_url else ""
    before = (
        f'<entry xml:lang="{language}"><id>{name}</id><title>{title}</title>'
        f"<updated>{updated}</updated>{_people(item)}"
    )
    after = (
        f"{links}{related('link', item.also_by)}<summary>{summary}</summary>{categories}"
        f"<published>{published}</published>{source}{picture(item.image)}</entry>"
    )
    html = b""
    if item.html:
        html = b'<content type="html">' + content(item.html) + b"</content>"
    return written(before, html, after)


_kept = lru_cache(maxsize=KEPT)(atom_entry)


def _people(item: FeedItem) -> str:
    """Name an author on each entry, so that the feed needs none (RFC 4287 §4.1.1).

    Clients would show the feed's beside every entry. Where no byline is known, the publisher
    answers for it, by name or by host. Several authors are one byline, and each a contributor
    (§4.2.3): of several authors feedparser keeps the last, npm feedparser none, and XML::FeedPP
    dies.
    """
    if not item.authors:
        host = urlsplit(item.source_url or item.external_url or item.link).hostname
        name = text(item.source_title or host or item.link)
        return f"<author><name>{name}</name></author>"
    if len(item.authors) == 1:
        return f"<author>{_person(item.authors[0].name, item.authors[0].url)}</author>"
    byline = text(", ".join([person.name for person in item.authors]))
    each = [f"<contributor>{_person(one.name, one.url)}</contributor>" for one in item.authors]
    return f"<author><name>{byline}</name></author>{''.join(each)}"


@lru_cache(maxsize=1024)
def _person(name: str, url: str) -> str:
    return f"<name>{text(name)}</name><uri>{text(url)}</uri>"


@lru_cache(maxsize=1024)
def _category(term: str, scheme: str, label: str) -> str:
    term, scheme, label = attribute(term), attribute(scheme), attribute(label)
    return f'<category term="{term}" scheme="{scheme}" label="{label}"/>'


def _source(title: str, url: str, updated: str) -> str:
    """Name the feed that the entry was taken from, as a republished entry should (§4.2.11).

    The source's own id isn't kept, so its address stands for it; it was updated when the entry
    was, at the earliest.
    """
    start, end = _source_around(title, url)
    return f"{start}{updated}{end}"


@lru_cache(maxsize=1024)
def _source_around(title: str, url: str) -> tuple[str, str]:
    start = f"<source><id>{text(url)}</id><title>{text(title or url)}</title><updated>"
    return start, f'</updated><link href="{attribute(url)}" rel="self"/></source>'


class _Feed:
    """feedgen's extension of the feed: other pages, tombstones, and the place of the entries."""

    def __init__(self, document: FeedDocument) -> None:
        self.document = document

    def extend_ns(self) -> dict[str, str]:
        # Only where it is used: the W3C validator warns of a namespace that it doesn't know.
        return _OURS | {"at": AT} if self.document.gone else _OURS

    def extend_atom(self, feed: _Element) -> _Element:
        document = self.document
        add_styles(feed, document.head.base_url)
        for relation, url in neighbours(document, "atom"):
            add(feed, "link", href=url, rel=relation, type="application/atom+xml")
        if document.place.page is not None:
            add(feed, f"{{{FH}}}archive")
        elif document.head.is_whole:
            add(feed, f"{{{FH}}}complete")
        # Before the entries, where the schema of RFC 4287 wants what is foreign (appendix B).
        for one in document.gone:
            add(feed, f"{{{AT}}}deleted-entry", ref=one.id, when=rfc3339(one.when))
        mark_items(feed)
        return feed
