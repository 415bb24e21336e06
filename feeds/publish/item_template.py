"""Items by template: feedgen writes each shape of item once, and values are put into what it wrote.

A shape is which values an item has and how many of each, not what they say. feedgen needs ten
times as long for an item as putting its values in takes. A test holds what comes out to what
feedgen writes of the same item, by the byte.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from itertools import islice
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import urlsplit

from feeds.model import Image
from feeds.publish.characters import encoded
from feeds.publish.document import Category, Elsewhere, FeedItem, Person
from feeds.publish.markup import content, escaped, image_suffix, is_in_tag

Draw = Callable[[FeedItem, "Lines"], bytes]
Stamp = Callable[[datetime], str]

# What stands for a value until it is put in: its number, between letters that no markup holds.
_MARK = re.compile("\ue0f1([0-9]+)\ue0f2(?:\\.[a-z]+)?|9023040570([0-9]{2})")
_HTML = "\ue0f3"
_PUBLISHED = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
_UPDATED = datetime(2002, 3, 4, 5, 6, 7, tzinfo=UTC)
_FIXED = 15  # values that every item has, be they empty


class _Shape(NamedTuple):
    """What decides an item's markup beside its values: which there are, and a picture's type."""

    has: tuple[bool, ...]
    has_html: bool
    has_image: bool
    suffix: str
    authors: int
    categories: int
    others: int


@dataclass(frozen=True, slots=True)
class _Half:
    """Markup in pieces, and between them which value: first as texts, then as attributes."""

    pieces: tuple[str, ...]
    pick: Callable[[tuple[str, ...]], tuple[str, ...]]

    def filled(self, values: tuple[str, ...]) -> str:
        parts = [""] * (2 * len(self.pieces) - 1)
        parts[0::2] = self.pieces
        parts[1::2] = self.pick(values)
        return "".join(parts)


class Lines(NamedTuple):
    """What is composed of an item's values, and stands in the markup as it is.

    `byline` names who wrote it, and where nobody is known, its publisher by name or host.
    `description` is the summary as HTML.
    """

    byline: str
    description: str


def lines(item: FeedItem) -> Lines:
    """Compose an item's lines."""
    return Lines(_byline(item), escape(item.summary, quote=False))


def _byline(item: FeedItem) -> str:
    if item.authors:
        return ", ".join([one.name for one in item.authors])
    url = item.source_url or item.external_url or item.link
    return item.source_title or urlsplit(url).hostname or item.link


def halves(draw: Draw, stamp: Stamp, item: FeedItem) -> tuple[str, bytes, str]:
    """Write what `draw` would: what stands before the content, the content, and what after.

    `stamp` writes a date. What XML can't hold is a `ValueError`.
    """
    shape, told = _told(item)
    before, after = _template(draw, stamp, shape)
    told = (*told, stamp(item.published), stamp(item.updated))
    html = content(item.html) if item.html else b""
    return before.filled(told), html, after.filled(told)


def filled(draw: Draw, stamp: Stamp, item: FeedItem) -> bytes:
    """Write an item as `draw` would."""
    before, html, after = halves(draw, stamp, item)
    return encoded(before) + html + encoded(after)


@lru_cache(maxsize=8)  # each format asks, one after the other
def _told(item: FeedItem) -> tuple[_Shape, tuple[str, ...]]:
    """List an item's values, escaped as texts and then as attributes."""
    image = item.image
    values = [
        item.id,
        item.link,
        item.title,
        item.summary,
        *lines(item),
        item.language,
        item.external_url or "",
        item.source_title,
        item.source_url or "",
    ]
    if image is None:
        values += [""] * (_FIXED - len(values))
    else:
        width, height = str(image.width or ""), str(image.height or "")
        values += [image.url, image.caption or image.alt, image.credit, width, height]
    for person in item.authors:
        values += [person.name, person.url]
    for one in item.categories:
        values += [one.term, one.scheme, one.label]
    for other in item.also_by:
        values += [other.publisher, other.title, other.url]
    shape = _Shape(
        tuple(map(bool, values)),
        bool(item.html),
        image is not None,
        image_suffix(image.url) if image is not None else "",
        len(item.authors),
        len(item.categories),
        len(item.also_by),
    )
    return shape, escaped(values)


@lru_cache(maxsize=1024)
def _template(draw: Draw, stamp: Stamp, shape: _Shape) -> tuple[_Half, _Half]:
    """Let feedgen write an item with marks in it, and cut it at these."""
    count = len(shape.has)
    before, _, after = draw(*_marked(shape)).decode().partition(f"<![CDATA[{_HTML}]]>")
    dates = {stamp(_PUBLISHED): 2 * count, stamp(_UPDATED): 2 * count + 1}
    return _cut(before, count, dates), _cut(after, count, dates)


def _cut(markup: str, count: int, dates: dict[str, int]) -> _Half:
    marks = "|".join([_MARK.pattern, *map(re.escape, dates)])
    pieces, picked, end = [], [], 0
    for one in re.finditer(marks, markup):
        pieces.append(markup[end : one.start()])
        end = one.end()
        number = dates.get(one.group())
        if number is None:
            number = int(one.group(1) or one.group(2))
            number += count * is_in_tag(markup, one.start())
        picked.append(number)
    return _Half((*pieces, markup[end:]), _picker(picked))


def _picker(numbers: list[int]) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    if len(numbers) > 1:
        return itemgetter(*numbers)
    return lambda values: tuple(values[number] for number in numbers)


def _marked(shape: _Shape) -> tuple[FeedItem, Lines]:
    """Make an item of a shape that says nothing but where its values belong."""
    marks = [f"\ue0f1{number}\ue0f2" if there else "" for number, there in enumerate(shape.has)]
    name, link, title, summary, byline, description = marks[:6]
    language, external, source, source_url = marks[6:10]
    url, caption, credit, width, height = marks[10:15]
    image = Image(f"{url}{shape.suffix}", caption, credit) if shape.has_image else None
    if image is not None:
        image = replace(
            image,
            width=902_304_057_013 if width else None,
            height=902_304_057_014 if height else None,
        )
    rest = iter(marks[_FIXED:])
    item = FeedItem(
        id=name,
        link=link,
        title=title,
        summary=summary,
        html=_HTML if shape.has_html else "",
        published=_PUBLISHED,
        updated=_UPDATED,
        language=language,
        external_url=external or None,
        image=image,
        source_title=source,
        source_url=source_url or None,
        authors=tuple([Person(*islice(rest, 2)) for _ in range(shape.authors)]),
        categories=tuple([Category(*islice(rest, 3)) for _ in range(shape.categories)]),
        also_by=tuple([Elsewhere(*islice(rest, 3)) for _ in range(shape.others)]),
    )
    return item, Lines(byline, description)
