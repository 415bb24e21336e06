"""What editors decide: written with its audit and its work, shown, and taken back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from feeds.errors import NotFound
from feeds.model import Entry, public_id
from feeds.pipeline.desk import Desk
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.ingest import ingest
from feeds.pipeline.run import run
from feeds.store import sources
from worker import editors, pairs
from worker.why import explain
from worker.withdrawals import restore, withdraw

WIRE = " ".join(f"word{number}" for number in range(80))
OWN = " ".join(f"other{number}" for number in range(80))
TEXTS = {"a": WIRE, "b": WIRE, "c": WIRE, "d": OWN}
Named = dict[str, str]


@pytest.fixture
def named(desk: Desk) -> Named:
    """One text in three places, and another article; ids by name."""
    entries = tuple(
        Entry(guid=name, url=f"https://{name}.example/1", title=f"On {name}", content=text)
        for name, text in TEXTS.items()
    )
    with desk.engine.begin() as connection:
        done = ingest(desk, connection, [Incoming(sources.submitted(connection), entries)])
    settle(desk)
    return {one.draft.guid: public_id(one.article_id) for one in done.settled}


@pytest.fixture
def four(desk: Desk) -> Named:
    """Four articles that have nothing in common; ids by name."""
    entries = tuple(
        Entry(
            guid=name,
            url=f"https://{name}.example/1",
            title=f"On {name}",
            content=" ".join(f"{name}word{number}" for number in range(80)),
        )
        for name in "abcd"
    )
    with desk.engine.begin() as connection:
        done = ingest(desk, connection, [Incoming(sources.submitted(connection), entries)])
    settle(desk)
    return {one.draft.guid: public_id(one.article_id) for one in done.settled}


def settle(desk: Desk) -> None:
    while run(desk, "relate") + run(desk, "retell") + run(desk, "publish"):
        pass


def groups(desk: Desk, column: str = "duplicate_of") -> list[str]:
    query = f"SELECT guid, coalesce({column}, id) AS lead FROM article ORDER BY guid"
    with desk.engine.connect() as connection:
        rows = connection.execute(sa.text(query)).all()
    found: dict[int, str] = {}
    for row in rows:
        found[row.lead] = found.get(row.lead, "") + row.guid
    return sorted(found.values())


def rows(desk: Desk, query: str) -> list[tuple[Any, ...]]:
    with desk.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_a_split_of_the_whole_group_holds_and_is_undone_as_a_whole(
    desk: Desk, named: Named
) -> None:
    assert groups(desk) == ["abc", "d"]
    done = pairs.split(desk, named["b"], None, "duplicate", "another edition", "anna")
    assert set(done.articles) == {named[name] for name in "abc"}
    settle(desk)
    assert groups(desk) == ["ac", "b", "d"]
    lines = list(explain(desk, named["b"]).lines())
    assert any("apart, by anna: another edition" in line for line in lines)
    undone = pairs.undo(desk, named["b"], named["a"], "duplicate", "a mistake", "ben")
    assert len(undone.undone) == 2
    settle(desk)
    assert groups(desk) == ["abc", "d"]
    assert [row[:2] for row in rows(desk, "SELECT actor, action FROM audit ORDER BY id")] == [
        ("anna", "split"),
        ("ben", "undo"),
    ]


def test_a_merge_takes_back_what_kept_the_two_apart(desk: Desk, named: Named) -> None:
    pairs.split(desk, named["b"], None, "duplicate", "another edition", "anna")
    settle(desk)
    done = pairs.merge(desk, named["b"], "https://a.example/1", "duplicate", "the same", "ben")
    assert len(done.undone) == 2, "apart from a, which is replaced, and from c"
    settle(desk)
    assert groups(desk) == ["abc", "d"]
    (held,) = (line for line in explain(desk, named["b"]).lines() if line.startswith("decided"))
    assert "together, by ben" in held
    pairs.merge(desk, named["d"], named["c"], "duplicate", "a translation", "ben")
    settle(desk)
    assert groups(desk) == ["abcd"]


def test_stories_are_merged_with_all_their_members_and_split(desk: Desk, named: Named) -> None:
    pairs.merge(desk, named["a"], named["d"], "story", "one event", "anna")
    settle(desk)
    pairs.merge(desk, named["d"], named["b"], "story", "one event", "anna")
    settle(desk)
    (found,) = (own for own in groups(desk, "story_id") if "d" in own)
    assert set(found) >= set("abd")
    pairs.split(desk, named["d"], None, "story", "no, another", "anna")
    settle(desk)
    assert "d" in groups(desk, "story_id")


def test_a_merge_of_two_stories_is_undone_as_a_whole(desk: Desk, four: Named) -> None:
    pairs.merge(desk, four["a"], four["b"], "story", "one event", "anna")
    settle(desk)
    pairs.merge(desk, four["c"], four["d"], "story", "one event", "anna")
    settle(desk)
    pairs.merge(desk, four["a"], four["c"], "story", "a mistake", "anna")
    settle(desk)
    assert groups(desk, "story_id") == ["abcd"]
    done = pairs.undo(desk, four["b"], None, "story", "it was one", "ben")
    settle(desk)
    assert groups(desk, "story_id") == ["ab", "cd"]
    assert set(done.articles) == set(four.values())
    assert all("a mistake" in line for line in done.undone)
    done = pairs.undo(desk, four["b"], None, "story", "that, too", "ben")
    assert len(done.undone) == 1, "the older decision goes by its own undo"
    settle(desk)
    assert groups(desk, "story_id") == ["a", "b", "cd"]
    assert not pairs.undo(desk, four["b"], None, "story", "nothing is left", "ben").changed


def test_an_undo_of_a_decision_does_nothing_to_another(desk: Desk, four: Named) -> None:
    first = pairs.merge(desk, four["a"], four["b"], "story", "one event", "anna")
    second = pairs.merge(desk, four["a"], four["c"], "story", "a mistake", "anna")
    again = pairs.merge(desk, four["a"], four["c"], "story", "sent twice", "anna")
    assert first.decision is not None
    assert second.decision is not None
    assert again.decision is None
    for changed in (True, False):
        settle(desk)
        done = pairs.undo(desk, four["a"], None, "story", "no", "ben", second.decision)
        assert done.changed is changed
        assert bool(run(desk, "relate")) is changed, "what was not taken back is nobody's work"
    assert "ab" in groups(desk, "story_id")


def test_a_split_holds_again_once_the_merge_over_it_is_undone(desk: Desk, named: Named) -> None:
    pairs.split(desk, named["b"], None, "duplicate", "another edition", "anna")
    settle(desk)
    pairs.merge(desk, named["a"], named["b"], "duplicate", "a typo", "ben")
    settle(desk)
    assert groups(desk) == ["abc", "d"]
    done = pairs.undo(desk, named["a"], named["b"], "duplicate", "a typo", "ben")
    assert [line.rpartition(" ")[0].split()[-1] for line in done.undone] == ["a"]
    assert len(done.restored) == 2
    assert all("apart, by anna: another edition" in line for line in done.restored)
    settle(desk)
    assert groups(desk) == ["ac", "b", "d"]


def test_what_is_said_twice_is_decided_once(desk: Desk, named: Named) -> None:
    acts: list[tuple[Callable[[], editors.Done], list[str], str]] = [
        (
            lambda: pairs.split(desk, named["b"], None, "duplicate", "another", "anna"),
            ["ac", "b", "d"],
            "b",
        ),
        (
            lambda: pairs.merge(desk, named["d"], named["a"], "duplicate", "the same", "anna"),
            ["abcd"],
            "d",
        ),
    ]
    for act, wanted, name in acts:
        at_once(act, act)
        settle(desk)
        assert groups(desk) == wanted
        (written,) = rows(desk, "SELECT count(DISTINCT decision) FROM verdict")
        assert written == (1,)
        told = rows(desk, "SELECT detail ->> 'changed' FROM audit ORDER BY id DESC LIMIT 2")
        assert told == [("false",), ("true",)]
        assert pairs.undo(desk, named[name], None, "duplicate", "a mistake", "ben").changed
        settle(desk)
        assert groups(desk) == ["abc", "d"]
    again = pairs.merge(desk, named["a"], named["d"], "story", "one event", "anna")
    settle(desk)
    assert again.changed
    assert not pairs.merge(desk, named["d"], named["a"], "story", "one event", "ben").changed
    assert pairs.split(desk, named["d"], named["a"], "story", "no", "ben").changed
    assert pairs.merge(desk, named["d"], named["a"], "story", "yes", "anna").changed


def test_a_copy_is_told_in_a_story_by_who_stands_for_it(desk: Desk, named: Named) -> None:
    lead = next(name for name in "abc" if lead_of(desk, name) == name)
    copy = next(name for name in "abc" if name != lead)
    done = pairs.merge(desk, named["d"], named[copy], "story", "one event", "anna")
    assert set(done.articles) >= {named["d"], named[lead]}
    settle(desk)
    (found,) = (own for own in groups(desk, "story_id") if "d" in own)
    assert lead in found
    with pytest.raises(ValueError, match="one in a story"):
        pairs.split(desk, named[copy], named[lead], "story", "no", "anna")
    assert pairs.undo(desk, named[copy], named["d"], "story", "no", "anna").changed


def lead_of(desk: Desk, guid: str) -> str:
    query = (
        "SELECT a.guid, l.guid FROM article a JOIN article l"
        " ON l.id = coalesce(a.duplicate_of, a.id)"
    )
    found: dict[str, str] = dict(map(tuple, rows(desk, query)))
    return found[guid]


def test_an_answer_says_how_many_of_a_large_group_it_left_out(
    desk: Desk, named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs, "MOST_MEMBERS", 1)
    done = pairs.split(desk, named["b"], None, "duplicate", "another edition", "anna")
    assert (len(done.articles), done.left_out) == (2, 1)
    whole = pairs.merge(desk, named["a"], named["d"], "duplicate", "the same", "anna")
    assert whole.left_out == 0


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


def at_once(*acts: Callable[[], object]) -> None:
    """Have editors act at the same moment."""
    ready = Barrier(len(acts))

    def run_one(act: Callable[[], object]) -> object:
        ready.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(run_one, acts))


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
