"""What foreign feeds say beside titles, texts and dates; parts of `Entry` and `ParsedFeed`.

Texts are as the publisher wrote them, in words; addresses are absolute and lead to the web.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Someone whom a feed names, with what it says of how to reach them."""

    name: str
    email: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A publisher's category; `scheme` names the list that its term is from."""

    term: str
    scheme: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that comes with an entry; `length` is in bytes, `None` where none can be read."""

    url: str
    type: str = ""
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Extras:
    """What an entry says beside its text: files, comments, licence, a line under the title."""

    enclosures: tuple[Enclosure, ...] = ()
    comments_url: str | None = None
    comment_count: int | None = None
    licence_url: str | None = None
    subtitle: str = ""


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a document says of itself beside its title; `id` is Atom's."""

    id: str | None = None
    subtitle: str = ""
    people: tuple[Person, ...] = ()
    terms: tuple[Category, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None


NO_EXTRAS, NO_IMPRINT = Extras(), Imprint()


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a document asks to be read: RSS `ttl`, `skipHours`, `skipDays`; `sy:update*`.

    `ttl_s` is in seconds, hours are UTC (0 to 23), days count from Monday (0).
    """

    ttl_s: int | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


NO_RHYTHM = Rhythm()
