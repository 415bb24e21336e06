"""Spoil a good RSS document the way careless publishing tools do.

Theory: each fault is one that real feeds show, and none hides the neighbours of the item that it
hits, so a reader that falls back to loose parsing still finds every other item.
"""

import re

CONTROL = b"\x0b"
_NAMELESS = (
    "<item><pubDate>khong ro ngay</pubDate>"
    "<description>Tin đang được biên tập, xin bạn đọc quay lại sau.</description></item>\n"
).encode()


def spoil(document: bytes) -> bytes:
    """Break an RSS 2.0 document in four ways: bare ampersands, a control character in a title,
    an unclosed tag, and an item without title and link.
    """
    items = re.split(rb"(?=<item>)", document)
    if len(items) < 5:
        return document
    items[2] = items[2].replace(b"<title>", b"<title>" + CONTROL, 1)
    items[3] = items[3].replace(b"</category>", b"", 1)
    items.insert(4, _NAMELESS)
    # Only the text's own ampersands: those of &lt; and &amp;lt; hold the markup together.
    return b"".join(items).replace(b"&amp;amp;", b"&amp;").replace(b" &amp; ", b" & ")
