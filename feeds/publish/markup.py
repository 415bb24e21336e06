"""Markup as text: how values are escaped that are put into what feedgen wrote.

A tree of an item in lxml costs eight times as much, and is taken apart as soon as it is written.
So these follow lxml to the byte.
"""

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from feeds.publish.characters import encoded

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
    return _quoted(text(value))


def _quoted(escaped: str) -> str:
    return escaped.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def escaped(values: Sequence[str]) -> tuple[str, ...]:
    """Escape values as `text` does and then all as `attribute` does, at once.

    A value with a NUL is a `ValueError`.
    """
    joined = text("\0".join(values))
    return _parted(joined, len(values)) + _parted(_quoted(joined), len(values))


def _parted(joined: str, count: int) -> tuple[str, ...]:
    found = tuple(joined.split("\0"))
    if len(found) != count:
        raise ValueError("a control character")
    return found


@lru_cache(maxsize=16)  # each format asks, one after the other
def content(html: str) -> bytes:
    """Give HTML as an element's text: in CDATA, where that can hold it.

    `]]>` would end it, and a carriage return would be read as a line feed. A `ValueError` where
    XML can't hold it.
    """
    if is_literal(html):
        return _CDATA + encoded(html) + _CDATA_END
    return encoded(text(html))


def is_literal(html: str) -> bool:
    """Tell HTML that can stand in CDATA, where nothing is escaped."""
    return "]]>" not in html and "\r" not in html


def is_in_tag(markup: str, at: int) -> bool:
    """Tell a place inside of a tag, thus in an attribute, from one between tags."""
    return markup.rfind("<", 0, at) > markup.rfind(">", 0, at)


def image_suffix(url: str) -> str:
    """Give the end of a picture's address that tells its media type, as `.jpg`, or nothing."""
    suffix = urlsplit(url).path.rpartition(".")[2].lower()
    return f".{suffix}" if suffix in _IMAGE_TYPES else ""


def image_type(url: str) -> str | None:
    """Tell a picture's media type by its address; `None` where it doesn't say."""
    return _IMAGE_TYPES.get(image_suffix(url)[1:])
