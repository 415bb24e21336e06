"""The values that cross the borders of rooms: one frozen type for each stage of an article.

An *entry* is a foreign feed's item; a *draft* is an entry made ours; an *article* is stored.
All times are UTC-aware. All text is NFC without control characters from `Draft` on.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from feeds.foreign import (
    NO_EXTRAS,
    NO_IMPRINT,
    NO_RHYTHM,
    Category,
    Extras,
    Imprint,
    Person,
    Rhythm,
)

_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's alphabet: no i, l, o, u
_PAIRS = tuple(high + low for high in _BASE32 for low in _BASE32)


def article_id(identity: str) -> int:
    """Derive an article's id (63 bits, never 0) from what identifies it, and from nothing else."""
    digest = blake2b(identity.encode(), digest_size=8, person=b"article").digest()
    return (int.from_bytes(digest, "big") >> 1) or 1


def public_id(number: int) -> str:
    """Write an id as 13 characters for addresses."""
    pairs = _PAIRS
    return (
        f"{_BASE32[number >> 60 & 31]}{pairs[number >> 50 & 1023]}{pairs[number >> 40 & 1023]}"
        f"{pairs[number >> 30 & 1023]}{pairs[number >> 20 & 1023]}{pairs[number >> 10 & 1023]}"
        f"{pairs[number & 1023]}"
    )


def parse_public_id(text: str) -> int | None:
    """Read an id from an address; `None` when it is no id of ours."""
    if len(text) != 13 or any(char not in _BASE32 for char in text):
        return None
    number = 0
    for char in text:
        number = number << 5 | _BASE32.index(char)
    return number if 0 < number < 2**63 else None


class Verdict(StrEnum):
    """What became of a fetched entry; each ends under exactly one of these."""

    NEW = "new"
    REVISED = "revised"
    SIGHTING = "sighting"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    QUARANTINED = "quarantined"


class Outcome(StrEnum):
    """What one fetch of a source came to; each ends under exactly one of these."""

    OK = "ok"
    SAME_BODY = "same body"
    NOT_MODIFIED = "not modified"
    BUSY = "busy"  # 429, or 503 with a time to come back at
    HTTP_ERROR = "http error"
    GONE = "gone"  # 410: not asked again
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed out"
    TOO_LARGE = "too large"
    BOMB = "bomb"  # decompresses to far more than it is
    BAD_ANSWER = "bad answer"  # no HTTP, cut off, or a loop of redirects
    REFUSED = "refused"  # an address that must not be fetched
    NOT_A_FEED = "not a feed"
    HELD = "held"  # known entries under new ids: ops decide


@dataclass(frozen=True, slots=True)
class Image:
    """A picture with what the publisher says about it; sizes in pixels where known."""

    url: str
    caption: str = ""
    credit: str = ""
    alt: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A foreign feed's item, as the parser understood it; html is not sanitised yet.

    `guid` is the publisher's id character by character, or `None` where there is none.
    `published` is the publisher's claim, `None` where it has none that can be read. `aka` holds
    further addresses of the same page. `barred_at` is where a page stood that asks not to be
    listed: its own address, or another one where that leads elsewhere for a while.
    `base_url` is what relative addresses in the text are meant against, where the feed says so.
    `people` and `terms` are `authors` and `categories` with all that is said of them.
    """

    guid: str | None
    url: str | None
    title: str
    summary: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    image: Image | None = None
    language: str | None = None
    via_title: str | None = None
    via_url: str | None = None
    barred_at: str | None = None
    aka: tuple[str, ...] = ()
    base_url: str | None = None
    people: tuple[Person, ...] = ()
    terms: tuple[Category, ...] = ()
    extras: Extras = NO_EXTRAS


@dataclass(frozen=True, slots=True)
class BrokenEntry:
    """An item that could not be read, with the reason; `label` names it for a person."""

    label: str
    why: str


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document that was fetched: its entries in document order, and what was wrong with it.

    `deleted` holds the ids that the publisher took back (RFC 6721); `dropped` counts entries
    beyond the cap. `listed` holds the addresses of all that the source lists, those beyond the cap
    too; `None` where the document doesn't claim to be all of it.
    """

    kind: str
    title: str
    entries: tuple[Entry, ...]
    home_url: str | None = None
    language: str | None = None
    hub_url: str | None = None
    other_hubs: tuple[str, ...] = ()
    self_url: str | None = None
    broken: tuple[BrokenEntry, ...] = ()
    deleted: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    dropped: int = 0
    rhythm: Rhythm = NO_RHYTHM
    listed: tuple[str, ...] | None = None
    imprint: Imprint = NO_IMPRINT

    @property
    def note(self) -> str:
        """Say on one line what was wrong with it and what was left out; empty where all is well."""
        dropped = (f"{self.dropped} older entries left out",) if self.dropped else ()
        return "; ".join((*self.notes, *dropped))


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry made ours: cleaned, sanitised, dated; ready to be compared with what is stored.

    `html` is sanitised, `text` its plain words. `identity` is the canonical URL's key, or
    source and guid where there is no URL; `aliases` are keys of further addresses of the same page.
    `content_hash` covers all that a reader can see.
    """

    id: int
    identity: str
    source_id: int
    guid: str
    url: str
    title: str
    excerpt: str
    html: str
    text: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    language: str
    claimed_at: datetime | None
    effective_at: datetime
    updated_at: datetime | None
    image: Image | None
    via_title: str | None
    via_url: str | None
    content_hash: bytes
    entry_hash: bytes
    aliases: tuple[str, ...] = ()


Rank = tuple[datetime, str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """A stored article, as far as identity needs it; `lead` ranks the sighting it shows."""

    id: int
    lead: Rank
    content_hash: bytes
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a draft; `leads` when the article shows this draft from now on."""

    draft: Draft
    article_id: int
    verdict: Verdict
    why: str
    leads: bool


@dataclass(frozen=True, slots=True)
class TopicHit:
    """One topic of an article, with the confidence (0 to 1) and the reason."""

    slug: str
    confidence: float
    why: str


LEARNED = "learned from other articles"  # how the reason of a section begins that a model chose


@dataclass(frozen=True, slots=True)
class Filing:
    """Where an article belongs; `section` is `None` for unsorted."""

    section: str | None
    why: str
    confidence: float
    topics: tuple[TopicHit, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation between two articles, the same from both ends; `left < right` always."""

    left: int
    right: int
    kind: str
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """What a person decided of two articles: `kind` is `duplicate` or `story`; left < right.

    `together` is `None` where they are left to the machines again. All of one `decision`, a number
    that grows with time, were decided at once.
    """

    left: int
    right: int
    kind: str
    together: bool | None
    by: str
    at: datetime
    why: str
    decision: int


@dataclass(frozen=True, slots=True)
class Placement:
    """What a person decided of an article's section or one topic (`kind`); a section holds."""

    kind: str
    slug: str
    holds: bool
    by: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Author:
    """Someone who writes; `slug` names the author's feed and page."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class PageRules:
    """A source's own CSS selectors for its article pages; `None` and empty: the general reading."""

    body: str | None = None
    title: str | None = None
    author: str | None = None
    published: str | None = None
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What we poll, as the store knows it, without its polling state.

    `kind` is `feed`, `sitemap` or `page`, as what came back showed; `None` before that.
    """

    id: int
    name: str
    title: str
    url: str
    home_url: str | None = None
    section: str | None = None
    language: str | None = None
    timezone: str = "UTC"
    full_text: bool = False
    article: PageRules = PageRules()
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """An article as stored, for pages and feeds; only public ones are ever given out in lists.

    `revised_at` is `None` until the publisher really edited it. `others` names other
    sources that list the same article.
    """

    id: int
    url: str
    title: str
    excerpt: str
    html: str
    language: str
    effective_at: datetime
    revised_at: datetime | None
    image: Image | None
    authors: tuple[Author, ...]
    section: str | None
    section_why: str
    topics: tuple[TopicHit, ...]
    source_name: str
    source_title: str
    source_url: str
    story_id: int | None = None
    via_title: str | None = None
    via_url: str | None = None
    others: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another telling of what an article tells; `url` is the publisher's, empty if it has none."""

    id: int
    publisher: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Teaser:
    """An article in a block: what a list needs and no more. `why` is for a person."""

    id: int
    title: str
    excerpt: str
    effective_at: datetime
    source_title: str
    image: Image | None = None
    why: str = ""
