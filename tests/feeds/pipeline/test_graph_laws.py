"""The graph under any history: articles come, change, go and come back, people decide otherwise.

Every law holds, the best lists are those that all would get if they came anew, no page names what
is withdrawn, itself or one article twice in a list, and each fetched entry has its one word.
"""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from feeds.errors import NotFound
from feeds.model import Entry, Verdict
from feeds.pipeline.withdraw import restore, withdraw
from feeds.store import articles, checking, reindexes
from feeds.store.reindexes import Scope
from feeds.store.relations import KEEP
from feeds.web.blocks import blocks_for
from worker import editors, pairs

MOST = 8  # two more than an article keeps relations
NUMBERS = st.integers(0, MOST)
KINDS = st.sampled_from(["story", "duplicate"])
NEWS = "Mira Solanke and Tobias Renfro met in Port Larrow. {}"
CARE = "Child care, child care at the harbour. {}"
FEW = settings(
    max_examples=8, stateful_step_count=12, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)


@pytest.fixture
def machine(
    newsroom: Any, make_entry: Callable[..., Entry], make_prose: Callable[..., str]
) -> Callable[[], RuleBasedStateMachine]:
    """Make machines that start with an empty newsroom."""

    class History(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            newsroom.empty()
            self.fetched: set[Entry] = set()
            self.refused: dict[int, set[Entry]] = defaultdict(set)

        def publish(self, number: int, text: str, hours: float = 0) -> None:
            source = SOURCES[number % 2]
            slug = f"n{number}"
            entry = make_entry(slug, f"{source}.example", number + 1 + hours, content=text)
            query = "SELECT 1 FROM article WHERE guid = :guid AND state = 'withdrawn'"
            if entry not in self.fetched and newsroom.rows(query, guid=entry.guid):
                self.refused[number].add(entry)
            newsroom.take(source, entry)
            self.fetched.add(entry)
            newsroom.watch.forward(seconds=1)

        @initialize(is_crowded=st.booleans())
        def begin(self, is_crowded: bool) -> None:
            """Begin with nothing, or with more of one topic than an article keeps relations."""
            for number in range(MOST + 1) if is_crowded else ():
                self.tell(number, 0, CARE)

        @rule(number=NUMBERS, version=st.integers(0, 2), topic=st.sampled_from([NEWS, CARE]))
        def tell(self, number: int, version: int, topic: str) -> None:
            """Publish a telling of shared news in words of its own, or edit one."""
            self.publish(number, f"<p>{topic.format(make_prose(f'{number}/{version}', 25))}</p>")

        @rule(number=NUMBERS, wire=st.integers(0, 1))
        def copy(self, number: int, wire: int) -> None:
            """Publish one text in several places, or make an article one of these."""
            self.publish(number, f"<p>{make_prose(f'wire{wire}')}</p>", hours=0.5)

        @rule(number=NUMBERS)
        def take_out(self, number: int) -> None:
            self._each(withdraw, number, "court order")

        @rule(number=NUMBERS)
        def bring_back(self, number: int) -> None:
            self._each(restore, number)
            # What was refused for the withdrawal is forgotten with it, so that it may come again.
            self.fetched -= self.refused.pop(number, set())

        def _each(self, step: Callable[..., object], number: int, *why: str) -> None:
            guid = f"tag:n{number}"
            rows = newsroom.rows("SELECT id FROM article WHERE guid = :guid", guid=guid)
            with newsroom.desk.engine.begin() as connection:
                ids = [row.id for row in rows]
                step(newsroom.desk, connection, ids, *why, newsroom.watch.now)

        @rule(number=NUMBERS, other=NUMBERS, kind=KINDS)
        def merge(self, number: int, other: int, kind: str) -> None:
            self._decide(pairs.merge, number, url_of(other), kind)

        @rule(number=NUMBERS, other=st.none() | NUMBERS, kind=KINDS)
        def split(self, number: int, other: int | None, kind: str) -> None:
            self._decide(pairs.split, number, None if other is None else url_of(other), kind)

        @rule(number=NUMBERS, kind=KINDS)
        def undo(self, number: int, kind: str) -> None:
            self._decide(pairs.undo, number, None, kind)

        @rule(number=NUMBERS, section=st.sampled_from(["sport", "rights", None]))
        def move(self, number: int, section: str | None) -> None:
            self._decide(editors.move, number, section)

        @rule(number=NUMBERS, holds=st.sampled_from([True, False, None]))
        def tag(self, number: int, holds: bool | None) -> None:
            self._decide(editors.tag, number, "child-care", holds)

        @rule(number=NUMBERS, position=st.sampled_from([0, 1, None]))
        def pin(self, number: int, position: int | None) -> None:
            self._decide(editors.pin, number, position)

        def _decide(self, step: Callable[..., object], number: int, *what: object) -> None:
            # Nothing of that name, nothing to split it from, or itself: nothing is done.
            with suppress(NotFound, ValueError):
                step(newsroom.desk, url_of(number), *what, "seen by a person", "anna")

        @rule(mode=st.sampled_from(["refile", "relate"]))
        def go_over_all(self, mode: str) -> None:
            with newsroom.desk.engine.begin() as connection:
                reindexes.create(connection, Scope(), mode, newsroom.watch.now)

        @rule()
        def relate(self) -> None:
            newsroom.settle("relate")

        @rule()
        def retell(self) -> None:
            newsroom.settle("retell")

        @invariant()
        def every_law_holds_once_all_is_done(self) -> None:
            newsroom.settle("relate", "reindex", "relate", "retell", "publish")
            with newsroom.desk.engine.connect() as connection:
                assert checking.pending(connection) == 0
                assert checking.broken(connection) == []

        @invariant()
        def each_fetched_entry_has_one_word_with_its_reason(self) -> None:
            rows = newsroom.rows("SELECT verdict, why FROM ledger")
            assert len(rows) == len(self.fetched)
            for row in rows:
                assert row.verdict in list(Verdict)
                assert row.why or row.verdict in (Verdict.NEW, Verdict.REVISED)

        def teardown(self) -> None:
            self.every_law_holds_once_all_is_done()
            lists_are_clean(newsroom)
            before = best(newsroom)
            self.go_over_all("relate")
            self.every_law_holds_once_all_is_done()
            assert best(newsroom) == before

    return History


SOURCES = ("alpha", "beta")


def url_of(number: int) -> str:
    return f"https://{SOURCES[number % 2]}.example/n{number}"


def best(newsroom: Any) -> dict[int, list[tuple[float, int, str]]]:
    """List each article's best relations."""
    found = defaultdict(list)
    query = "SELECT left_id, right_id, score, why FROM relation WHERE kind = 'topic'"
    for row in newsroom.rows(query):
        found[row.left_id].append((-row.score, row.right_id, row.why))
        found[row.right_id].append((-row.score, row.left_id, row.why))
    return {key: sorted(own)[:KEEP] for key, own in found.items()}


def lists_are_clean(newsroom: Any) -> None:
    """Hold the blocks of all pages: each names articles once, its own and withdrawn ones never."""
    rows = newsroom.rows("SELECT id, state FROM article WHERE related_at IS NOT NULL")
    public = {row.id for row in rows if row.state == "public"}
    with newsroom.desk.engine.connect() as connection:
        for number, lead in articles.load(connection, sorted(public)).items():
            blocks = blocks_for(connection, lead, newsroom.desk.editorial, newsroom.watch.now)
            for kind, teasers in blocks.items():
                ids = [one.id for one in teasers]
                assert len(ids) == len(set(ids)), kind
                assert set(ids) <= public - {number}, kind


def test_every_law_holds_after_any_history(machine: Callable[[], RuleBasedStateMachine]) -> None:
    run_state_machine_as_test(machine, settings=FEW)


@pytest.fixture
def settled(
    newsroom: Any, make_entry: Callable[..., Entry], make_prose: Callable[..., str]
) -> dict[str, int]:
    """Two tellings of one story, and two copies of one text, published."""
    wire = f"<p>Child care. {make_prose('wire')}</p>"
    texts = [NEWS.format(make_prose(1, 25)), NEWS.format(make_prose(2, 25)), wire, wire]
    entries = [make_entry(f"n{n}", hours=9 - n, content=text) for n, text in enumerate(texts)]
    newsroom.take("alpha", *entries)
    newsroom.settle()
    assert newsroom.rows("SELECT 1 FROM article WHERE story_id <> id")
    assert newsroom.rows("SELECT 1 FROM article WHERE duplicate_of IS NOT NULL")
    return {row.guid: row.id for row in newsroom.rows("SELECT guid, id FROM article")}


BREAKS = {
    "names, sightings, authors, topics, marks and lines of the ledger are of articles that exist": (
        "UPDATE sighting SET article_id = article_id + 1"
    ),
    "a relation names articles that exist and are public": "UPDATE article SET state = 'withdrawn'",
    "a relation says why, and its score lies between 0 and 1": "UPDATE relation SET why = ''",
    "what is withdrawn is in no story and no group, and is found by nothing": (
        "UPDATE article SET state = 'withdrawn'"
    ),
    "a story's lead is public, leads itself, and is the earliest of its story": (
        "UPDATE article SET effective_at = effective_at + interval '9 h' WHERE story_id = id"
    ),
    "a story has more than one article": "UPDATE article SET story_id = NULL WHERE story_id <> id",
    "an article has an edge to another one of its story": (
        "DELETE FROM relation WHERE kind = 'story'"
    ),
    "no article refuses what would be among its best relations": (
        "UPDATE fingerprint SET floor = 0.5"
    ),
    "who stands for a group is public, and stands for itself": (
        "UPDATE article SET duplicate_of = id WHERE duplicate_of IS NOT NULL"
    ),
    "who stands for a group comes first: filed by a person, else pinned, filed, earliest": (
        "INSERT INTO pin SELECT id, 0, now() FROM article WHERE duplicate_of IS NOT NULL"
    ),
    "an article that is listed is found by its marks": "DELETE FROM fingerprint",
    "what articles are found by belongs to articles that are marked": "DELETE FROM fingerprint",
    "marks have the article's own date": (
        "UPDATE article SET effective_at = effective_at + interval '1 h'"
    ),
    "a feed names articles that exist, are public and were related": (
        "UPDATE article SET related_at = NULL"
    ),
    "a feed names no article twice": "UPDATE feed SET item_ids = item_ids || item_ids",
    "a feed shows one article of a group, but for its source's own": (
        "UPDATE feed SET item_ids = (SELECT array_agg(id) FROM article) WHERE key = 'all'"
    ),
}


def test_every_law_that_rows_can_break_is_tried() -> None:
    constrained = {"a relation's left article has the smaller id"}
    assert set(BREAKS) | constrained == set(checking.LAWS)


def test_what_breaks_a_law_is_found(newsroom: Any, settled: dict[str, int]) -> None:
    with newsroom.desk.engine.connect() as connection:
        assert checking.broken(connection) == []
        assert checking.size(connection)["articles"] == len(settled)
        for law, statement in BREAKS.items():
            nested = connection.begin_nested()
            connection.execute(sa.text(statement))
            found = {one.law: one for one in checking.broken(connection)}
            nested.rollback()
            assert law in found, law
            assert found[law].count >= len(found[law].cases) > 0
