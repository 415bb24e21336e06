"""The invented publishers' RSS: 2.0, and 1.0 in RDF.

RSS 2.0 has no date of revision and no author without an address, so `atom:updated` and
`dc:creator` stand in, as real publishers do it.
"""

from datetime import datetime
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from worker.demo.edition import Edition, Item
from worker.demo.newsroom import Publisher

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RSS1 = "http://purl.org/rss/1.0/"


def rss(edition: Edition, base_url: str) -> bytes:
    """Write an edition as RSS 2.0."""
    publisher = edition.publisher
    names = {"atom": ATOM, "content": CONTENT, "dc": DC, "media": MEDIA}
    root = etree.Element("rss", nsmap=names)
    root.set("version", "2.0")
    channel = etree.SubElement(root, "channel")
    add(channel, "title", publisher.title)
    add(channel, "link", f"{base_url}/{publisher.name}/")
    add(channel, "description", publisher.description)
    add(channel, "language", publisher.language)
    add(channel, "lastBuildDate", _date(publisher, edition.modified))
    add(
        channel,
        f"{{{ATOM}}}link",
        rel="self",
        type="application/rss+xml",
        href=base_url + publisher.feed_path,
    )
    for item in edition.items:
        _rss_item(channel, publisher, item, base_url)
    return serialise(root)


def rdf(edition: Edition, base_url: str) -> bytes:
    """Write an edition as RSS 1.0: the channel lists the items, which stand beside it."""
    publisher = edition.publisher
    # Any, because lxml's stubs know no default namespace.
    names: dict[Any, str] = {None: RSS1, "rdf": RDF, "dc": DC, "content": CONTENT, "media": MEDIA}
    root = etree.Element(f"{{{RDF}}}RDF", nsmap=names)
    channel = add(root, f"{{{RSS1}}}channel")
    channel.set(f"{{{RDF}}}about", base_url + publisher.feed_path)
    add(channel, f"{{{RSS1}}}title", publisher.title)
    add(channel, f"{{{RSS1}}}link", f"{base_url}/{publisher.name}/")
    add(channel, f"{{{RSS1}}}description", publisher.description)
    add(channel, f"{{{DC}}}language", publisher.language)
    add(channel, f"{{{DC}}}date", _local(publisher, edition.modified).isoformat())
    order = add(add(channel, f"{{{RSS1}}}items"), f"{{{RDF}}}Seq")
    for item in edition.items:
        add(order, f"{{{RDF}}}li").set(f"{{{RDF}}}resource", item.url(base_url))
        _rdf_item(root, publisher, item, base_url)
    return serialise(root)


def add(parent: etree._Element, tag: str, text: str | None = None, **given: str) -> etree._Element:
    """Append an element with its text and attributes."""
    child = etree.SubElement(parent, tag)
    child.text = text
    for name, value in given.items():
        child.set(name, value)
    return child


def add_picture(parent: etree._Element, item: Item, base_url: str) -> None:
    """Append an item's picture as Media RSS, with its caption, alt text and credit."""
    if item.picture is None:
        return
    content = add(
        parent,
        f"{{{MEDIA}}}content",
        url=f"{base_url}/images/{item.picture.name}.svg",
        medium="image",
        type="image/svg+xml",
        width="960",
        height="540",
    )
    add(content, f"{{{MEDIA}}}title", item.picture.alt, type="plain")
    add(content, f"{{{MEDIA}}}description", item.picture.caption, type="plain")
    add(content, f"{{{MEDIA}}}credit", item.picture.credit, role="photographer")


def serialise(root: etree._Element) -> bytes:
    """Write a document in UTF-8 with its declaration."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def absolute(html: str, base_url: str) -> str:
    """Put the origin before a body's addresses, which the newsroom writes as paths."""
    return html.replace('="/', f'="{base_url}/')


def _rss_item(channel: etree._Element, publisher: Publisher, item: Item, base_url: str) -> None:
    node = add(channel, "item")
    add(node, "title", item.title)
    add(node, "link", item.url(base_url))
    # One publisher says nothing about ids, as half of the small ones do.
    if not publisher.malformed:
        add(node, "guid", f"{publisher.domain}/{item.key}", isPermaLink="false")
    add(node, "pubDate", _date(publisher, item.published))
    if item.updated > item.published:
        add(node, f"{{{ATOM}}}updated", item.updated.isoformat(timespec="seconds"))
    for author in item.authors:
        add(node, f"{{{DC}}}creator", author)
    add(node, "category", item.category)
    if item.via is not None:
        add(node, "source", item.via.title, url=base_url + item.via.feed_path)
    if publisher.malformed:
        add(node, "description", absolute(item.body, base_url))
    else:
        add(node, "description", item.summary)
        add(node, f"{{{CONTENT}}}encoded", absolute(item.body, base_url))
    add_picture(node, item, base_url)


def _rdf_item(root: etree._Element, publisher: Publisher, item: Item, base_url: str) -> None:
    node = add(root, f"{{{RSS1}}}item")
    node.set(f"{{{RDF}}}about", item.url(base_url))
    add(node, f"{{{RSS1}}}title", item.title)
    add(node, f"{{{RSS1}}}link", item.url(base_url))
    add(node, f"{{{RSS1}}}description", item.summary)
    add(node, f"{{{DC}}}date", _local(publisher, item.published).isoformat())
    for author in item.authors:
        add(node, f"{{{DC}}}creator", author)
    add(node, f"{{{DC}}}subject", item.category)
    if item.via is not None:
        add(node, f"{{{DC}}}source", item.via.title)
    add(node, f"{{{CONTENT}}}encoded", absolute(item.body, base_url))
    add_picture(node, item, base_url)


def _date(publisher: Publisher, moment: datetime) -> str:
    local = _local(publisher, moment)
    if publisher.local_dates:
        # Without the day's name, which RFC 822 lets out: feedparser reads no date that has a
        # day's name and no zone.
        written = format_datetime(local.replace(tzinfo=None))
        return written.partition(", ")[2].removesuffix(" -0000")
    return format_datetime(local)


def _local(publisher: Publisher, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(publisher.timezone)).replace(microsecond=0)
