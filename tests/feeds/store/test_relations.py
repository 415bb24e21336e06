"""Relations: marks that find articles, and edges that both ends agree on."""

from array import array
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
import sqlalchemy as sa
from numpy.typing import NDArray

from feeds.model import Edge, Filing, TopicHit
from feeds.store import filing as filings
from feeds.store import marks, relations, searching
from feeds.store.found import found, named
from feeds.store.lookalikes import lookalikes
from feeds.store.marks import Mark
from feeds.store.tables import article, fingerprint, shingle

AddArticle = Callable[..., int]
DAY = timedelta(days=1)


@pytest.fixture
def mark(connection: sa.Connection, noon: datetime, add_article: AddArticle) -> Callable[..., Mark]:
    """Store an article with its mark."""

    def put(number: int, **fields: object) -> Mark:
        add_article(number, effective_at=noon)
        made = Mark(
            article_id=number,
            effective_at=noon,
            exact=b"%d" % number,
            sketch=array("q", [number]).tobytes(),
            size=50,
            shingles=(number,),
            terms=(100, 101, number),
            weights=(0.5, 0.25, 0.125),
            names=("Cần Thơ", "cảng", f"x{number}"),
            features=array("I", (100, 101, number)).tobytes(),
            feature_weights=bytes([60, 60, 60]),
        )
        made = replace(made, **fields)  # type: ignore[arg-type]
        marks.write_marks(connection, [made], again=())
        return made

    return put


def test_marks_are_read_back_as_they_were_written(
    connection: sa.Connection, mark: Callable[..., Mark]
) -> None:
    made = mark(1)
    read = found(connection, [1, 404])
    assert read.ids.tolist() == [1]
    assert read.features.weights.tolist() == [[60, 60, 60]]
    assert read.features.places.tolist() == [[100, 101, 1]]
    assert read.days.tolist() == [made.effective_at.timestamp() / 86400]
    assert (read.floors.tolist(), read.topics, read.sections) == ([0.0], ({},), (None,))
    told = named(connection, [404, 1])
    assert told.ids.tolist() == [1]
    assert told.vectors.keys.tolist() == [[100, 101, 1]]
    assert told.vectors.weights.tolist() == [[0.5, 0.25, 0.125]]
    assert told.names == ("Cần Thơ\ncảng\nx1",)
    assert marks.stored_marks(connection, [1]) == {1: made.key}


def test_pairs_of_which_one_is_unknown_have_no_rows(
    connection: sa.Connection, mark: Callable[..., Mark]
) -> None:
    for number in (1, 3, 5):
        mark(number)
    left, right = found(connection, [1, 3, 5]).rows(np.array([[1, 3], [1, 4], [3, 5], [5, 9]]))
    assert (left.tolist(), right.tolist()) == ([0, 1], [1, 2])


def pairs(found: NDArray[np.int64]) -> set[tuple[int, int]]:
    return {(own, other) for own, other in found.tolist()}


def test_marks_are_replaced_not_added_to(
    connection: sa.Connection, mark: Callable[..., Mark]
) -> None:
    made = mark(1)
    same = {"shingles": (9,), "sketch": array("q", [9]).tobytes()}
    mark(2, **same)
    assert pairs(lookalikes(connection, [1])) == set()
    marks.write_marks(connection, [replace(made, **same)], again=[1])
    assert pairs(lookalikes(connection, [1])) == {(1, 2)}
    marks.unmark(connection, [2])
    assert pairs(lookalikes(connection, [1])) == set()


def test_an_article_is_found_by_its_opening_until_it_is_unmarked(
    connection: sa.Connection, mark: Callable[..., Mark]
) -> None:
    ten = tuple(range(10, 20))
    mark(1, shingles=(*ten, 70, 80), sketch=array("q", [*ten, 30, 70]).tobytes())
    mark(2, shingles=(70,), sketch=array("q", [70]).tobytes())
    assert pairs(lookalikes(connection, [1])) == pairs(lookalikes(connection, [2])) == {(1, 2)}
    marks.unmark(connection, [1, 2])
    assert connection.scalar(sa.select(sa.func.count()).select_from(shingle)) == 0


def test_withdrawn_articles_are_not_found(
    connection: sa.Connection, mark: Callable[..., Mark]
) -> None:
    mark(1)
    connection.execute(sa.update(article).values(state="withdrawn"))
    assert found(connection, [1]).ids.size == 0
    assert relations.withdrawn_ids(connection, [1]) == {1}


def test_shared_terms_and_topics_make_articles_near(
    connection: sa.Connection, noon: datetime, mark: Callable[..., Mark]
) -> None:
    mark(1)
    mark(2)
    mark(3, features=array("I", (7, 8, 9)).tobytes())
    mark(4, features=array("I", (100, 8, 9)).tobytes())
    near = pairs(searching.near(connection, [1], DAY))
    assert near == {(1, 2)}, "one light feature is too little"
    filing = Filing(None, "", 0.0, (TopicHit("storms", 0.9, ""),))
    filings.write_topics(connection, {1: filing, 3: filing}, {1: noon, 3: noon})
    assert pairs(searching.near(connection, [1], DAY)) == {(1, 2), (1, 3)}


def test_what_came_long_after_an_article_is_not_near_it(
    connection: sa.Connection, noon: datetime, mark: Callable[..., Mark]
) -> None:
    mark(1)
    mark(2, effective_at=noon + 2 * DAY)
    assert pairs(searching.near(connection, [1], DAY)) == set()
    assert pairs(searching.near(connection, [2], DAY)) == {(2, 1)}


def test_of_many_that_are_near_the_best_few_are_taken() -> None:
    own = np.array([1] * 6 + [2])
    other = np.array([5, 5, 6, 7, 7, 1, 5])
    points = np.array([1, 1, 3, 1, 1, 9, 2])
    assert searching.best_of(own, other, points, 2, 2).tolist() == [[1, 6], [1, 5], [2, 5]]
    nothing = np.zeros(0, dtype=np.int64)
    assert searching.best_of(nothing, nothing, nothing, 2, 2).tolist() == []


def test_an_edge_is_stored_once_and_brought_up_to_date(
    connection: sa.Connection, add_article: AddArticle
) -> None:
    add_article(1)
    add_article(2)
    relations.add_edges(connection, [Edge(1, 2, "topic", 0.5, "old"), Edge(1, 2, "story", 0.4, "")])
    relations.add_edges(connection, [Edge(1, 2, "topic", 0.75, "new")])
    assert relations.edges_of(connection, 2, "topic", 9) == [Edge(1, 2, "topic", 0.75, "new")]
    assert relations.between(connection, [1]) == {"topic": {(1, 2)}, "story": {(1, 2)}}
    assert relations.known(connection, [1]) == {(1, 2, "topic"), (1, 2, "story")}
    relations.remove_edges(connection, [(1, 2, "topic")])
    assert relations.between(connection, [1]) == {"story": {(1, 2)}}
    relations.drop_edges(connection, [2])
    assert relations.between(connection, [1]) == {}


def test_pruning_keeps_the_best_of_either_end_and_all_that_tie(
    connection: sa.Connection, mark: Callable[..., Mark]
) -> None:
    for number in range(1, 7):
        mark(number)
    scores = {2: 0.9, 3: 0.8, 4: 0.5, 5: 0.5, 6: 0.4}
    edges = [Edge(1, other, "topic", score, "") for other, score in scores.items()]
    between = [
        Edge(5, 6, "topic", 0.9, ""),
        Edge(2, 5, "topic", 0.8, ""),
        Edge(3, 5, "topic", 0.7, ""),
    ]
    more = [Edge(2, 6, "topic", 0.6, ""), Edge(3, 6, "topic", 0.6, "")]
    relations.add_edges(connection, edges + between + more)
    relations.prune(connection, range(1, 7), 3)
    kept = {edge.right for edge in relations.edges_of(connection, 1, "topic", 9)}
    assert kept == {2, 3, 4, 5}, "6 has three better ones, and so has 1; 4 and 5 tie"


def test_an_article_with_few_edges_keeps_them_all(
    connection: sa.Connection, mark: Callable[..., Mark]
) -> None:
    for number in (1, 2):
        mark(number)
    relations.add_edges(connection, [Edge(1, 2, "topic", 0.125, "")])
    relations.prune(connection, [1, 2], 3)
    assert len(relations.edges_of(connection, 1, "topic", 9)) == 1


def floors(connection: sa.Connection) -> dict[int, float]:
    rows = connection.execute(sa.select(fingerprint.c.article_id, fingerprint.c.floor))
    return {row.article_id: row.floor for row in rows}


def test_floors_follow_edges_down_and_who_sank_is_told(
    connection: sa.Connection, mark: Callable[..., Mark]
) -> None:
    for number in range(1, 5):
        mark(number)
    scores = {2: 0.75, 3: 0.5, 4: 0.25}
    edges = [Edge(1, other, "topic", score, "") for other, score in scores.items()]
    relations.add_edges(connection, [*edges, Edge(2, 3, "topic", 0.5, "")])
    relations.prune(connection, [1, 2, 3, 4], 2)
    assert floors(connection) == {1: 0.5, 2: 0.5, 3: 0.5, 4: 0.0}
    relations.add_edges(connection, [Edge(1, 3, "topic", 0.125, "")])
    assert relations.lower_floors(connection, {1, 2, 3, 4}, 2) == {1, 3}
    assert floors(connection) == {1: 0.25, 2: 0.5, 3: 0.125, 4: 0.0}
    relations.drop_edges(connection, [3])
    assert relations.lower_floors(connection, {1, 2, 4}, 2) == {2}
    relations.prune(connection, [3], 2)
    assert floors(connection) == {1: 0.25, 2: 0.0, 3: 0.0, 4: 0.0}, "who has few takes any"


def test_articles_are_listed_from_the_first_time_they_were_related(
    connection: sa.Connection, noon: datetime, add_article: AddArticle
) -> None:
    add_article(1, related_at=None)
    add_article(2, related_at=noon - DAY)
    relations.note_related(connection, [1, 2], noon)
    rows = connection.execute(sa.select(article.c.related_at).order_by(article.c.id))
    assert [row.related_at for row in rows] == [noon, noon - DAY]
    (one, _) = searching.subjects(connection, [1, 2])
    assert (one.id, one.is_public, one.is_related) == (1, True, True)
    assert searching.texts(connection, [2]) == {2: "Text 2"}
