"""Elements that feedgen can't write as clients want them: plain children and Media RSS.

Media RSS is written without a group: a lone thumbnail in a group has no alternatives to choose
from (Media RSS 1.5.1, media:group), and several clients look for pictures beside it only.
"""

from urllib.parse import urlsplit

from lxml.etree import SubElement, _Element

from feeds.model import Image

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
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


def add_image(parent: _Element, image: Image) -> None:
    """Append a picture with its caption and credit, and the same picture as thumbnail."""
    size = {
        name: str(value)
        for name, value in (("width", image.width), ("height", image.height))
        if value
    }
    kind = _IMAGE_TYPES.get(urlsplit(image.url).path.rpartition(".")[2].lower())
    typed = {"type": kind} if kind else {}
    content = add(parent, f"{{{MEDIA}}}content", url=image.url, medium="image", **typed, **size)
    if caption := image.caption or image.alt:
        add(content, f"{{{MEDIA}}}description", caption, type="plain")
    if image.credit:
        add(content, f"{{{MEDIA}}}credit", image.credit)
    add(parent, f"{{{MEDIA}}}thumbnail", url=image.url, **size)
