"""Spoil a good RSS document the way careless publishing tools do.

Theory: each fault is one that real feeds show, and none hides the neighbours of the item that it
hits, so a reader that falls back to loose parsing still finds every other item.
"""

import re

CONTROL = b"\x07"
_NAMELESS = (
    "<item><pubDate>khong ro ngay</pubDate>"
    "<description>Tin đang được biên tập, xin bạn đọc quay lại sau.</description></item>\n"
).encode()


def spoil(document: bytes) -> bytes:
    """Break an RSS 2.0 document in four ways: bare ampersands, a control character in a title,
    an unclosed tag, and an item without title and link. One of fewer than four items stays whole.
    """
    items = re.split(rb"(?=<item>)", document)
    if len(items) < 5:
        return document
    items[2] = re.sub(rb"(<title>\S+)", rb"\1" + CONTROL, items[2], count=1)
    items[3] = items[3].replace(b"</category>", b"", 1)
    items.insert(4, _NAMELESS)
    # Only ampersands between words: those of other entities hold the markup together.
    return b"".join(items).replace(b" &amp; ", b" & ")
