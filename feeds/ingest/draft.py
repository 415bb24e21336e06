"""An entry made ours: cleaned, sanitised, dated, named; ready to be compared with what is stored.

Theory: nothing here may depend on what is stored or on what arrived before, so that any order of
arrival gives the same draft. A field that is too long is no news but a mistake or an attack, and
the entry is set apart with its reason instead of being cut where no one sees it.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b

from feeds.errors import BadEntry
from feeds.ingest.bylines import clean_authors
from feeds.ingest.words import words
from feeds.model import Draft, Entry, Image, Source, article_id
from feeds.text.excerpt import excerpt
from feeds.text.html import composed, images_of_clean, plain, sanitise_and_read
from feeds.text.language import READ, guess
from feeds.text.normalise import display
from feeds.urls import absolute, canonicalise, url_key

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
MOST_GUID = 1000  # bytes
MOST_TITLE = 500
MOST_URL = 2000
MOST_HTML = 500_000
MOST_CATEGORIES = 30
MOST_CATEGORY = 100
_WEB_GUID = re.compile(r"https?://(?:www\.)?([^/?#]+)(.*)", re.IGNORECASE | re.DOTALL)
_TITLE_FROM_TEXT = 100
_EXCERPT = 300
_HASH_BYTES = 16


def draft(
    entry: Entry,
    source: Source,
    now: datetime,
    guid: str | None = None,
    arrived: bytes | None = None,
) -> Draft:
    """Make a source's entry ours; `guid` replaces the entry's own where that names several.

    `arrived` is the entry's hash where it is known already, or that of what came in its place.

    Raises `BadEntry` with the reason when the entry says or leads to nothing, or is too large.
    """
    url = _url(entry, source)
    if not url and not entry.title:
        raise BadEntry("neither a title nor an address: nobody could open or name it")
    base = entry.base_url or url or source.url
    html, text = sanitise_and_read(_body(entry), base)
    html = composed(html)
    title = _title(entry, text)
    guid = guid or entry_guid(entry)
    identity = _identity(entry, source, url) or f"{source.name} {guid}"
    authors = _authors(entry.authors)
    categories = _categories(entry.categories)
    image = _image(entry, html, base)
    claimed_at = entry.published or entry.updated
    return Draft(
        id=article_id(identity),
        identity=identity,
        source_id=source.id,
        guid=guid,
        url=url,
        title=title,
        excerpt=_excerpt(entry, text),
        html=html,
        text=text,
        authors=authors,
        categories=categories,
        language=guess(f"{title} {text[:READ]}", entry.language or source.language),
        claimed_at=claimed_at,
        effective_at=_effective(claimed_at, now),
        updated_at=entry.updated,
        image=image,
        via_title=display(entry.via_title or "")[:MOST_TITLE] or None,
        via_url=entry.via_url if entry.via_url and len(entry.via_url) <= MOST_URL else None,
        content_hash=_digest(title, html, *authors, "", image.url if image else "", *categories),
        entry_hash=arrived or entry_hash(entry),
        aliases=tuple(sorted({url_key(each) for each in entry.aka} - {identity})),
    )


def entry_guid(entry: Entry) -> str:
    """Name an entry within its source: its id, else its address, else a hash of what it says.

    A name too long for an index is replaced by its hash.
    """
    name = plain_guid(entry.guid) if entry.guid else _named_by_address(entry.url or "")
    if name:
        size = len(name.encode("utf-8", "surrogatepass"))
        return name if size <= MOST_GUID else _digest(name).hex()
    published = entry.published.isoformat() if entry.published else ""
    return _digest(entry.title, published, *(() if entry.title else (_body(entry),))).hex()


def plain_guid(guid: str) -> str:
    """Give an id without what a change to https, or of www, changes in ids that are addresses.

    The rest stays character by character: the query and the fragment may tell entries apart.
    """
    found = _WEB_GUID.match(guid)
    return f"{found[1].lower()}{found[2].rstrip('/')}" if found else guid


def _named_by_address(url: str) -> str:
    try:
        return url_key(url)
    except ValueError:
        return url


def entry_hash(entry: Entry) -> bytes:
    """Sum up an entry as it arrived, so that an unchanged one is told without drafting it.

    Its id is no part of it: that names the entry, and says nothing to a reader.
    """
    image = entry.image
    return _digest(
        entry.url or "",
        entry.title,
        entry.summary,
        entry.content,
        str(entry.published),
        str(entry.updated),
        entry.language or "",
        entry.via_title or "",
        entry.via_url or "",
        entry.base_url or "",
        f"{image.url}\n{image.caption}\n{image.credit}\n{image.alt}" if image else "",
        *entry.authors,
        "",
        *entry.categories,
        "",
        *entry.aka,
    )


def _digest(*parts: str) -> bytes:
    """Hash texts so that none can pass for two: their lengths are hashed before them."""
    lengths = ",".join([str(len(part)) for part in parts])
    joined = "".join((lengths, ":", *parts)).encode("utf-8", "surrogatepass")
    return blake2b(joined, digest_size=_HASH_BYTES).digest()


def _url(entry: Entry, source: Source) -> str:
    """Give the canonical address, or nothing where the entry is named by its guid alone."""
    address = absolute(source.url, (entry.url or "").strip())
    if address is None:
        if entry.guid or not entry.url:
            return ""
        raise BadEntry(f"neither a web address nor an id: {entry.url[:100]!r}")
    url = canonicalise(address)
    if len(url) > MOST_URL:
        raise BadEntry(f"an address of {len(url)} characters")
    return url


def _identity(entry: Entry, source: Source, url: str) -> str:
    """Give the address's key, or nothing where the address is not the entry's own."""
    return url_key(url) if url and not (entry.guid and _is_front(url, source)) else ""


def _is_front(url: str, source: Source) -> bool:
    """Tell whether an address is the site's own, which many entries with ids of their own share."""
    key = url_key(url)
    home = _named_by_address(source.home_url) if source.home_url else None
    return key == home or not any(mark in key for mark in "/?#")


def _body(entry: Entry) -> str:
    body = entry.content or entry.summary
    if len(body) > MOST_HTML:
        raise BadEntry(f"a text of {len(body)} characters")
    return body


def _title(entry: Entry, text: str) -> str:
    title = display(entry.title)
    if len(title) > MOST_TITLE:
        raise BadEntry(f"a title of {len(title)} characters")
    title = title or excerpt(text.replace("\n", " "), _TITLE_FROM_TEXT)
    if not title:
        raise BadEntry("neither a title nor a text")
    return title


def _excerpt(entry: Entry, text: str) -> str:
    """Cut the publisher's own summary, where there is one beside the content."""
    own = plain(entry.summary) if entry.content and len(entry.summary) <= MOST_HTML else ""
    return excerpt((own or text).replace("\n", " "), _EXCERPT)


@lru_cache(maxsize=4096)
def _authors(bylines: tuple[str, ...]) -> tuple[str, ...]:
    return clean_authors(bylines)


@lru_cache(maxsize=4096)
def _categories(categories: tuple[str, ...]) -> tuple[str, ...]:
    clean = (display(category) for category in categories)
    kept = dict.fromkeys(each for each in clean if 0 < len(each) <= MOST_CATEGORY)
    return tuple(kept)[:MOST_CATEGORIES]


def _image(entry: Entry, html: str, base: str) -> Image | None:
    """Clean the entry's picture, else take the first of its text."""
    image = entry.image
    address = absolute(base, image.url) if image else None
    if image is None or address is None or len(address) > MOST_URL:
        return _first_image(html)
    return replace(
        image,
        url=address,
        caption=display(words(image.caption)),
        credit=display(words(image.credit)),
        alt=display(words(image.alt)),
    )


def _first_image(html: str) -> Image | None:
    """Read the first picture of sanitised HTML, with the figure around it alone: that is cheap."""
    start = html.find("<img")
    if start < 0:
        return None
    figure = html.rfind("<figure>", 0, start)
    mark = ">"
    if figure > html.rfind("</figure>", 0, start):
        start, mark = figure, "</figure>"
    end = html.index(mark, start) + len(mark)
    return next(iter(images_of_clean(html[start:end])), None)


def _effective(claimed_at: datetime | None, now: datetime) -> datetime:
    """Give the date that orders the article: the claim, unless it is absurd or in the future."""
    if claimed_at is None or claimed_at < EARLIEST:
        return now
    return min(claimed_at, now)
