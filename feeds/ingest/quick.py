"""The plain feeds, read straight from the tree: RSS 2.0 and Atom 1.0, well-formed.

Theory: nine feeds in ten are plain, and feedparser needs forty times as long for them as their
bytes need. But two readers that disagree would give one article two faces, so this one gives
exactly what the reference gives, or nothing: at the first element, attribute, value or order that
it doesn't know it steps back, and where items stand anywhere but in their places. What it knows is
what feedparser 6.0 does with the same document, and the tests compare both on every feed at hand,
and on mutants of these.
"""

from collections.abc import Collection

from lxml import etree

from feeds.foreign import Imprint
from feeds.ingest.dates import read_date
from feeds.ingest.elements import ATOM, DC, XML_BASE, XML_LANG, deleted_ids, feed_id, items_of
from feeds.ingest.named import terms_of
from feeds.ingest.plain_atom import atom_entry, atom_person, html_link, people, term, title
from feeds.ingest.plain_rss import rss_entry
from feeds.ingest.plainly import (
    Unknown,
    category,
    check,
    check_link,
    fixed,
    ignore,
    person,
    plain_text,
    related,
    relation,
    resolved,
    resolved_id,
)
from feeds.ingest.tree import Tree
from feeds.ingest.words import words
from feeds.model import ParsedFeed
from feeds.urls import absolute

_EDITOR, _TITLE = f"{DC}creator", f"{DC}title"
_RSS_ONCE = frozenset(
    (
        *("title", "description", "language", "pubDate", "lastBuildDate", "generator"),
        *("copyright", "docs", "ttl", "managingEditor", "webMaster", "cloud", "link"),
        *(_EDITOR, _TITLE),
    )
)
_RSS_OFTEN = frozenset(("item", "image", "category", f"{ATOM}link"))
_ATOM_ONCE = frozenset(
    f"{ATOM}{name}"
    for name in (
        *("id", "title", "subtitle", "updated", "published"),
        *("generator", "icon", "logo", "rights"),
    )
)
_ATOM_OFTEN = frozenset(
    f"{ATOM}{name}" for name in ("link", "author", "category", "contributor", "entry")
)
_DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
_IMAGE_PARTS = frozenset(("url", "title", "link", "width", "height", "description"))


def read_quickly(tree: Tree, url: str, zone: str) -> ParsedFeed | None:
    """Read a plain feed; `None` where anything in it is not plain."""
    root = tree.root
    if root is None or not tree.is_whole:
        return None
    try:
        root = check(root, tree.raw)
        if root.tag == "rss" and root.get("version", "").startswith("2."):
            feed = _rss(root, url, zone)
        elif root.tag == f"{ATOM}feed":
            feed = _atom(root, url, zone)
        else:
            return None
    except Unknown:
        return None
    return feed if len(feed.entries) == len(items_of(root)) else None


def _rss(root: etree._Element, url: str, zone: str) -> ParsedFeed:
    if len(root) != 1 or root[0].tag != "channel" or root[0].keys():
        raise Unknown
    base = _base(root, ("version", XML_LANG))
    once = _top(root[0], _RSS_ONCE, _RSS_OFTEN)
    images = root[0].iterchildren("image")
    if any(part.tag not in _IMAGE_PARTS or len(part) for image in images for part in image):
        raise Unknown
    links = root[0].findall(f"{ATOM}link")
    for link in links:
        check_link(link)
    if any(relation(link) == "alternate" for link in links):
        raise Unknown
    language = fixed(plain_text(once.get("language"))) or None
    if root.get(XML_LANG, language) != language:
        raise Unknown
    if _TITLE in once and plain_text(once[_TITLE]) != plain_text(once.get("title")):
        raise Unknown
    if _EDITOR in once and "managingEditor" in once:
        raise Unknown
    editor = person(fixed(plain_text(once.get("managingEditor", once.get(_EDITOR)))))
    terms = map(category, root[0].iterfind("category"))
    home = resolved(plain_text(once["link"]), base or url) if "link" in once else None
    return ParsedFeed(
        kind="rss20",
        title=words(fixed(plain_text(once.get("title")))),
        entries=tuple(
            rss_entry(item, url, zone, language, base) for item in root[0].iterchildren("item")
        ),
        home_url=absolute(url, home) if home else None,
        language=language,
        hub_url=related(links, "hub", base or url),
        self_url=related(links, "self", base or url),
        imprint=Imprint(
            subtitle=words(fixed(plain_text(once.get("description")))),
            people=(editor,) if editor.name or editor.email else (),
            terms=terms_of(terms),
            published=read_date(fixed(plain_text(once.get("pubDate"))), zone),
            updated=read_date(fixed(plain_text(once.get("lastBuildDate"))), zone),
        ),
    )


def _atom(root: etree._Element, url: str, zone: str) -> ParsedFeed:
    base = _base(root, (XML_LANG,))
    once = _top(root, _ATOM_ONCE, _ATOM_OFTEN)
    language = root.get(XML_LANG, "").replace("_", "-") or None
    links = root.findall(f"{ATOM}link")
    home = html_link(links, base or url)
    if home is None:
        home = resolved_id(fixed(plain_text(once.get(f"{ATOM}id"))), base or url)
        if links and not home:
            raise Unknown
    for each in root.iterchildren(f"{ATOM}contributor"):
        atom_person(each, base or url)  # it is nobody's author, but what it holds must be plain
    heirs = people(root.findall(f"{ATOM}author"), base or url)
    return ParsedFeed(
        kind="atom10",
        title=title(once.get(f"{ATOM}title")),
        entries=tuple(
            atom_entry(each, url, zone, language, heirs, base)
            for each in root.iterchildren(f"{ATOM}entry")
        ),
        home_url=absolute(url, home),
        language=language,
        hub_url=related(links, "hub", base or url),
        self_url=related(links, "self", base or url),
        deleted=deleted_ids(root),
        imprint=Imprint(
            id=feed_id(root),
            subtitle=title(once.get(f"{ATOM}subtitle")),
            people=heirs,
            terms=terms_of(map(term, root.iterfind(f"{ATOM}category"))),
            published=read_date(fixed(plain_text(once.get(f"{ATOM}published"))), zone),
            updated=read_date(fixed(plain_text(once.get(f"{ATOM}updated"))), zone),
        ),
    )


def _base(root: etree._Element, known: Collection[str]) -> str | None:
    """Give a feed's own base; raises `Unknown` for one that is not absolute, as for attributes."""
    if not {*known, XML_BASE}.issuperset(root.keys()):
        raise Unknown
    base = root.get(XML_BASE)
    if base is not None and (resolved(base, "") != base or not absolute(None, base)):
        raise Unknown
    return base


def _top(
    parent: etree._Element, known: frozenset[str], often: frozenset[str]
) -> dict[str, etree._Element]:
    """Map the feed's own elements by tag; all must be known, and stand once where they should."""
    once: dict[str, etree._Element] = {}
    for child in parent:
        tag = str(child.tag)
        if tag in often:
            continue
        if tag in once or (len(child) and (tag in known or tag == _DELETED)):
            raise Unknown
        if tag in known:
            once[tag] = child
        elif tag != _DELETED:
            ignore(child)
    return once
