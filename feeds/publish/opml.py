"""OPML 2.0 (http://opml.org/spec2.opml): the list of our feeds, for a reader to take over whole."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from feeds.publish.characters import xml_safe
from feeds.publish.elements import add


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed in the list; `html_url` is the page that it mirrors."""

    title: str
    xml_url: str
    html_url: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class OutlineGroup:
    """Feeds of one kind under one heading, in the order in which they are shown."""

    text: str
    outlines: tuple[Outline, ...]


def render_opml(title: str, owner_url: str, outlines: Sequence[OutlineGroup]) -> bytes:
    """Write the list without dates, so that the same feeds give the same bytes.

    `owner_url` is the page where a person finds us. A group without feeds is left out.
    """
    root = etree.Element("opml", version="2.0")
    head = add(root, "head")
    add(head, "title", xml_safe(title))
    add(head, "ownerId", xml_safe(owner_url))
    add(head, "docs", "http://opml.org/spec2.opml")
    body = add(root, "body")
    for group in outlines:
        if group.outlines:
            _add_group(body, group)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _add_group(body: etree._Element, group: OutlineGroup) -> None:
    text = xml_safe(group.text)
    parent = add(body, "outline", text=text, title=text)
    for outline in group.outlines:
        title = xml_safe(outline.title).strip() or outline.xml_url  # text must stand on each
        attributes = {
            "type": "rss",  # whatever the format: §"Subscription lists" knows no other word
            "text": title,
            "title": title,
            "xmlUrl": xml_safe(outline.xml_url),
            "htmlUrl": xml_safe(outline.html_url),
        }
        if outline.language:
            attributes["language"] = xml_safe(outline.language)
        etree.SubElement(parent, "outline", attributes)
