"""What editors decide: written with its audit and its work, shown, and taken back."""

from collections.abc import Callable

import pytest

from feeds.errors import NotFound
from feeds.pipeline.desk import Desk
from tests.worker.desks import Named, at_once, rows
from worker import editors, pairs
from worker.why import explain
from worker.withdrawals import restore, withdraw


def test_a_section_a_topic_and_a_pin_are_set_and_given_back(desk: Desk, named: Named) -> None:
    section, topic = desk.editorial.sections[-1].slug, desk.editorial.topics[0].slug
    state = "SELECT section, section_why FROM article WHERE guid = 'd'"
    ((was, by_rule),) = rows(desk, state)
    assert editors.move(desk, named["d"], section, "it is", "anna").changed
    editors.tag(desk, named["d"], topic, True, "it is", "anna")
    editors.pin(desk, named["d"], 3, "read this", "anna")
    assert rows(desk, state) == [(section, "set by anna: it is")]
    assert rows(desk, "SELECT slug FROM article_topic") == [(topic,)]
    assert rows(desk, "SELECT position FROM pin") == [(3,)]
    marked = {row[0] for row in rows(desk, "SELECT kind FROM work WHERE want > done")}
    assert marked >= {"relate", "publish"}
    told = [line for line in explain(desk, named["d"]).lines() if line.startswith("decided")]
    assert [line.split()[1] for line in told] == ["pinned", "section", "topic"]
    assert editors.move(desk, named["d"], None, "no", "anna").changed
    assert editors.tag(desk, named["d"], topic, None, "no", "anna").changed
    assert editors.pin(desk, named["d"], None, "no", "anna").changed
    assert not editors.pin(desk, named["d"], None, "no", "anna").changed
    assert rows(desk, state) == [(was, by_rule)]
    assert rows(desk, "SELECT slug FROM article_topic") == rows(desk, "SELECT 1 FROM pin") == []


def test_of_two_who_move_an_article_at_once_the_later_one_is_heard(
    desk: Desk, named: Named
) -> None:
    one, other = (section.slug for section in desk.editorial.sections[-2:])
    for _ in range(5):
        at_once(
            lambda: editors.move(desk, named["d"], one, "it is", "anna"),
            lambda: editors.move(desk, named["d"], other, "no", "ben"),
        )
        ((last,),) = rows(desk, "SELECT detail ->> 'section' FROM audit ORDER BY id DESC LIMIT 1")
        assert rows(desk, "SELECT slug FROM placement") == [(last,)]
        assert rows(desk, "SELECT section FROM article WHERE guid = 'd'") == [(last,)]


Act = Callable[[Desk, Named], object]
IMPOSSIBLE: dict[str, tuple[Act, type[Exception]]] = {
    "no such section": (lambda d, n: editors.move(d, n["d"], "nowhere", "x", "a"), ValueError),
    "no such topic": (lambda d, n: editors.tag(d, n["d"], "nothing", True, "x", "a"), ValueError),
    "no such article": (lambda d, n: editors.pin(d, "0000000000009", 1, "x", "a"), NotFound),
    "no reason": (lambda d, n: editors.pin(d, n["d"], 1, " ", "a"), ValueError),
    "no such kind": (lambda d, n: pairs.merge(d, n["a"], n["d"], "y", "x", "a"), ValueError),
    "alone": (lambda d, n: pairs.split(d, n["d"], None, "duplicate", "x", "a"), ValueError),
    "itself": (lambda d, n: pairs.merge(d, n["d"], n["d"], "story", "x", "a"), ValueError),
}


def test_what_cannot_be_done_writes_nothing(desk: Desk, named: Named) -> None:
    for act, error in IMPOSSIBLE.values():
        with pytest.raises(error):
            act(desk, named)
    for table in ("audit", "verdict", "placement", "pin"):
        assert rows(desk, f"SELECT 1 FROM {table}") == []


WITHDRAWN: dict[str, Act] = {
    "merge with it": lambda d, n: pairs.merge(d, n["d"], n["a"], "duplicate", "x", "a"),
    "merge it": lambda d, n: pairs.merge(d, n["a"], n["d"], "story", "x", "a"),
    "split": lambda d, n: pairs.split(d, n["a"], None, "duplicate", "x", "a"),
    "pin": lambda d, n: editors.pin(d, n["a"], 1, "x", "a"),
}


@pytest.mark.parametrize("act", WITHDRAWN.values(), ids=WITHDRAWN)
def test_what_is_withdrawn_is_decided_of_once_it_is_back(
    desk: Desk, named: Named, act: Act
) -> None:
    withdraw(desk, [named["a"]], "by mistake", "anna")
    with pytest.raises(ValueError, match=f"withdrawn: {named['a']}; restore"):
        act(desk, named)
    editors.pin(desk, named["a"], None, "it is gone", "anna")
    restore(desk, [named["a"]], "it was a mistake", "anna")
    act(desk, named)
