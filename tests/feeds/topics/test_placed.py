"""What people decided of a section and topics."""

from datetime import UTC, datetime

import pytest

from feeds.model import Filing, Placement, TopicHit
from feeds.topics.placed import placed

AT = datetime(2026, 11, 20, tzinfo=UTC)
BY_RULE = Filing("news", "url has /news/", 0.9, (TopicHit("harbour", 0.5, "title: harbour"),))


def by_hand(kind: str, slug: str, holds: bool = True) -> Placement:
    return Placement(kind, slug, holds, "anna", AT, "she knows")


def filed(by_machine: Filing, *placements: Placement) -> Filing:
    return placed(by_machine, placements, {"news", "sport"}, {"harbour", "asean"})


def test_without_placements_a_filing_stays() -> None:
    assert filed(BY_RULE) == BY_RULE


def test_a_section_that_a_person_set_holds_with_its_reason() -> None:
    found = filed(BY_RULE, by_hand("section", "sport"))
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
    found = filed(BY_RULE, by_hand("topic", slug, holds))
    assert {hit.slug: hit.confidence for hit in found.topics} == topics


def test_placing_twice_is_once() -> None:
    both = [by_hand("section", "sport"), by_hand("topic", "asean")]
    assert filed(filed(BY_RULE, *both), *both) == filed(BY_RULE, *both)


def test_what_is_no_section_or_topic_any_more_leaves_it_to_the_machine() -> None:
    gone = [by_hand("section", "asean"), by_hand("topic", "news"), by_hand("topic", "sport", False)]
    assert filed(BY_RULE, *gone) == BY_RULE
