"""What an article page says of itself: JSON-LD, OpenGraph, plain meta elements, then its marks.

JSON-LD is written for machines and read by the search engines that publishers care for, so it
comes first; then OpenGraph (ogp.me); then what HTML has had for ever. What only stands on the
page for people (a byline, a date above the text) is asked last, where no one says it otherwise.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

from htmldate import find_date
from lxml import etree

from feeds.ingest.bylines import clean_authors, written_by
from feeds.ingest.dates import read_date
from feeds.ingest.draft import EARLIEST
from feeds.ingest.linked_data import Described, article_of, first, is_a, objects, texts
from feeds.ingest.page import base_of, holds_place, names_of, words_of
from feeds.ingest.words import words
from feeds.model import Image
from feeds.text.normalise import match_form
from feeds.urls import absolute, canonicalise, is_web, url_key

_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "pubdate",
    "publishdate",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "parsely-pub-date",
    "sailthru.date",
)
_UPDATED = ("article:modified_time", "datemodified", "og:updated_time", "dcterms.modified")
_LONGEST_MARK = 120
_LEAST_HEADING = 10
# What htmldate and lxml raise over pages that no one wrote by hand.
_ODD = (ValueError, TypeError, LookupError, AttributeError, OverflowError, etree.LxmlError)
# What stands below a section, and not below an article, as its second page or its print do.
_SLUG = re.compile(r"(?!(?:page-?|p)?\d{1,3}\b)[^?#]*(?:[-.]|\d{5})")
_CUT = re.compile(r"(.{20,}?)\s*(?:…|\.\.\.)")  # search engines show 110 characters at most
_SITE = re.compile(r"\s*[|»·•:–—-]\s")
_BYLINE_NAMES_WORDS = """
    author authors author-name article-author article-author-name byline byline-name tacgia tac-gia
    author-info detail-author detail-author-name author-fl
"""
_BYLINE_NAMES = frozenset(_BYLINE_NAMES_WORDS.split())
_DATE_NAMES_WORDS = """
    date time datetime publish-date published-date post-date article-date detail-time date-time
    ngay-dang pubdate entry-date timestamp
"""
_DATE_NAMES = frozenset(_DATE_NAMES_WORDS.split())


@dataclass(frozen=True, slots=True)
class Metadata:
    """A page's own words for what it shows; dates as they are written.

    `url` is the address to store; `canonical` is what the page names, be it another site's, and
    `None` where it names none. `is_free` is `False` only where the page says so.
    """

    title: str
    summary: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    published: str | None
    updated: str | None
    image: Image | None
    url: str
    canonical: str | None
    language: str | None
    body: str
    is_free: bool
    is_article: bool


def metadata(root: etree._Element, url: str) -> Metadata:
    """Read the metadata of a page that was fetched from `url`."""
    found = objects(root)
    meta = _meta(root)
    base = base_of(root, url)
    canonicals = list(_canonicals(root, meta, base))
    data = article_of(found, {url_key(each) for each in (*canonicals, url) if is_web(each)})
    published = _readable(data, ("datePublished", "dateCreated"), meta, _PUBLISHED)
    return Metadata(
        title=_title(root, [first(data, "headline", "name"), meta.get("og:title", "")]),
        summary=words(
            meta.get("og:description") or first(data, "description") or meta.get("description", "")
        ),
        authors=_authors(root, data, meta),
        categories=tuple(dict.fromkeys(_categories(found, data, meta))),
        published=_time(root) if published is None else published,
        updated=_readable(data, ("dateModified",), meta, _UPDATED),
        image=_image(data, meta, base),
        url=_own_address(canonicals, url),
        canonical=next(iter(canonicals), None),
        language=_language(root, data, meta),
        body=first(data, "articleBody"),
        is_free=_is_free(data, meta),
        is_article=bool(data) or meta.get("og:type", "").lower() == "article",
    )


def _meta(root: etree._Element) -> dict[str, str]:
    """Map the names of meta elements, in lower case, to their first contents."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = (element.get("content") or "").strip()
        if name and content:
            found.setdefault(name.lower().strip(), content)
    return found


def _any(meta: Mapping[str, str], *names: str) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _readable(
    data: Described, names: Iterable[str], meta: Mapping[str, str], metas: Iterable[str]
) -> str | None:
    """Give the first date that can be read and meant: templates write 0000-00-00 and 0001-01-01.

    Empty where there are such alone, for what is found elsewhere on these pages is often another's.
    """
    places = (*(first(data, name) for name in names), *(meta.get(name) for name in metas))
    dates = [(place, date) for place in places if (date := read_date(place))]
    meant = (place for place, date in dates if date >= EARLIEST)
    return next(meant, "" if dates else None)


def _is_free(data: Described, meta: Mapping[str, str]) -> bool:
    """Tell a text that is given to everybody: by schema.org's word for it, or by OpenGraph's."""
    said = data.get("isAccessibleForFree")
    word = next(texts(said, "@id", "@value"), str(said)).rpartition("/")[2].lower()
    return word != "false" and meta.get("article:content_tier", "").lower() != "locked"


def _authors(root: etree._Element, data: Described, meta: Mapping[str, str]) -> tuple[str, ...]:
    """Take the first place that names a person; the paper's own name is no author."""
    publisher = {*texts(data.get("publisher"), "name"), meta.get("og:site_name", "")}
    own = {match_form(name) for name in publisher}
    written = [meta[name] for name in ("article:author", "author", "dc.creator") if name in meta]
    places = (
        [words(name) for name in texts(data.get("author"), "name")],
        [words(name) for name in written if "://" not in name][:1],
        [written_by(line) for line in _marked(root, _BYLINE_NAMES, "author")][:1],
    )
    for names in places:
        people = tuple(dict.fromkeys(name for name in names if match_form(name) not in own))
        if clean_authors(people):
            return people
    return ()


def _marked(root: etree._Element, called: frozenset[str], mark: str) -> Iterator[str]:
    """Give the short texts of elements that a page marks or calls so."""
    for element in root.iter("a", "span", "div", "p", "address", "time", "b", "strong", "h4", "em"):
        is_marked = mark in (element.get("rel") or "").split() or element.get("itemprop") == mark
        if is_marked or not called.isdisjoint(names_of(element).split()):
            text = words_of(element)
            if 0 < len(text) <= _LONGEST_MARK:
                yield text


def _categories(found: list[Described], data: Described, meta: Mapping[str, str]) -> Iterator[str]:
    """Give the sections: the page's own words for it, then the path that leads to the page."""
    sections = [*texts(data.get("articleSection"), "name"), meta.get("article:section", "")]
    yield from filter(None, (words(section) for section in sections))
    trail = next((one for one in found if is_a(one, "BreadcrumbList")), {})
    steps = trail.get("itemListElement")
    names = [
        words(next(filter(None, (*texts(step.get("name")), *texts(step.get("item"), "name"))), ""))
        for step in (steps if isinstance(steps, list) else [])
        if isinstance(step, dict)
    ]
    title = words(first(data, "headline"))
    yield from (name for name in names[1:] if name and name != title)  # the first is the front page


def _image(data: Described, meta: Mapping[str, str], url: str) -> Image | None:
    own = data.get("image")
    candidates = (
        *texts(own, "url", "contentUrl"),
        *(name for name in texts(own, "@id") if "#" not in name),  # the name of a part of the page
        meta.get("og:image", ""),
        meta.get("twitter:image", ""),
    )
    places = (absolute(url, each) for each in candidates if not holds_place(each))
    address = next(filter(None, places), None)
    if address is None:
        return None
    described = own[0] if isinstance(own, list) and own else own
    if not isinstance(described, dict):
        return Image(address, alt=words(meta.get("og:image:alt", "")))
    return Image(
        address,
        caption=words(first(described, "caption", "description")),
        credit=words(first(described, "creditText", "creator", "author", "copyrightHolder")),
        alt=words(meta.get("og:image:alt", "")),
    )


def _canonicals(root: etree._Element, meta: Mapping[str, str], url: str) -> Iterator[str]:
    """Give the addresses that the page names as its own, be they another site's."""
    links = (
        link.get("href")
        for link in root.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    )
    for candidate in (*links, meta.get("og:url")):
        address = absolute(url if is_web(url) else None, (candidate or "").strip())
        if address:
            yield canonicalise(address)


def _own_address(canonicals: Iterable[str], url: str) -> str:
    """Give the page's own address for itself, unless that is another site's or a page above.

    Some templates name their section in all of its articles, which would make one of them all.
    """
    return next((one for one in canonicals if _is_within(one, url)), url)


def _is_within(address: str, url: str) -> bool:
    host, _, path = url_key(address).partition("/")
    if not is_web(url) or not path:
        return False
    own_host, _, own_path = url_key(url).partition("/")
    below = own_path.removeprefix(f"{path}/")
    return host == own_host and (below == own_path or not _SLUG.match(below))


def _language(root: etree._Element, data: Described, meta: Mapping[str, str]) -> str | None:
    return (
        first(data, "inLanguage")
        or root.get("lang")
        or _any(meta, "content-language", "og:locale", "language")
        or None
    )


def _title(root: etree._Element, told: Sequence[str]) -> str:
    """Give the title without the site's name, where a headline on the page shows that it is one.

    Of what the page told, the first counts; one that was cut short gives way to one that was not.
    """
    headings = [text for each in root.iter("h1") if (text := words_of(each))]
    titles = [*filter(None, map(words, told)), *headings, _first_words(root, "title")]
    given = titles[0]
    if cut := _CUT.fullmatch(given):
        longer = (each for each in titles if each.startswith(cut[1]) and not _CUT.fullmatch(each))
        given = next(longer, given)
    for heading in headings:
        rest = given[len(heading) :]
        if len(heading) >= _LEAST_HEADING and given.startswith(heading) and _SITE.match(rest):
            return heading
    return given


def _first_words(root: etree._Element, tag: str) -> str:
    return next((text for each in root.iter(tag) if (text := words_of(each))), "")


def _time(root: etree._Element) -> str | None:
    """Give a date that only stands on the page: a time element's, else a marked line's.

    The last resort is htmldate's quick search (of 54 pages without any other date it was right
    for 41, wrong for 5); its extensive one, which guesses, was wrong twice as often.
    """
    stamped = (each.get("datetime") for each in root.iter("time"))
    marked = (
        line
        for line in _marked(root, _DATE_NAMES, "datePublished")
        if line[-1:].isdigit() or "GMT" in line
    )
    said = next(filter(None, stamped), None) or next(marked, None)
    return said if read_date(said) else _found_date(root)


def _found_date(root: etree._Element) -> str | None:
    try:
        found = find_date(deepcopy(root), extensive_search=False, original_date=True)
    except _ODD:
        return None
    return str(found) if found else None
