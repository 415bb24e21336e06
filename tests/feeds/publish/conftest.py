"""One article and one head to vary: session-wide, since both are values and builders of values."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feeds.model import Article, Author, Image, TopicHit
from feeds.publish.document import FeedHead

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
