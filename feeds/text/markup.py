"""Links and pictures in cleaned markup: their addresses resolved, their attributes in one order.

Attributes come in as a parser wrote them: names in lower case, values in double quotes, with
every `<`, `>`, `&` and `"` in them escaped.
"""

import re
from html import escape, unescape

from feeds.urls import absolute

LAZY = ("data-src", "data-original", "data-lazy-src")
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height", "title", *LAZY},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
LINK_REL = "nofollow noopener"
ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')


def link_address(written: str, base_url: str | None) -> str:
    """Write a link's `href` anew; nothing for what leads nowhere."""
    url = absolute(base_url, unescape(written))
    return f' href="{_quoted(url)}"' if url else ""


def picture(attributes: dict[str, str], base_url: str | None) -> str:
    """Write an image anew: its real address first; nothing for what a reader would not see."""
    if any(pixels(attributes.get(side)) in (0, 1) for side in ("width", "height")):
        return ""
    places = (unescape(attributes[name]) for name in (*LAZY, "src") if name in attributes)
    url = next(filter(None, (absolute(base_url, place) for place in places)), None)
    if url is None:
        return ""
    kept = ((name, attributes.get(name)) for name in ("alt", "width", "height", "title"))
    rest = "".join(f' {name}="{value}"' for name, value in kept if value is not None)
    return f'<img src="{_quoted(url)}"{rest}>'


def pixels(value: str | None) -> int | None:
    """Read a size in pixels; `None` for percentages and anything else."""
    digits = (value or "").strip().removesuffix("px")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None


def _quoted(value: str) -> str:
    """Escape an attribute's value as nh3 does, which leaves apostrophes alone."""
    return escape(value, quote=False).replace('"', "&quot;")
