"""The audit, read: the newest first, of all or of one article, and in words for people."""

import pytest

from feeds.errors import NotFound
from feeds.model import Entry, public_id
from feeds.pipeline.desk import Desk
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.ingest import ingest
from feeds.store import sources
from worker import audit, editors, pairs, withdrawals


@pytest.fixture
def three(desk: Desk) -> list[str]:
    """Three articles, by id."""
    entries = tuple(
        Entry(guid=name, url=f"https://{name}.example/1", title=f"On {name}") for name in "abc"
    )
    with desk.engine.begin() as connection:
        done = ingest(desk, connection, [Incoming(sources.submitted(connection), entries)])
    return [public_id(one.article_id) for one in done.settled]


def test_what_was_done_to_an_article_is_read_with_whom_why_and_what_came_of_it(
    desk: Desk, three: list[str]
) -> None:
    one, other, third = three
    pairs.split(desk, one, other, "story", "two events", "anna")
    pairs.merge(desk, one, other, "story", "one after all", "ben")
    pairs.undo(desk, "https://a.example/1", other, "story", "no, two", "anna")
    withdrawals.withdraw(desk, [third], "court order", "ben")
    editors.pin(desk, one, 2, "read this", "anna")
    told = [audit.for_people(line) for line in audit.read(desk, one, 10)]
    said = [(line["actor"], line["action"], line["why"]) for line in told]
    assert said == [
        ("anna", "pin", "read this"),
        ("anna", "undo", "no, two"),
        ("ben", "merge", "one after all"),
        ("anna", "split", "two events"),
    ]
    assert told[0]["on"] == one
    assert {frozenset(str(line["on"]).split(" - ")) for line in told[1:]} == {
        frozenset((one, other))
    }
    outcomes = [str(line["outcome"]) for line in told]
    assert set(outcomes[0].split("; ")) == {"position: 2", "changed: True"}
    assert "undone: " in outcomes[1]
    assert "restored: " in outcomes[1]
    assert "apart, by anna: two events" in outcomes[2]
    everything = audit.read(desk, None, 10)
    assert [line.action for line in everything] == ["pin", "withdraw", "undo", "merge", "split"]
    assert audit.for_people(everything[1])["on"] == third
    assert [line.action for line in audit.read(desk, None, 2)] == ["pin", "withdraw"]


def test_an_article_that_never_was_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        audit.read(desk, "0000000000009", 10)


def test_a_long_list_is_cut_and_says_so(desk: Desk, three: list[str]) -> None:
    withdrawals.withdraw(desk, three * 3, "court order", "ben")
    (line,) = audit.read(desk, three[0], 10)
    assert str(audit.for_people(line)["on"]).endswith("and 4 more")
