"""Elements that feedgen can't write as clients want them: items, plain children and Media RSS.

Media RSS is written without a group: a lone thumbnail in a group has no alternatives to choose
from (Media RSS 1.5.1, media:group), and several clients look for pictures beside it only.
"""

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from lxml.etree import Element, SubElement, _Element, tostring

from feeds.model import Image

AT = "http://purl.org/atompub/tombstones/1.0"
ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
FH = "http://purl.org/syndication/history/1.0"
MEDIA = "http://search.yahoo.com/mrss/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# Not `mimetypes`: it reads the machine's own tables, and the same rows would give other bytes.
_IMAGE_TYPES = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}


def add(parent: _Element, tag: str, text: str | None = None, /, **attributes: str) -> _Element:
    """Append a child with text and attributes."""
    child = SubElement(parent, tag, attributes)
    child.text = text
    return child


def nest(tag: str, namespaces: Mapping[str, str]) -> tuple[_Element, _Element]:
    """Start an element inside a root that declares what a feed's root does; gives both."""
    root = Element("root", nsmap=dict(namespaces))
    return root, SubElement(root, tag)


def inner(root: _Element, namespaces: Mapping[str, str]) -> bytes:
    """Write the only child of a root made by `nest`, as it stands in a feed."""
    start = _start(tuple(namespaces.items()))
    return tostring(root, encoding="UTF-8")[start : -len(b"</root>")]


@lru_cache(maxsize=8)
def _start(namespaces: tuple[tuple[str, str], ...]) -> int:
    """Measure the root's start tag, whose declarations stand on the feed's root already."""
    return len(tostring(Element("root", nsmap=dict(namespaces)))) - len(b"/")


def image_type(url: str) -> str | None:
    """Tell a picture's media type by its address; `None` where it doesn't say."""
    return _IMAGE_TYPES.get(urlsplit(url).path.rpartition(".")[2].lower())


def add_image(parent: _Element, image: Image) -> None:
    """Append a picture with its caption and credit, and the same picture as thumbnail."""
    size = {
        name: str(value)
        for name, value in (("width", image.width), ("height", image.height))
        if value
    }
    kind = image_type(image.url)
    typed = {"type": kind} if kind else {}
    content = add(parent, f"{{{MEDIA}}}content", url=image.url, medium="image", **typed, **size)
    if caption := image.caption or image.alt:
        add(content, f"{{{MEDIA}}}description", caption, type="plain")
    if image.credit:
        add(content, f"{{{MEDIA}}}credit", image.credit)
    add(parent, f"{{{MEDIA}}}thumbnail", url=image.url, **size)
