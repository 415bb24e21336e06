from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.store.choosing import Fact
from feeds.web.choice import Choice
from feeds.web.chosen import choose

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FACTS = st.builds(
    Fact,
    language=st.sampled_from(["vi", "en", "vi-VN"]),
    updated_at=st.integers(0, 9).map(lambda hours: NOON - timedelta(hours=hours)),
    story_id=st.none() | st.integers(100, 103),
)
CHOICES = st.builds(
    Choice,
    lang=st.sampled_from([None, "vi"]),
    since=st.sampled_from([None, NOON - timedelta(hours=5)]),
    stories=st.just(True),
)


@given(told=st.lists(FACTS, max_size=12), newest=FACTS, choice=CHOICES)
def test_a_later_telling_changes_nothing_of_what_is_chosen(
    told: list[Fact], newest: Fact, choice: Choice
) -> None:
    facts = dict(enumerate(told, start=1))
    before = choose(list(facts), facts, choice)
    after = choose([0, *facts], {0: newest, **facts}, choice)
    assert after - {0} == before
    stories = [facts[one].story_id for one in before if facts[one].story_id is not None]
    assert len(stories) == len(set(stories))


def test_who_is_public_no_more_is_not_chosen() -> None:
    fact = Fact("vi", NOON, None)
    assert choose([3, 2, 1], {3: fact, 1: fact}, Choice(limit=2)) == {3, 1}
