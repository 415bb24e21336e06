"""Links that stand in HTTP headers (RFC 8288)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from feeds.urls import absolute

# Several headers arrive joined by commas, and a comma may also stand in an address or in quotes;
# so the field is read from left to right (RFC 8288, appendix B.2), and never split.
_PARAMETER = re.compile(
    r'\s*+;\s*+(?P<name>[^\s=;,"]*+)\s*+(?:=\s*+(?:"(?P<quoted>(?:[^"\\]|\\.)*+)"|(?P<plain>[^;,"]*+)))?+',
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class WebLink:
    """One link of a document: where it leads, and its relations in small letters."""

    url: str
    relations: frozenset[str]


def read_links(field: str, url: str) -> Iterator[WebLink]:
    """Read a Link field of the document at `url`; links of other documents are left out.

    An address that is absolute is kept character by character: a hub compares topics so.
    """
    at = field.find("<")
    while at >= 0:
        end = field.find(">", at)
        if end < 0:
            return
        target = field[at + 1 : end].strip()
        given, after = _parameters(field, end + 1)
        found = resolve(url, target)
        if found is not None and _is_of(given.get("anchor"), url):
            yield WebLink(found, frozenset(given.get("rel", "").lower().split()))
        comma = field.find(",", after)
        at = -1 if comma < 0 else field.find("<", comma)


def resolve(url: str, target: str) -> str | None:
    """Make an address absolute, and leave one alone that is; `None` unless it leads to the web."""
    found = absolute(url, target)
    if found is not None and target.lower().startswith(("http://", "https://")):
        return target
    return found


def _parameters(field: str, at: int) -> tuple[dict[str, str], int]:
    """Read a link's parameters; of those that stand twice the first counts (§3.3)."""
    given: dict[str, str] = {}
    while (found := _PARAMETER.match(field, at)) is not None:
        value = found["plain"] or ""
        if found["quoted"] is not None:
            value = _ESCAPED.sub(r"\1", found["quoted"])
        given.setdefault(found["name"].lower(), value.strip())
        at = found.end()
    return given, at


def _is_of(anchor: str | None, url: str) -> bool:
    """Tell whether a link speaks of the document that it came with (§3.2)."""
    return anchor is None or resolve(url, anchor or url) == url
