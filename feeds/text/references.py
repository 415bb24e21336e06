"""References of HTML, such as `&nbsp;`, written as the cleaner writes them: most as characters.

Theory: a reference is read without a parser where it can be read in one way only. It ends with a
semicolon and names what can be seen, or it is none: an ampersand before what begins no name that
HTML knows without a semicolon. Most are of letters and marks beyond ASCII, of which nothing in
markup is made, so they are resolved wherever they stand, in one go.
"""

import re
from functools import lru_cache
from html import unescape
from html.entities import html5

_REFERENCE = re.compile("&(#?[A-Za-z0-9]*;?)")
_BARE = re.compile("&(?!#?[A-Za-z0-9]+;)")
_OF_QUERY = re.compile("&(?=[A-Za-z0-9_]+=)")
_MOST_KINDS = 200  # in one text: it is gone through for each
_LONGEST = 40  # of a name; Python refuses to read a number of thousands of digits
# Spaces of all widths, joiners and marks of direction, which stand in texts as they came.
UNSEEN = re.compile("[\t\xa0\xad\u2000-\u200a\u200c-\u200f\u202f\u205f\u3000]")
# Names that browsers know without a semicolon.
_OPEN = tuple(name for name in html5 if not name.endswith(";"))


def resolved(html: str) -> tuple[str, bool]:
    """Resolve what is beyond ASCII, in tags too; tells whether `rewritten` must do the rest."""
    parts = _REFERENCE.split(html)
    written = [*map(_anywhere, parts[1::2])]
    is_more = "" in written
    if is_more:
        written = [new or f"&{name}" for new, name in zip(written, parts[1::2], strict=True)]
    parts[1::2] = written
    return "".join(parts), is_more


def rewritten(text: str) -> str | None:
    """Write a text's references as the cleaner does; `None` where one is in doubt.

    What is left are those of `&`, `<`, `>` and of the space that doesn't break.
    """
    names = {*_REFERENCE.findall(text)}
    if len(names) > _MOST_KINDS:
        return None
    known = {name: _written(name) for name in names}
    # First what is no reference, so that none is made of it below.
    if not all(map(_is_whole, known)):
        text = _BARE.sub("&amp;", text)
    for name, char in known.items():
        if char is None:
            return None
        if _is_whole(name) and char != (reference := f"&{name}"):
            text = text.replace(reference, char)
    return text


def rewritten_value(value: str) -> str | None:
    """Do the same for an attribute's value, where an ampersand may part a query."""
    if "&" in value.replace("&amp;", ""):
        found = rewritten(_OF_QUERY.sub("&amp;", value))
        if found is None:
            return None
        value = found
    return value.replace('"', "&quot;").replace("\xa0", "&nbsp;")


@lru_cache(maxsize=1024)
def _anywhere(name: str) -> str:
    """Write a reference that means the same in texts and tags; nothing for any other."""
    char = _written(name) if _is_whole(name) else None
    if char in (f"&{name}", "&nbsp;") or (char and min(char) > "\x7f"):
        return char
    return ""


def _is_whole(name: str) -> bool:
    return len(name) > 1 and name.endswith(";")


@lru_cache(maxsize=1024)
def _written(name: str) -> str | None:
    """Write what follows an ampersand; `None` where it may be read otherwise than it stands."""
    if len(name) > _LONGEST:
        return None
    if name in html5 or name.startswith("#"):
        char = unescape(f"&{name}") if name.endswith(";") else ""
        is_seen = 1 <= len(char) <= 2 and UNSEEN.sub("", char).isprintable()
        return _escaped(char) if is_seen else None
    return None if name.startswith(_OPEN) else f"&amp;{name}"


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\xa0", "&nbsp;")
