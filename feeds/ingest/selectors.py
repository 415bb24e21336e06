"""A source's own rules for its pages: CSS selectors that an editor wrote in sources.yaml.

For the few sources whose markup misleads the general reading. A rule that matches nothing is as
if it were not there, because publishers change their pages without telling anyone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lxml import etree
from lxml.cssselect import CSSSelector

from feeds.ingest.page import drop, words_of
from feeds.model import PageRules

_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a source's rules found on a page; `body` is `None` where they name none."""

    body: etree._Element | None
    title: str
    authors: tuple[str, ...]
    published: str | None


def apply_rules(root: etree._Element, rules: PageRules) -> Chosen:
    """Drop from a page what a source's rules remove, and read what they name."""
    title = next(_texts(root, rules.title), "")
    authors = tuple(_texts(root, rules.author))
    published = next(_dates(root, rules.published), None)
    for selector in rules.remove:
        for element in _chosen(root, selector):
            drop(element)
    body = next(_chosen(root, rules.body), None)
    return Chosen(body, title, authors, published)


def _texts(root: etree._Element, selector: str | None) -> Iterator[str]:
    for element in _chosen(root, selector):
        text = element.get("content") or words_of(element)
        if 0 < len(text) <= _LONGEST:
            yield text


def _dates(root: etree._Element, selector: str | None) -> Iterator[str]:
    for element in _chosen(root, selector):
        yield element.get("datetime") or element.get("content") or words_of(element)


def _chosen(root: etree._Element, selector: str | None) -> Iterator[etree._Element]:
    found = _compiled(selector)(root) if selector else []
    if isinstance(found, list):
        yield from (each for each in found if isinstance(each, etree._Element))


@cache
def _compiled(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")
