"""The invented publishers' Atom (RFC 4287), with tombstones for what was taken back (RFC 6721)."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from worker.demo.edition import Edition, Item
from worker.demo.newsroom import Publisher
from worker.demo.rss import ATOM, MEDIA, absolute, add, add_picture, serialise

TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"


def atom(edition: Edition, base_url: str) -> bytes:
    """Write an edition as Atom."""
    publisher = edition.publisher
    # Any, because lxml's stubs know no default namespace.
    names: dict[Any, str] = {None: ATOM, "at": TOMBSTONES, "media": MEDIA}
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=names)
    root.set("{http://www.w3.org/XML/1998/namespace}lang", publisher.language)
    add(root, f"{{{ATOM}}}id", f"tag:{publisher.domain},2026:feed")
    add(root, f"{{{ATOM}}}title", publisher.title)
    add(root, f"{{{ATOM}}}subtitle", publisher.description)
    add(root, f"{{{ATOM}}}updated", _date(publisher, edition.modified))
    _link(root, "self", base_url + publisher.feed_path, "application/atom+xml")
    _link(root, "alternate", f"{base_url}/{publisher.name}/", "text/html")
    for stone in edition.tombstones:
        add(
            root,
            f"{{{TOMBSTONES}}}deleted-entry",
            ref=_id(publisher, stone.key),
            when=_date(publisher, stone.when),
        )
    for item in edition.items:
        _entry(root, publisher, item, base_url)
    return serialise(root)


def _entry(root: etree._Element, publisher: Publisher, item: Item, base_url: str) -> None:
    node = add(root, f"{{{ATOM}}}entry")
    add(node, f"{{{ATOM}}}id", _id(publisher, item.key))
    add(node, f"{{{ATOM}}}title", item.title, type="text")
    _link(node, "alternate", item.url(base_url), "text/html")
    if item.via is not None:
        _link(node, "via", base_url + item.via.feed_path, None, item.via.title)
    if item.picture is not None:
        picture = f"{base_url}/images/{item.picture.name}.svg"
        _link(node, "enclosure", picture, "image/svg+xml")
    add(node, f"{{{ATOM}}}published", _date(publisher, item.published))
    add(node, f"{{{ATOM}}}updated", _date(publisher, item.updated))
    # RFC 4287 §4.1.1: an entry without an author needs one from its feed; the desk signs.
    for author in item.authors or (publisher.title,):
        add(add(node, f"{{{ATOM}}}author"), f"{{{ATOM}}}name", author)
    add(node, f"{{{ATOM}}}category", term=item.category)
    add(node, f"{{{ATOM}}}summary", item.summary, type="text")
    add(node, f"{{{ATOM}}}content", absolute(item.body, base_url), type="html")
    add_picture(node, item, base_url)


def _link(parent: etree._Element, rel: str, href: str, kind: str | None, title: str = "") -> None:
    link = add(parent, f"{{{ATOM}}}link", rel=rel, href=href)
    if kind:
        link.set("type", kind)
    if title:
        link.set("title", title)


def _id(publisher: Publisher, key: str) -> str:
    return f"tag:{publisher.domain},2026:{key}"


def _date(publisher: Publisher, moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(publisher.timezone)).isoformat(timespec="seconds")
