"""A feed as plain data: what all formats say, decided once before any of them is rendered.

Theory: the worse error is a feed that a client can't read at all, so one bad article is left out
with its reason, and never takes its neighbours along. The second is a feed that moves by itself:
order, ids, dates and every string follow from the articles, and from no order of arrival.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from urllib.parse import quote

from feeds.model import Article, Author, BrokenEntry, Image, Sibling, public_id
from feeds.publish.characters import xml_safe

_URI_CHARACTERS = "%:/?#[]@!$&'()*+,;=-._~"  # RFC 3986 §2.2 and §2.3, beside letters and digits
WHOLE = frozenset({"featured", "most-read"})
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
class FeedHead:
    """What a feed says about itself.

    `key` is its path below /feeds (`section/nhan-quyen`), `page_url` the HTML page that it
    mirrors, `base_url` the public web without a slash at the end. `labels` names sections and
    topics by slug; a slug without a name stands for itself. `hub_urls` are the WebSub hubs.
    """

    key: str
    title: str
    description: str
    page_url: str
    base_url: str
    language: str
    tag_authority: str
    labels: Mapping[str, str] = field(default_factory=dict)
    hub_urls: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Name the feed for ever (RFC 4151); all its formats share the name."""
        return f"tag:{self.tag_authority}:feed/{self.key}"

    def url(self, fmt: str) -> str:
        """Give the address of one of the feed's formats."""
        return feed_url(self.base_url, self.key, fmt)

    def page_of(self, fmt: str, page: int | None) -> str:
        """Give the address of an archive page, or of the subscription document for `None`."""
        return self.url(fmt) if page is None else f"{self.url(fmt)}?page={page}"

    @property
    def is_whole(self) -> bool:
        """Tell a list that is all there is: what left it is no longer part of the feed."""
        return self.key in WHOLE


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


def feed_url(base_url: str, key: str, fmt: str) -> str:
    """Give a feed's address; `fmt` is rss, atom or json."""
    return f"{base_url}/feeds/{key}.{fmt}"


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
        try:
            item = _item(head, article, kin.get(article.id, ()))
        except (ValueError, TypeError, OverflowError) as exc:
            left_out.append(BrokenEntry(label=public_id(article.id), why=str(exc)))
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


def _updated(items: Iterable[FeedItem], floor: datetime | None) -> datetime:
    moments = [item.updated for item in items]
    if floor is not None:
        moments.append(floor)
    return max(moments, default=NEVER)


def _clean_head(head: FeedHead) -> FeedHead:
    title = xml_safe(head.title).strip() or head.key
    return replace(head, title=title, description=xml_safe(head.description).strip() or title)


def _item(head: FeedHead, article: Article, kin: Iterable[Sibling]) -> FeedItem:
    name = public_id(article.id)
    published = _utc(article.effective_at)
    # Clients show a list without titles as empty lines, and RSS calls for a description.
    title = _first(article.title, article.excerpt, article.url)
    return FeedItem(
        id=f"tag:{head.tag_authority}:article/{name}",
        link=f"{head.base_url}/article/{name}",
        title=title,
        summary=_first(article.excerpt, title),
        html=xml_safe(article.html).strip(),
        published=published,
        updated=max(published, _utc(article.revised_at or article.effective_at)),
        language=xml_safe(article.language) or head.language,
        external_url=_web_url(article.url),
        image=_image(article.image),
        authors=tuple(_people(head, article.authors)),
        categories=tuple(_categories(head, article)),
        source_title=_first(article.source_title, article.source_name),
        source_url=_web_url(article.source_url),
        also_by=tuple(_elsewhere(head, one) for one in kin),
    )


def _elsewhere(head: FeedHead, one: Sibling) -> Elsewhere:
    """Lead to the publisher's page, or to ours where it has none."""
    own = f"{head.base_url}/article/{public_id(one.id)}"
    return Elsewhere(_first(one.publisher), _first(one.title), _web_url(one.url) or own)


def _first(*texts: str) -> str:
    return next((clean for text in texts if (clean := xml_safe(text).strip())), "")


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


def _web_url(url: str) -> str | None:
    """Let only http(s) addresses through: feedgen would write `javascript:` as readily.

    What a URI can't hold is percent-encoded (RFC 3987 §3.1): RSS and JSON Feed call for URIs.
    """
    clean = xml_safe(url).strip()
    if not clean.lower().startswith(("http://", "https://")):
        return None
    return quote(clean, safe=_URI_CHARACTERS)


def _image(image: Image | None) -> Image | None:
    url = _web_url(image.url) if image is not None else None
    if image is None or url is None:
        return None
    caption, credit, alt = (
        xml_safe(text).strip() for text in (image.caption, image.credit, image.alt)
    )
    return replace(image, url=url, caption=caption, credit=credit, alt=alt)


def _people(head: FeedHead, authors: Iterable[Author]) -> Iterable[Person]:
    """Keep the byline's order; an author without a name is nobody."""
    for author in authors:
        if name := _first(author.name):
            yield Person(name=name, url=f"{head.base_url}/author/{author.slug}")


def _categories(head: FeedHead, article: Article) -> Iterable[Category]:
    """List the section, then the topics by slug: a confidence that moves must not move bytes."""
    if article.section is not None:
        yield _category(head, "section", article.section)
    for slug in sorted({topic.slug for topic in article.topics}):
        yield _category(head, "topic", slug)


def _category(head: FeedHead, kind: str, slug: str) -> Category:
    label = _first(head.labels.get(slug, ""), slug)
    return Category(term=slug, scheme=f"{head.base_url}/{kind}", label=label)
