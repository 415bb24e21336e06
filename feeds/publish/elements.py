"""Elements that feedgen can't write as clients want them: items, plain children and Media RSS.

Media RSS is written without a group: a lone thumbnail in a group has no alternatives to choose
from (Media RSS 1.5.1, media:group), and several clients look for pictures beside it only.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from urllib.parse import urlsplit

from lxml.etree import CDATA, Element, SubElement, _Element, tostring

from feeds.model import Image
from feeds.publish.document import Elsewhere

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


class Nest:
    """What items are built in: a root that declares what their feed's root does.

    A copy of a tree costs a third of making it anew.
    """

    def __init__(self, tag: str, namespaces: Mapping[str, str]) -> None:
        self._root = Element("root", nsmap=dict(namespaces))
        # The root's start tag ends in "/>" here, and in ">" once it has children.
        self._start = len(tostring(self._root)) - len(b"/")
        SubElement(self._root, tag)

    def start(self) -> tuple[_Element, _Element]:
        """Start an item; gives its root, to be handed to `written`, and itself."""
        root = deepcopy(self._root)
        return root, root[0]

    def written(self, root: _Element) -> bytes:
        """Write an item as it stands in a feed."""
        return tostring(root, encoding="UTF-8")[self._start : -len(b"</root>")]


def as_text(html: str) -> str | CDATA:
    """Give HTML to be an element's text: in CDATA, where that can hold it.

    `]]>` would end it, and a carriage return would be read as a line feed (XML 1.0 §2.11).
    """
    return html if "]]>" in html or "\r" in html else CDATA(html)


def image_type(url: str) -> str | None:
    """Tell a picture's media type by its address; `None` where it doesn't say."""
    return _IMAGE_TYPES.get(urlsplit(url).path.rpartition(".")[2].lower())


def add_related(parent: _Element, tag: str, others: Iterable[Elsewhere]) -> None:
    """Link to who else tells the same news; `tag` is Atom's link (RFC 4287 §4.2.7.2)."""
    for one in others:
        title = f"{one.publisher}: {one.title}" if one.publisher else one.title
        add(parent, tag, href=one.url, rel="related", title=title)


_CONTENT, _THUMBNAIL = f"{{{MEDIA}}}content", f"{{{MEDIA}}}thumbnail"
_DESCRIPTION, _CREDIT = f"{{{MEDIA}}}description", f"{{{MEDIA}}}credit"


def add_image(parent: _Element, image: Image) -> None:
    """Append a picture with its caption and credit, and the same picture as thumbnail."""
    content = SubElement(parent, _CONTENT)
    content.set("url", image.url)
    content.set("medium", "image")
    if kind := image_type(image.url):
        content.set("type", kind)
    _set_size(content, image)
    if caption := image.caption or image.alt:
        add(content, _DESCRIPTION, caption).set("type", "plain")
    if image.credit:
        add(content, _CREDIT, image.credit)
    thumbnail = SubElement(parent, _THUMBNAIL)
    thumbnail.set("url", image.url)
    _set_size(thumbnail, image)


def _set_size(element: _Element, image: Image) -> None:
    if image.width:
        element.set("width", str(image.width))
    if image.height:
        element.set("height", str(image.height))
