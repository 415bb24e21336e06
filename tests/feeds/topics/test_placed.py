"""What people decided of a section and topics."""

from datetime import UTC, datetime

import pytest

from feeds.model import Filing, Placement, TopicHit
from feeds.topics.placed import placed

AT = datetime(2026, 11, 20, tzinfo=UTC)
BY_RULE = Filing("news", "url has /news/", 0.9, (TopicHit("harbour", 0.5, "title: harbour"),))


def by_hand(kind: str, slug: str, holds: bool = True) -> Placement:
    return Placement(kind, slug, holds, "anna", AT, "she knows")


def test_without_placements_a_filing_stays() -> None:
    assert placed(BY_RULE, []) == BY_RULE


def test_a_section_that_a_person_set_holds_with_its_reason() -> None:
    found = placed(BY_RULE, [by_hand("section", "sport")])
    assert (found.section, found.why, found.confidence) == ("sport", "set by anna: she knows", 1.0)
    assert found.topics == BY_RULE.topics


@pytest.mark.parametrize(
    ("slug", "holds", "topics"),
    [
        ("asean", True, {"harbour": 0.5, "asean": 1.0}),
        ("harbour", True, {"harbour": 1.0}),
        ("harbour", False, {}),
        ("asean", False, {"harbour": 0.5}),
    ],
)
def test_topics_are_given_and_taken_away(slug: str, holds: bool, topics: dict[str, float]) -> None:
    found = placed(BY_RULE, [by_hand("topic", slug, holds)])
    assert {hit.slug: hit.confidence for hit in found.topics} == topics


def test_placing_twice_is_once() -> None:
    both = [by_hand("section", "sport"), by_hand("topic", "asean")]
    assert placed(placed(BY_RULE, both), both) == placed(BY_RULE, both)
