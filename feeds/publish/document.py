"""A feed as plain data: what all formats say, decided once before any of them is rendered.

Theory: the worse error is a feed that a client can't read at all, so one bad article is left out
with its reason, and never takes its neighbours along. The second is a feed that moves by itself:
order, ids, dates and every string follow from the articles, and from no order of arrival.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import quote

from feeds.model import Article, Author, BrokenEntry, Image, Sibling, public_id
from feeds.publish.characters import is_safe, xml_safe
from feeds.publish.feed_head import FeedHead

_URI_CHARACTERS = "%:/?#[]@!$&'()*+,;=-._~"  # RFC 3986 §2.2 and §2.3, beside letters and digits
_PLAIN_URL = re.compile(f"https?://[A-Za-z0-9{re.escape(_URI_CHARACTERS)}]*")
NEVER = datetime(2020, 1, 1, tzinfo=UTC)  # `updated` of a feed that never had an item


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document stands among a feed's pages (RFC 5005 §4), oldest page first from 1.

    `page` is `None` for the subscription document; `before` and `after` are the neighbouring
    archive pages, where there are such.
    """

    page: int | None = None
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An item that was taken back (RFC 6721): its id as it was emitted, and when."""

    id: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The same news told by another publisher: a duplicate, or another article of its story."""

    publisher: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who wrote an item, with our page about them."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Category:
    """A section or topic; `scheme` says which of the two."""

    term: str
    scheme: str
    label: str


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An article as all formats tell it: strings that XML can carry, times in UTC.

    `link` is our own page, `external_url` the publisher's. `summary` is plain text and never
    empty; `html` is sanitised and empty where we have no more than the summary. `updated`
    equals `published` until the publisher really edited.
    """

    id: str
    link: str
    title: str
    summary: str
    html: str
    published: datetime
    updated: datetime
    language: str
    external_url: str | None = None
    image: Image | None = None
    authors: tuple[Person, ...] = ()
    categories: tuple[Category, ...] = ()
    source_title: str = ""
    source_url: str | None = None
    also_by: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A feed ready to be rendered; `left_out` names articles that can't be told, with reasons."""

    head: FeedHead
    updated: datetime
    items: tuple[FeedItem, ...]
    left_out: tuple[BrokenEntry, ...] = ()
    place: Place = Place()
    gone: tuple[Tombstone, ...] = ()


def document(
    head: FeedHead,
    articles: Sequence[Article],
    floor: datetime | None = None,
    kin: Mapping[int, Sequence[Sibling]] = MappingProxyType({}),
) -> FeedDocument:
    """Build a feed of articles, newest first, each once.

    `floor` is the `updated` that was emitted last: the new one never lies before it. `kin` are the
    siblings of those that have any.
    """
    dated: list[tuple[datetime, int, datetime, FeedItem]] = []
    left_out: list[BrokenEntry] = []
    for article in articles:
        item = told(head, article, kin.get(article.id, ()))
        if isinstance(item, BrokenEntry):
            left_out.append(item)
        else:
            dated.append((item.published, article.id, item.updated, item))
    dated.sort(key=lambda row: row[:3], reverse=True)
    newest: dict[int, FeedItem] = {}
    for _, number, _, item in dated:
        newest.setdefault(number, item)
    items = tuple(newest.values())
    return FeedDocument(
        head=_clean_head(head),
        updated=_updated(items, floor),
        items=items,
        left_out=tuple(sorted(left_out, key=lambda broken: (broken.label, broken.why))),
    )


def told(head: FeedHead, article: Article, kin: Iterable[Sibling]) -> FeedItem | BrokenEntry:
    """Say what all formats say of an article, or why it can't be told; `kin` are its siblings."""
    try:
        return _item(head, article, kin)
    except (ValueError, TypeError, OverflowError) as exc:
        return BrokenEntry(label=public_id(article.id), why=str(exc))


def _updated(items: Iterable[FeedItem], floor: datetime | None) -> datetime:
    moments = [item.updated for item in items]
    if floor is not None:
        moments.append(floor)
    return max(moments, default=NEVER)


def _clean_head(head: FeedHead) -> FeedHead:
    title = xml_safe(head.title).strip() or head.key
    return replace(head, title=title, description=xml_safe(head.description).strip() or title)


def _item(head: FeedHead, article: Article, kin: Iterable[Sibling]) -> FeedItem:
    clean = _cleaner(article)
    name = public_id(article.id)
    published = _utc(article.effective_at)
    # Clients show a list without titles as empty lines, and RSS calls for a description.
    title = clean(article.title) or clean(article.excerpt) or _clean(article.url)
    return FeedItem(
        id=f"tag:{head.tag_authority}:article/{name}",
        link=f"{head.base_url}/article/{name}",
        title=title,
        summary=clean(article.excerpt) or title,
        html=clean(article.html),
        published=published,
        updated=max(published, _utc(article.revised_at)) if article.revised_at else published,
        language=xml_safe(article.language) or head.language,
        external_url=_web_url(article.url),
        image=_image(article.image),
        authors=tuple(_people(head.base_url, article.authors)),
        categories=tuple(_categories(head, article)),
        source_title=clean(article.source_title) or clean(article.source_name),
        source_url=_web_url(article.source_url),
        also_by=tuple([_elsewhere(head.base_url, one) for one in kin]),
    )


def _cleaner(article: Article) -> Callable[[str], str]:
    """Tell how what an article says is made safe; nearly always it is, which one look tells."""
    said = (article.title, article.excerpt, article.html, article.source_title, article.source_name)
    return str.strip if is_safe("\n".join(said)) else _clean


def _clean(text: str) -> str:
    return xml_safe(text).strip()


@lru_cache(maxsize=1024)  # all of a story name each other
def _elsewhere(base_url: str, one: Sibling) -> Elsewhere:
    """Lead to the publisher's page, or to ours where it has none."""
    own = f"{base_url}/article/{public_id(one.id)}"
    return Elsewhere(_clean(one.publisher), _clean(one.title), _web_url(one.url) or own)


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


def _web_url(url: str) -> str | None:
    """Let only http(s) addresses through: feedgen would write `javascript:` as readily.

    What a URI can't hold is percent-encoded (RFC 3987 §3.1): RSS and JSON Feed call for URIs.
    """
    if _PLAIN_URL.fullmatch(url):
        return url
    clean = xml_safe(url).strip()
    if not clean.lower().startswith(("http://", "https://")):
        return None
    return quote(clean, safe=_URI_CHARACTERS)


def _image(image: Image | None) -> Image | None:
    url = _web_url(image.url) if image is not None else None
    if image is None or url is None:
        return None
    caption, credit, alt = _clean(image.caption), _clean(image.credit), _clean(image.alt)
    if (url, caption, credit, alt) == (image.url, image.caption, image.credit, image.alt):
        return image
    return replace(image, url=url, caption=caption, credit=credit, alt=alt)


def _people(base_url: str, authors: Iterable[Author]) -> Iterable[Person]:
    """Keep the byline's order; an author without a name is nobody."""
    for author in authors:
        if (person := _person(base_url, author.slug, author.name)).name:
            yield person


@lru_cache(maxsize=1024)
def _person(base_url: str, slug: str, name: str) -> Person:
    return Person(name=_clean(name), url=f"{base_url}/author/{slug}")


def _categories(head: FeedHead, article: Article) -> Iterable[Category]:
    """List the section, then the topics by slug: a confidence that moves must not move bytes."""
    base, labels, section = head.base_url, head.labels, article.section
    if section is not None:
        yield _category(base, "section", section, labels.get(section, ""))
    for slug in sorted({topic.slug for topic in article.topics}):
        yield _category(base, "topic", slug, labels.get(slug, ""))


@lru_cache(maxsize=1024)
def _category(base_url: str, kind: str, slug: str, label: str) -> Category:
    return Category(term=slug, scheme=f"{base_url}/{kind}", label=_clean(label) or _clean(slug))
