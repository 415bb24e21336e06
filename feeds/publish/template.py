"""Heads by template: feedgen writes each kind of head once, and values are put into what it wrote.

Most of a head is the same in all feeds, and feedgen takes longer for it than fifty items take. A
test holds what comes out to what feedgen writes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from feeds.publish.characters import encoded
from feeds.publish.document import FeedDocument, Place
from feeds.publish.feed_head import WHOLE, FeedHead
from feeds.publish.frame import Frame
from feeds.publish.markup import attribute, is_in_tag, text

Draw = Callable[[FeedDocument], Frame]
Stamp = Callable[[datetime], str]

# What stands for a value until it is put in: letters that no site's own strings hold.
_KEY, _TITLE, _DESCRIPTION, _PAGE_URL = "\ue0fa", "\ue0fb", "\ue0fc", "\ue0fd"
_BEFORE = 902_304_057_061  # a page's number
_MOMENT = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Template:
    """A head in pieces: what stands there, and between them which value, and whether in a tag."""

    pieces: tuple[bytes, ...]
    slots: tuple[tuple[str, bool], ...]
    after: bytes


def filled(draw: Draw, stamp: Stamp, spelt: Callable[[str], str], document: FeedDocument) -> Frame:
    """Write what `draw` would, from a template where there can be one.

    `stamp` writes the date of the last change, and `spelt` what was escaped, as the format does.
    """
    head, place = document.head, document.place
    if (
        document.gone
        or place.page is not None
        or place.after is not None
        or head.key in WHOLE
        or head.query
        or type(head) is not FeedHead
    ):
        return draw(document)
    site = (head.base_url, head.language, head.tag_authority, head.hub_urls)
    found = _template(draw, stamp, site, place.before is not None)
    values = {
        _KEY: head.key,
        _TITLE: head.title,
        _DESCRIPTION: head.description,
        _PAGE_URL: head.page_url,
        str(_BEFORE): str(place.before),
        stamp(_MOMENT): stamp(document.updated.replace(microsecond=0)),
    }
    parts = [found.pieces[0]]
    for (name, in_tag), piece in zip(found.slots, found.pieces[1:], strict=True):
        value = attribute(values[name]) if in_tag else text(values[name])
        parts += [encoded(spelt(value)), piece]
    return b"".join(parts), found.after


@lru_cache(maxsize=64)
def _template(
    draw: Draw, stamp: Stamp, site: tuple[str, str, str, tuple[str, ...]], has_before: bool
) -> _Template:
    """Let feedgen write a head with marks in it, and cut it at these."""
    base_url, language, tag_authority, hub_urls = site
    head = FeedHead(
        key=_KEY,
        title=_TITLE,
        description=_DESCRIPTION,
        page_url=_PAGE_URL,
        base_url=base_url,
        language=language,
        tag_authority=tag_authority,
        hub_urls=hub_urls,
    )
    place = Place(before=_BEFORE if has_before else None)
    before, after = draw(FeedDocument(head=head, updated=_MOMENT, items=(), place=place))
    marks = (_KEY, _TITLE, _DESCRIPTION, _PAGE_URL, str(_BEFORE), stamp(_MOMENT))
    whole = before.decode()
    cuts = list(re.finditer("|".join(map(re.escape, marks)), whole))
    ends = [0, *(one.end() for one in cuts)]
    starts = [*(one.start() for one in cuts), len(whole)]
    return _Template(
        pieces=tuple(whole[at:to].encode() for at, to in zip(ends, starts, strict=True)),
        slots=tuple((one.group(), is_in_tag(whole, one.start())) for one in cuts),
        after=after,
    )
