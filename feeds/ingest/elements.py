"""What an item's element says of itself and its picture; read straight from the tree.

Both readers of XML feeds use it, because feedparser rewrites ids and mixes a picture's caption
with the entry's text. Comparing ids is character by character (RFC 4287 §4.2.6.1).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from feeds.ingest.words import words
from feeds.model import Image
from feeds.urls import absolute

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
_ANY_MEDIA = "{http://search.yahoo.com/mrss"
_OLD_MEDIA = "{http://search.yahoo.com/mrss}"  # version 1.1.2 added the slash
_TEXTS = {
    name: (f"{MEDIA}{name}", f"{_OLD_MEDIA}{name}") for name in ("description", "title", "credit")
}
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")


Named = tuple[str, etree._Element]  # an element with its name, without the namespace


@dataclass(frozen=True, slots=True)
class Details:
    """What is read from the element alone; `media_texts` are titles and captions of its media.

    `summary_type` is that of an Atom summary, `None` where there is none. `base_url` is set by
    xml:base alone. `is_encoded` tells that a text came in base64, as in Atom 0.3;
    `brief` is an RSS description, where a caption may have taken its place.
    """

    guid: str | None
    image: Image | None
    via_title: str | None
    via_url: str | None
    media_texts: frozenset[str]
    summary_type: str | None = None
    is_encoded: bool = False
    brief: str = ""
    base_url: str | None = None


def items_of(root: etree._Element) -> list[etree._Element]:
    """List the elements of a feed's items, in document order."""
    return list(root.iter("{*}item", "{*}entry"))


def feed_id(root: etree._Element) -> str | None:
    """Read an Atom document's own id as it was sent."""
    for space in (ATOM, "{http://purl.org/atom/ns#}"):
        if found := text_of(root.find(f"{space}id")):
            return found
    return None


def deleted_ids(root: etree._Element) -> tuple[str, ...]:
    """List the ids that the publisher took back (RFC 6721 §3)."""
    refs = (element.get("ref") for element in root.iter(_DELETED))
    return tuple(ref for ref in refs if ref)


def hubs_of(root: etree._Element, url: str) -> tuple[str, ...]:
    """List the hubs that a feed names for itself, in document order."""
    top = [root, *root.iterchildren("channel", "{*}channel")]
    links = [link for each in top for link in each.iterchildren("link", "{*}link")]
    found = [
        absolute(link.base or url, link.get("href", ""))
        for link in links
        if link.get("rel", "").lower() == "hub"
    ]
    return tuple(dict.fromkeys(filter(None, found)))


def details(item: etree._Element, url: str) -> Details:
    """Read an item's own id, its picture and where it was republished from."""
    media = [child for child in item if is_media(child)]
    others = [child for child in item if _local(child) in ("enclosure", "link", "image")]
    via_title, via_url = via(item, url)
    walked = walk(media)
    media_texts = frozenset(_media_texts(walked))
    return Details(
        guid=guid_of(item),
        image=image_of(item, media, walked, others, url),
        via_title=via_title,
        via_url=via_url,
        media_texts=media_texts,
        brief=text_of(item.find("description")) if media_texts else "",
        summary_type=_type(item.find(f"{ATOM}summary")),
        is_encoded=any(child.get("mode") == "base64" for child in item),
        base_url=base_of(_body_of(item), url),
    )


def guid_of(item: etree._Element) -> str | None:
    """Read an item's id as it was sent, without the white space around it."""
    space = item.tag[: item.tag.rfind("}") + 1]
    for child in item:
        if child.tag in (f"{space}guid", f"{space}id", "guid", "id", f"{ATOM}id"):
            text = text_of(child)
            if text:
                return text
    return item.get(_ABOUT)


def base_of(element: etree._Element, url: str) -> str | None:
    """Give what an element's relative addresses are against, where that is not its document."""
    base = element.base
    return base if base and base != url and absolute(None, base) else None


def _body_of(item: etree._Element) -> etree._Element:
    """Find the element that an item's text is in; the item itself where there is none."""
    for name in ("content", "summary", "description"):
        for child in item.iterchildren(f"{{*}}{name}", name):
            if not is_media(child):
                return child
    return item


def _type(text: etree._Element | None) -> str | None:
    """Give the type of a text construct; text is the default (RFC 4287 §3.1.1)."""
    return None if text is None else text.get("type", "text").lower()


def is_media(element: etree._Element) -> bool:
    """Tell an element of Media RSS."""
    return str(element.tag).startswith(_ANY_MEDIA)


def walk(media: Sequence[etree._Element]) -> list[Named]:
    """List elements of Media RSS and those within them with their names, in document order."""
    found: list[Named] = []
    for element in media:
        if len(element):
            found += [(_local(each), each) for each in element.iter() if is_media(each)]
        else:
            found.append((_local(element), element))
    return found


def text_of(element: etree._Element | None) -> str:
    """Give an element's text, its descendants' included, without the white space around it."""
    if element is None:
        return ""
    if len(element) == 0:
        return (element.text or "").strip()
    return "".join(str(part) for part in element.itertext()).strip()


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag[tag.rfind("}") + 1 :] if isinstance(tag, str) else ""


def _media_texts(walked: Sequence[Named]) -> Iterator[str]:
    for name, element in walked:
        if name in ("title", "description") and (text := text_of(element)):
            yield text


def image_of(
    item: etree._Element,
    media: Sequence[etree._Element],
    walked: Sequence[Named],
    others: Sequence[etree._Element],
    url: str,
) -> Image | None:
    """Choose the picture: the publisher's largest, else what is attached, else a thumbnail.

    `media` are the item's children of Media RSS, `walked` those and what is in them; `others` may
    be enclosures, links and images.
    """
    base = item.base or url
    for element in _candidates(walked, others):
        address = absolute(base, _address(element))
        if address:
            return _described(element, _around(element, item, media), address)
    return None


def _candidates(
    walked: Sequence[Named], others: Sequence[etree._Element]
) -> Iterator[etree._Element]:
    """Give what may be the picture, the likeliest first."""
    pictures = [each for name, each in walked if name == "content" and _is_picture(each)]
    yield from sorted(pictures, key=_width, reverse=True)
    yield from (each for each in others if _is_attached(each))
    thumbnails = [each for name, each in walked if name == "thumbnail"]
    yield from sorted(thumbnails, key=_width, reverse=True)
    yield from (each for each in others if each.tag in ("image", f"{ITUNES}image"))


def _is_attached(element: etree._Element) -> bool:
    if _local(element) == "link" and element.get("rel") != "enclosure":
        return False
    return _local(element) != "image" and _is_picture(element)


def _address(element: etree._Element) -> str:
    address = element.get("url") or element.get("href")
    if address is None:
        address = text_of(element.find("url")) or text_of(element)
    return address.strip()


def _is_picture(element: etree._Element) -> bool:
    kind = element.get("type") or element.get("medium") or ""
    if kind:
        return kind.startswith("image")
    address = _address(element).lower()
    return address.partition("?")[0].endswith(_PICTURES)


def _width(element: etree._Element) -> int:
    return _pixels(element.get("width")) or 0


def _pixels(text: str | None) -> int | None:
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None


def _around(
    element: etree._Element, item: etree._Element, media: Sequence[etree._Element]
) -> list[dict[str, etree._Element]]:
    """Map by tag what may describe a picture: what is in it, then in each element around it."""
    if not is_media(element):
        return []
    levels = []
    around: etree._Element | None = element
    while around is not None and around is not item:
        if len(around):
            levels.append(_first([child for child in around if is_media(child)]))
        around = around.getparent()
    return [*levels, _first(media)]


def _first(elements: Sequence[etree._Element]) -> dict[str, etree._Element]:
    """Map elements by tag; the first of each counts."""
    return {each.tag: each for each in reversed(elements)}


def _described(
    element: etree._Element, around: Sequence[dict[str, etree._Element]], address: str
) -> Image:
    """Make the image, with what the nearest element around it says of it."""
    return Image(
        url=address,
        caption=_nearest(around, "description") or _nearest(around, "title"),
        credit=_nearest(around, "credit"),
        width=_pixels(element.get("width")),
        height=_pixels(element.get("height")),
    )


def _nearest(around: Sequence[dict[str, etree._Element]], name: str) -> str:
    for level in around:
        for tag in _TEXTS[name]:
            if tag in level and (text := text_of(level[tag])):
                return words(text)
    return ""


def via(item: etree._Element, url: str) -> tuple[str | None, str | None]:
    """Read RSS's `source` or Atom's (RFC 4287 §4.2.11): where the entry was first."""
    for child in item:
        if _local(child) != "source":
            continue
        if child.get("url") is not None:
            title, address = text_of(child), child.get("url")
        else:
            title = text_of(child.find("{*}title"))
            address = _alternate(child) or text_of(child.find("{*}id"))
        where = absolute(child.base or url, (address or "").strip())
        if title or where:
            return words(title) or None, where
    return None, None


def _alternate(element: etree._Element) -> str | None:
    for link in element.iterfind("{*}link"):
        if link.get("rel", "alternate") == "alternate":
            return link.get("href") or text_of(link)
    return None
