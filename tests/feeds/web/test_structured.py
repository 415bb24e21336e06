from datetime import UTC, datetime
from typing import Any

from config.editorial import Editorial
from feeds.model import Article, TopicHit
from feeds.web.structured import breadcrumb, topic_names

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def _article(**more: Any) -> Article:
    empty = ("url", "title", "excerpt", "html", "section_why", "source_name", "source_url")
    fields: dict[str, Any] = dict.fromkeys(empty, "")
    fields |= {"id": 1, "language": "vi", "effective_at": NOON, "revised_at": None, "image": None}
    fields |= {"authors": (), "section": None, "topics": (), "source_title": "Nhật báo"}
    return Article(**{**fields, **more})


def test_the_way_to_an_article_is_named_in_the_readers_language(editorial: Editorial) -> None:
    trail = breadcrumb(_article(section="nhan-quyen"), editorial, "en")
    assert trail[0] == ("Home", "/")
    assert trail[-1] == ("Human rights", "/section/nhan-quyen")
    assert breadcrumb(_article(), editorial, "vi") == (("Trang chủ", "/"),)


def test_topics_that_editors_dropped_are_not_named(editorial: Editorial) -> None:
    topics = (TopicHit("giao-duc", 0.9, ""), TopicHit("long-gone", 0.8, ""))
    assert topic_names(_article(topics=topics), editorial, "vi") == (("giao-duc", "Giáo dục"),)
