"""What feedparser alone could read of an item, where the tree lost it.

A broken document has other items in the tree than feedparser finds; then an id is the one that
feedparser resolved, because nobody else has it.
"""

import re
from typing import Any

from feeds.foreign import Enclosure, Extras
from feeds.ingest.elements import Details
from feeds.ingest.extras import read_count
from feeds.ingest.words import words
from feeds.model import Image
from feeds.urls import absolute

_PICTURE = re.compile(r"image/|image$")


def own_details(raw: Any, url: str) -> Details:
    """Read from feedparser what the tree could not give."""
    media = [*(raw.get("media_content") or ()), *(raw.get("media_thumbnail") or ())]
    attached = [each for each in raw.get("links") or () if each.get("rel") == "enclosure"]
    pictures = [
        absolute(url, each.get("url") or each.get("href") or "")
        for each in (*media, *attached)
        if _PICTURE.match(each.get("type") or each.get("medium") or "image")
    ]
    source = raw.get("source") or {}
    picture = next(filter(None, pictures), None)
    return Details(
        guid=raw.get("id") or None,
        image=Image(picture) if picture else None,
        via_title=words(source.get("title") or "") or None,
        via_url=absolute(url, source.get("href") or link_in(source) or ""),
        media_texts=frozenset(),
    )


def own_extras(raw: Any, url: str) -> Extras:
    """Read the same from feedparser, for an item that the tree could not give."""
    links = raw.get("links") or ()
    files = [
        Enclosure(address, each.get("type") or "", read_count(each.get("length")))
        for each in links
        if each.get("rel") == "enclosure"
        and (address := absolute(url, each.get("href") or each.get("url") or ""))
    ]
    licences = (each.get("href") for each in links if each.get("rel") == "license")
    return Extras(
        enclosures=tuple(files),
        comments_url=absolute(url, raw.get("comments") or ""),
        comment_count=read_count(raw.get("slash_comments") or raw.get("thr_total")),
        licence_url=absolute(url, next(filter(None, licences), "")),
        subtitle=text_in(raw, "subtitle"),
    )


def text_in(raw: Any, name: str) -> str:
    """Give the words of one of feedparser's texts."""
    kind = (raw.get(f"{name}_detail") or {}).get("type")
    return words(raw.get(name) or "", is_html=True if kind == "application/xhtml+xml" else None)


def link_in(raw: Any) -> str | None:
    """Give the link, or the first alternate of another type."""
    if raw.get("link"):
        return str(raw["link"])
    links = (each for each in raw.get("links") or () if each.get("rel") == "alternate")
    return next((str(each["href"]) for each in links if each.get("href")), None)
