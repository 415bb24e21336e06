"""One article and one head to vary, and what judges the feeds that are made of them.

Session-wide, since all are values and builders of values.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from feeds.model import Article, Author, Image, TopicHit
from feeds.publish.feed_head import FeedHead

MORNING = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def head() -> FeedHead:
    return FeedHead(
        key="section/nhan-quyen",
        title="Nhân quyền & báo chí",
        description="Tin về nhân quyền",
        page_url="http://localhost:8000/section/nhan-quyen",
        base_url="http://localhost:8000",
        language="vi",
        tag_authority="example.org,2026",
        labels={"nhan-quyen": "Nhân quyền", "bao-chi": "Báo chí"},
    )


@pytest.fixture(scope="session")
def make_article() -> Callable[..., Article]:
    """Build the n-th article, an hour younger than the one before, with any field changed."""

    def make(number: int = 1, **changes: Any) -> Article:
        fields: dict[str, Any] = {
            "id": number,
            "url": f"https://news.example.com/{number}?a=1&b=2",
            "title": f"Tin số {number}: AT&T, 1 < 2",
            "excerpt": f"Tóm tắt {number} & 3 < 4",
            "html": '<p>Bắt giữ <a href="https://example.com/?x=1&amp;y=2">nhà báo</a></p>',
            "language": "vi",
            "effective_at": MORNING + timedelta(hours=number),
            "revised_at": None,
            "image": Image(
                "https://img.example.com/a.jpg", caption="Ảnh", credit="AFP", width=800, height=600
            ),
            "authors": (Author("an-nguyen", "An Nguyễn"), Author("b-tran", "B Trần")),
            "section": "nhan-quyen",
            "section_why": "rule",
            "topics": (TopicHit("phu-nu", 0.9, "x"), TopicHit("bao-chi", 0.5, "y")),
            "source_name": "bao",
            "source_title": "Báo & Con",
            "source_url": "https://news.example.com/feed.xml",
        }
        return Article(**(fields | changes))

    return make


@pytest.fixture(scope="session")
def atom_schema() -> etree.RelaxNG:
    """The schema of RFC 4287, appendix B."""
    return etree.RelaxNG(etree.parse(Path(__file__).parent / "atom-rfc4287.rng"))


# JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), by its sections: a value's kind, "!" where
# it is required, and "*" where it is a list of such.
JSON_FEED = {
    "Top-level": {
        "version": "version!",
        "title": "string!",
        "home_page_url": "url",
        "feed_url": "url",
        "description": "string",
        "user_comment": "string",
        "next_url": "url",
        "icon": "url",
        "favicon": "url",
        "authors": "Authors*",
        "author": "Authors",  # deprecated
        "language": "language",
        "expired": "flag",
        "hubs": "Hubs*",
        "items": "Items*!",
    },
    "Items": {
        "id": "string!",
        "url": "url",
        "external_url": "url",
        "title": "string",
        "content_html": "string",
        "content_text": "string",
        "summary": "string",
        "image": "url",
        "banner_image": "url",
        "date_published": "date",
        "date_modified": "date",
        "authors": "Authors*",
        "author": "Authors",  # deprecated
        "tags": "string*",
        "language": "language",
        "attachments": "Attachments*",
    },
    "Authors": {"name": "string", "url": "url", "avatar": "url"},
    "Hubs": {"type": "string!", "url": "url!"},
    "Attachments": {
        "url": "url!",
        "mime_type": "string!",
        "title": "string",
        "size_in_bytes": "number",
        "duration_in_seconds": "number",
    },
}
_PATTERNS = {
    "version": r"https://jsonfeed\.org/version/1\.1",
    "string": r"[\s\S]*",
    "url": r"[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]_a-z~%]+",  # RFC 3986: a scheme, and no space
    "language": r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*",  # RFC 5646 §2.1
    "date": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",  # RFC 3339 §5.6
}
_TYPES = {"flag": bool, "number": (int, float)}
_OWN = re.compile(r"_[A-Za-z][^.]*")  # Extensions: an underscore, a letter, and no period


@pytest.fixture(scope="session")
def json_feed_faults() -> Callable[[object], list[str]]:
    """Tell where a document breaks JSON Feed 1.1: section, name, and how."""
    return lambda document: list(_faults("Top-level", document))


def _faults(section: str, value: object) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{section}: no object"
        return
    rules = JSON_FEED[section]
    for name in [one for one, kind in rules.items() if "!" in kind and one not in value]:
        yield f"{section}, {name}: is required"
    for name in [one for one in value if one not in rules and not _OWN.fullmatch(one)]:
        yield f"{section}, {name}: neither known nor an extension"
    for name, kind in rules.items():
        if name in value:
            yield from _kind_faults(f"{section}, {name}", kind.removesuffix("!"), value[name])
    yield from _odd(section, value)


def _kind_faults(where: str, kind: str, value: object) -> Iterator[str]:
    if kind.endswith("*"):
        if not isinstance(value, list):
            yield f"{where}: no list"
            return
        for one in value:
            yield from _kind_faults(where, kind[:-1], one)
    elif kind in JSON_FEED:
        yield from _faults(kind, value)
    elif kind in _TYPES:
        if not isinstance(value, _TYPES[kind]):
            yield f"{where}: no {kind}"
    elif not isinstance(value, str) or not re.fullmatch(_PATTERNS[kind], value):
        yield f"{where}: no {kind}"


def _odd(section: str, value: Mapping[str, Any]) -> Iterator[str]:
    """Tell what the sections say of several values at once."""
    if section == "Authors" and not value.keys() & JSON_FEED["Authors"].keys():
        yield "Authors: at least one of name, url, avatar"
    if section == "Items" and not value.keys() & {"content_html", "content_text"}:
        yield "Items: one of content_html, content_text or both"
    if section == "Top-level":
        if "next_url" in value and value["next_url"] == value.get("feed_url"):
            yield "Top-level, next_url: must not be feed_url"
        ids = [str(one.get("id")) for one in value.get("items", ()) if isinstance(one, dict)]
        if len(set(ids)) != len(ids):
            yield "Items, id: is unique in the feed"
