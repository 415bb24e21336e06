"""The usual item of RSS 2.0: nothing but texts, read by one look at each child.

Most items have no more, and take a third of the time this way. What is unusual is left to
`plain_rss`, which knows what may stand there.
"""

from datetime import datetime

from lxml import etree

from feeds.foreign import Category, Person
from feeds.ingest.dates import read_date
from feeds.ingest.elements import DC
from feeds.ingest.named import names_of, people_of, terms_of
from feeds.ingest.plainly import category_of, fixed, person, resolved_text
from feeds.ingest.words import words
from feeds.model import Entry
from feeds.urls import is_web

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CATEGORIES = ("category", f"{DC}subject")
AUTHORS = ("author", f"{DC}creator")
_ONCE = frozenset(("title", "link", "description", "guid", "pubDate", CONTENT))
_USUAL = _ONCE.union(CATEGORIES, AUTHORS)
_PERMALINK = ["isPermaLink"]


def usual_entry(
    item: etree._Element, url: str, zone: str, language: str | None, base: str | None
) -> Entry | None:
    """Read an item that has nothing but the usual texts; `None` for any other.

    `base` is the feed's own. Raises `Unknown` where a text is not plain.
    """
    if len(item) and item[-1].tag not in _USUAL:  # what is unusual mostly stands last
        return None
    once: dict[str, str] = {}
    people: list[Person] = []
    terms: list[Category] = []
    for child in item:
        tag = child.tag
        # A guid's one attribute is looked at where there is no other address.
        if len(child) or ((keys := child.keys()) and (tag != "guid" or keys != _PERMALINK)):
            return None
        text = child.text
        text = text.strip() if text else ""
        if tag in _ONCE and tag not in once:
            once[tag] = text
        elif tag in CATEGORIES:
            terms.append(category_of(fixed(text), ""))
        elif tag in AUTHORS:
            people.append(person(fixed(text)))
        else:
            return None
    summary, content = _bodies(once)
    authors, categories = people_of(people), terms_of(terms)
    return Entry(
        guid=once.get("guid") or None,
        url=_address(item, once, base or url),
        title=words(fixed(once.get("title", ""))),
        summary=summary,
        content=content,
        authors=names_of(authors),
        categories=names_of(categories),
        published=_date(once, zone),
        language=language,
        people=authors,
        base_url=base,
        terms=categories,
    )


def _bodies(once: dict[str, str]) -> tuple[str, str]:
    summary, content = fixed(once.get("description", "")), fixed(once.get(CONTENT, ""))
    return "" if content and summary == content else summary, content


def _address(item: etree._Element, once: dict[str, str], base: str) -> str | None:
    if "link" in once:
        return resolved_text(once["link"], base)
    guid = once.get("guid")
    if not guid or not is_web(guid):
        return None
    written = item.find("guid")
    is_address = written is None or written.get("isPermaLink", "true") == "true"
    return guid if is_address else None


def _date(once: dict[str, str], zone: str) -> datetime | None:
    return read_date(fixed(once["pubDate"]), zone) if "pubDate" in once else None
