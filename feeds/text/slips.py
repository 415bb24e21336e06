"""Slips in publishers' HTML after which a parser that keeps to HTML5 swallows all that follows.

Theory: a browser's reader sees the hole and reloads; an entry's reader only sees an article that
ends too early, and no one misses the rest. XHTML's `<iframe/>`, one that is never closed, a
comment without an end and a `<!` that begins none are such slips. They are mended in the text
before it is parsed; the cleaner comes after, so that nothing here can make markup safe or unsafe.

What stands inside a frame is for readers who have none, as ours: often a link to what it shows
(HTML 4.01 §16.5). HTML5 reads it as text, so frames are taken away before it looks.
"""

import re

# The elements whose content HTML5 reads as text, or that we drop with what is in them.
_SELF_CLOSED = re.compile(
    r"<(iframe|object|script|style|textarea|title|noscript|noembed|noframes|xmp|template|video|"
    r"audio|canvas|select|button)(\s[^<>]*)?/>"  # in XHTML, where names are in lower case
)
# Without these the words of a drawing or formula are words; with them a cleaner drops them all,
# and what follows a shape besides.
_DRAWN = (
    "svg|g|defs|switch|desc|text|tspan|textPath|path|rect|circle|ellipse|line|polyline|polygon|use|"
    "symbol|stop|linearGradient|radialGradient|clipPath|mask"
)
_FORMULA = (
    "math|semantics|mrow|mi|mo|mn|ms|mtext|mspace|msup|msub|msubsup|mfrac|msqrt|mroot|munder|mover|"
    "munderover|mtable|mtr|mtd|mfenced|mstyle|mpadded|mphantom|menclose|mmultiscripts"
)
FOREIGN = re.compile(rf"</?(?:{_DRAWN}|{_FORMULA})(?:\s[^<>]*)?/?>")
_FRAME = re.compile(r"<iframe(?:\s[^<>]*)?>", re.IGNORECASE)
_FRAME_END = re.compile(r"</iframe\s*>", re.IGNORECASE)
# What is said to those whose browser is too old, and no news.
EXCUSE = re.compile(
    r"(<iframe(?:\s[^<>]*)?>)[^<]{0,200}(?:browser|trình duyệt|frames?\b)[^<]{0,200}(?=</iframe)",
    re.IGNORECASE,
)
_ANY_FRAME = re.compile("<iframe", re.IGNORECASE)
_NO_DECLARATION = re.compile(r"<!(?!--|\[|[dD][oO][cC][tT][yY][pP][eE]\s[^<>]*>)")


def without_slips(html: str) -> str:
    """Mend what would swallow the rest of a text; anything else stays as it is."""
    if "/>" in html:
        html = _SELF_CLOSED.sub(r"<\1\2></\1>", html)
    if is_foreign(html):
        html = FOREIGN.sub("", html)
    if _ANY_FRAME.search(html):
        html = _without_frames(html)
    if "<!" in html:
        html = _NO_DECLARATION.sub("&lt;!", html)
        open_from = html.find("<!--", html.rfind("-->") + 1)
        if open_from >= 0:  # HTML5 ends what `<?` opens at the next bracket
            html = html[:open_from] + html[open_from:].replace("<!--", "<?")
    return html


def is_foreign(html: str) -> bool:
    """Tell whether there is a drawing or a formula in a text."""
    return "<svg" in html or "<math" in html


def _without_frames(html: str) -> str:
    """Leave of frames what stands in them; where one can't be read, close what is open."""
    html = EXCUSE.sub(r"\1", html)
    bare = _FRAME.sub("", html)
    if not _ANY_FRAME.search(bare):
        return _FRAME_END.sub("", bare)
    closed_to = html.rfind("</iframe") + 1
    return html[:closed_to] + _FRAME.sub(r"\g<0></iframe>", html[closed_to:])
