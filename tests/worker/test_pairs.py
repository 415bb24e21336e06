"""Verdicts on pairs: merges and splits hold, are told, and are taken back as a whole."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from feeds.pipeline.desk import Desk
from feeds.pipeline.run import run
from tests.worker.desks import Named, at_once, rows, settle
from worker import editors, pairs
from worker.why import explain


def groups(desk: Desk, column: str = "duplicate_of") -> list[str]:
    query = f"SELECT guid, coalesce({column}, id) AS lead FROM article ORDER BY guid"
    with desk.engine.connect() as connection:
        rows = connection.execute(sa.text(query)).all()
    found: dict[int, str] = {}
    for row in rows:
        found[row.lead] = found.get(row.lead, "") + row.guid
    return sorted(found.values())


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
