"""Vectors in the store: what is written comes back, and nobody misses what others commit later."""

from collections.abc import Iterator

import numpy as np
import pytest
import sqlalchemy as sa

from feeds.related.nearest import Floats
from feeds.store import vectors


def some(count: int, dimensions: int = 5) -> Floats:
    made: Floats = np.random.default_rng(count).standard_normal((count, dimensions))
    return made.astype(np.float16).astype(np.float32)


def ids(*numbers: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array(numbers, dtype=np.int64)


def since(connection: sa.Connection, last: int = 0) -> vectors.Stored:
    (page,) = vectors.written_since(connection, 1, last, 5)
    return page


def test_vectors_come_back_as_they_were_written(connection: sa.Connection) -> None:
    made = some(3)
    vectors.write(connection, 7, ids(2, 9, 4), made)
    found, stored = vectors.of_articles(connection, 7, [9, 2, 5], 5)
    assert dict(zip(found.tolist(), stored.tolist(), strict=True)) == {
        2: made[0].tolist(),
        9: made[1].tolist(),
    }


def test_pgvector_reads_them(connection: sa.Connection) -> None:
    vectors.write(connection, 1, ids(1), np.array([[0.5, -0.25, 0.0]], dtype=np.float32))
    told = connection.scalar(sa.text("SELECT vector::text FROM article_vector"))
    near = connection.scalar(sa.text("SELECT vector <#> '[2,0,0]' FROM article_vector"))
    assert (told, near) == ("[0.5,-0.25,0]", -1)


def test_a_new_vector_takes_the_place_of_the_old_one(connection: sa.Connection) -> None:
    vectors.write(connection, 1, ids(1, 2), some(2))
    vectors.write(connection, 2, ids(2), some(1))
    assert vectors.of_articles(connection, 1, [1, 2], 5)[0].tolist() == [1]
    assert vectors.of_articles(connection, 2, [1, 2], 5)[0].tolist() == [2]


def test_what_is_dropped_is_gone(connection: sa.Connection) -> None:
    vectors.write(connection, 1, ids(1, 2), some(2))
    vectors.drop(connection, [1])
    assert since(connection).ids.tolist() == [2]


def test_nothing_is_read_where_nothing_is(connection: sa.Connection) -> None:
    assert vectors.of_articles(connection, 1, [1], 5)[0].size == 0
    assert since(connection).ids.size == 0


@pytest.fixture
def cleared(engine: sa.Engine) -> Iterator[sa.Engine]:
    yield engine
    with engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE article_vector"))


def test_who_began_earlier_and_commits_later_is_not_missed(cleared: sa.Engine) -> None:
    with cleared.connect() as early, cleared.connect() as late, cleared.connect() as reader:
        vectors.write(early, 1, ids(1), some(1))
        vectors.write(late, 1, ids(2), some(1))
        late.commit()
        first = since(reader)
        reader.rollback()
        early.commit()
        second = since(reader, first.since)
    assert first.ids.tolist() == [2]
    assert 1 in second.ids.tolist()


def test_what_was_read_before_all_writers_ended_is_not_read_for_ever(cleared: sa.Engine) -> None:
    with cleared.begin() as connection:
        vectors.write(connection, 1, ids(1, 2), some(2))
    with cleared.connect() as reader:
        first = since(reader)
        assert since(reader, first.since).ids.size == 0


def test_many_are_read_by_pages_each_once(connection: sa.Connection) -> None:
    made = some(25)
    for start in range(0, 25, 5):
        vectors.write(connection, 1, ids(*range(start, start + 5)), made[start : start + 5])
    pages = list(vectors.written_since(connection, 1, 0, 5, page=7))
    assert [page.ids.size for page in pages] == [7, 7, 7, 4]
    found = np.concatenate([page.ids for page in pages])
    assert sorted(found.tolist()) == list(range(25))
    assert np.array_equal(np.concatenate([page.vectors for page in pages]), made[found])
