"""JSON-LD of an article page: the objects that describe the article, and their texts.

Publishers write it by template, so half of the broken ones fail for the same three reasons: line
breaks inside strings, a comment or CDATA around it, a semicolon or a comma at the end.
"""

import re
from collections.abc import Iterator
from typing import Any

import orjson
from lxml import etree

from feeds.ingest.jsontext import load_json

_ARTICLES = ("Article", "BlogPosting", "Report")  # endings: schema.org has NewsArticle and more
_DEEPEST = 6
_AROUND = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$")
_CONTROLS = re.compile(r"[\x00-\x1f]")
_LAST_COMMA = re.compile(r",\s*([}\]])")

Described = dict[str, Any]


def objects(root: etree._Element) -> list[Described]:
    """List all objects of a page's JSON-LD, nested ones too, in document order."""
    return [
        found
        for script in root.iter("script")
        if "ld+json" in (script.get("type") or "").lower()
        for found in _within(_load(script.text or ""), 0)
    ]


def article_of(found: list[Described]) -> Described:
    """Give the object that describes the article; the first of several, empty without one."""
    return next((one for one in found if is_a(one, *_ARTICLES)), {})


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
