"""Titles and other texts that should be plain, but often carry markup.

Theory: an `&amp;` or a tag in a title is seen by every reader, so it is resolved wherever the
text can be nothing else: known entities, and tags of HTML's inline elements. Other angle
brackets are the writer's: "x < y" and "List<int>" stay.
"""

import re
from html import escape, unescape

from feeds.text.html import plain

_TAG = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|br|center|cite|code|del|div|em|figure|font|h[1-6]|i|img|ins|"
    r"li|mark|ol|p|pre|q|s|small|span|strike|strong|sub|sup|table|td|tr|tt|u|ul)(?:\s[^<>]*)?/?>"
    r"|</(?:script|style|iframe|object)>|<!--",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def words(text: str, is_html: bool | None = None) -> str:
    """Give the words of a text on one line; `None` for `is_html` means: tell by itself."""
    if is_html or (is_html is None and "<" in text and _TAG.search(text)):
        text = plain(text)
    if "&" in text and _ENTITY.search(text):
        text = unescape(text)
    return " ".join(text.split())


def as_html(text: str, is_html: bool) -> str:
    """Give a text as HTML: escaped where it is plain (RFC 4287 §3.1.1.1)."""
    return text if is_html else escape(text, quote=False)
