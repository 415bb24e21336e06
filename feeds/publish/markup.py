"""Markup as text: how items are written, by templates with their values escaped.

A tree of an item in lxml costs eight times as much, and is taken apart as soon as it is written.
So these follow lxml to the byte, and tests hold items to what feedgen writes as a tree: whoever
adds to an item writes a template here, and a tree there.
"""

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from feeds.model import Image
from feeds.publish.characters import encoded
from feeds.publish.document import Elsewhere, FeedItem

_CDATA, _CDATA_END = b"<![CDATA[", b"]]>"
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


def text(value: str) -> str:
    """Escape what stands between tags; a carriage return would be read as a line feed (§2.11)."""
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value.replace("\r", "&#13;")


def attribute(value: str) -> str:
    """Escape what stands in double quotes, where white space would be read as spaces (§3.3.3)."""
    value = text(value).replace('"', "&quot;")
    return value.replace("\n", "&#10;").replace("\t", "&#9;")


@lru_cache(maxsize=8)  # each format asks for the same
def texts(*values: str) -> tuple[str, ...]:
    """Escape several values as `text` does, at once."""
    return _parted(text("\0".join(values)), len(values))


@lru_cache(maxsize=8)
def attributes(*values: str) -> tuple[str, ...]:
    """Escape several values as `attribute` does, at once."""
    return _parted(attribute("\0".join(values)), len(values))


def _parted(joined: str, count: int) -> tuple[str, ...]:
    found = tuple(joined.split("\0"))
    if len(found) != count:
        raise ValueError("a control character")
    return found


def shared(item: FeedItem) -> tuple[str, str, str, str, str]:
    """List what RSS and Atom both tell as text, to be escaped once for both."""
    return item.id, item.link, item.title, item.summary, item.language


def written(before: str, html: bytes, after: str) -> bytes:
    """Put an item together; a `ValueError` where XML can't hold it."""
    return encoded(before) + html + encoded(after)


@lru_cache(maxsize=16)  # each format asks, one after the other
def content(html: str) -> bytes:
    """Give HTML as an element's text: in CDATA, where that can hold it.

    `]]>` would end it, and a carriage return would be read as a line feed. A `ValueError` where
    XML can't hold it.
    """
    if "]]>" in html or "\r" in html:
        return encoded(text(html))
    return _CDATA + encoded(html) + _CDATA_END


def is_literal(content: bytes) -> bool:
    """Tell content that stands in CDATA, where nothing is escaped."""
    return content.startswith(_CDATA)


def related(tag: str, others: Iterable[Elsewhere]) -> str:
    """Link to who else tells the same news; `tag` is Atom's link (RFC 4287 §4.2.7.2)."""
    return "".join([f"<{tag}{_told(one)}/>" for one in others])


@lru_cache(maxsize=1024)  # all of a story name each other
def _told(one: Elsewhere) -> str:
    title = f"{one.publisher}: {one.title}" if one.publisher else one.title
    return f' href="{attribute(one.url)}" rel="related" title="{attribute(title)}"'


@lru_cache(maxsize=4)  # each format asks, one after the other
def picture(image: Image | None) -> str:
    """Tell a picture with its caption and credit, and the same picture as thumbnail.

    Media RSS is written without a group: a lone thumbnail in a group has no alternatives to choose
    from (Media RSS 1.5.1, media:group), and several clients look for pictures beside it only.
    """
    if image is None:
        return ""
    url, size = f' url="{attribute(image.url)}"', _size(image)
    kind = image_type(image.url)
    start = f'<media:content{url} medium="image"' + (f' type="{kind}"' if kind else "")
    inside = ""
    if caption := image.caption or image.alt:
        inside += f'<media:description type="plain">{text(caption)}</media:description>'
    if image.credit:
        inside += f"<media:credit>{text(image.credit)}</media:credit>"
    end = f">{inside}</media:content>" if inside else "/>"
    return f"{start}{size}{end}<media:thumbnail{url}{size}/>"


def _size(image: Image) -> str:
    width = f' width="{image.width}"' if image.width else ""
    return f'{width} height="{image.height}"' if image.height else width


def image_type(url: str) -> str | None:
    """Tell a picture's media type by its address; `None` where it doesn't say."""
    return _IMAGE_TYPES.get(urlsplit(url).path.rpartition(".")[2].lower())
