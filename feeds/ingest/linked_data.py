"""JSON-LD of an article page: the objects that describe the article, and their texts.

Publishers write it by template, so half of the broken ones fail for the same three reasons: line
breaks inside strings, a comment or CDATA around it, a semicolon or a comma at the end.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import orjson
from lxml import etree

from feeds.ingest.jsontext import load_json
from feeds.urls import is_web, url_key

_ARTICLES = ("Article", "BlogPosting", "Report")  # endings: schema.org has NewsArticle and more
_DEEPEST = 6
_AROUND = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$")
_CONTROLS = re.compile(r"[\x00-\x1f]")
_LAST_COMMA = re.compile(r",\s*([}\]])")

Described = dict[str, Any]


def objects(root: etree._Element) -> list[Described]:
    """List all objects of a page's JSON-LD, nested ones too, in document order.

    What an object only refers to (`{"@id": …}`, JSON-LD 1.1 §3.3) stands in it, one level deep.
    """
    found = [
        each
        for script in root.iter("script")
        if "ld+json" in (script.get("type") or "").lower()
        for each in _within(_load(script.text or ""), 0)
    ]
    named = {str(one["@id"]): one for one in reversed(found) if "@id" in one and not _refers(one)}
    return [_linked(one, named) for one in found] if named else found


def article_of(found: list[Described], keys: Collection[str] = ()) -> Described:
    """Give the object that describes the article, empty without one.

    Of several it is the one with an address of the page, of which `keys` are the url keys, else
    the first.
    """
    articles = [one for one in found if is_a(one, *_ARTICLES)]
    own = (one for one in articles if len(articles) > 1 and not _keys(one).isdisjoint(keys))
    return next(own, next(iter(articles), {}))


def is_a(described: Described, *endings: str) -> bool:
    """Tell whether one of an object's types ends so."""
    kinds = described.get("@type")
    return any(
        str(kind).endswith(endings) for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def texts(value: Any, *names: str, depth: int = 0) -> Iterator[str]:
    """Give the texts of a value: itself, its items', or what an object calls by these names."""
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, list) and depth < _DEEPEST:
        for each in value:
            yield from texts(each, *names, depth=depth + 1)
    elif isinstance(value, dict):
        for name in names:
            yield from texts(value.get(name))


def first(data: Described, *names: str) -> str:
    """Give the first text that an object has under one of these names; empty without one."""
    for name in names:
        text = next(filter(None, texts(data.get(name), "@value", "name")), "")
        if text:
            return text
    return ""


def _keys(described: Described) -> set[str]:
    """Name the page that an object is about, by all of its addresses."""
    own = [described.get("@id"), described.get("url"), described.get("mainEntityOfPage")]
    return {url_key(place) for place in texts(own, "@id", "url") if is_web(place)}


def _refers(value: Any) -> bool:
    return isinstance(value, dict) and "@id" in value and value.keys() <= {"@id", "@type"}


def _linked(described: Described, named: Mapping[str, Described]) -> Described:
    return {name: _referred(value, named) for name, value in described.items()}


def _referred(value: Any, named: Mapping[str, Described]) -> Any:
    if isinstance(value, list):
        return [named.get(str(each["@id"]), each) if _refers(each) else each for each in value]
    return named.get(str(value["@id"]), value) if _refers(value) else value


def _load(text: str) -> Any:
    plain = _CONTROLS.sub(" ", _AROUND.sub("", _AROUND.sub("", text)))
    for attempt in (plain, _LAST_COMMA.sub(r"\1", plain)):
        try:
            return load_json(attempt)
        except orjson.JSONDecodeError:
            continue
    return None


def _within(data: Any, depth: int) -> Iterator[Described]:
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for each in data:
            yield from _within(each, depth + 1)
    elif isinstance(data, dict):
        yield data
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _within(data.get(name), depth + 1)
