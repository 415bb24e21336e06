"""Links and pictures in cleaned markup: their addresses resolved, their attributes in one order.

Attributes come in as a parser wrote them: names in lower case, values in double quotes, with
every `<`, `>`, `&` and `"` in them escaped.
"""

import re
from functools import lru_cache
from html import escape

from feeds.urls import absolute

LAZY = ("data-src", "data-original", "data-lazy-src")
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height", "title", *LAZY},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
LINK_REL = "nofollow noopener"
# All that a parser writes; the ampersand last, so that nothing is read twice.
REFERENCES = (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", "\xa0"), ("&quot;", '"'), ("&amp;", "&"))
ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')


def link_address(written: str, base_url: str | None) -> str:
    """Write a link's `href` anew; nothing for what leads nowhere."""
    url = absolute(base_url, _unescaped(written))
    return f' href="{_quoted(url)}"' if url else ""


def picture(attributes: dict[str, str], base_url: str | None) -> str:
    """Write an image anew: its real address first; nothing for what a reader would not see."""
    for side in ("width", "height"):
        if side in attributes and pixels(attributes[side]) in (0, 1):
            return ""
    url = None
    for name in (*LAZY, "src"):
        if url is None and name in attributes:
            url = absolute(base_url, _unescaped(attributes[name]))
    if url is None:
        return ""
    shown = [
        f' {name}="{attributes[name]}"'
        for name in ("alt", "width", "height", "title")
        if name in attributes
    ]
    return f'<img src="{_quoted(url)}"{"".join(shown)}>'


@lru_cache(maxsize=1024)
def pixels(value: str | None) -> int | None:
    """Read a size in pixels; `None` for percentages and anything else."""
    digits = (value or "").strip().removesuffix("px")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None


def _unescaped(value: str) -> str:
    """Read what a parser wrote, for less than HTML's list of names costs."""
    if "&" in value:
        for reference, char in REFERENCES:
            value = value.replace(reference, char)
    return value


def _quoted(value: str) -> str:
    """Escape an attribute's value as nh3 does, which leaves apostrophes alone."""
    return escape(value, quote=False).replace('"', "&quot;")
