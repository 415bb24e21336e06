"""Closeness: what a story asks of pairs without an edge is what the edge would say."""

from collections.abc import Callable
from typing import Any

from feeds.model import Entry
from feeds.pipeline.closeness import Closeness

NEWS = "Mira Solanke and Tobias Renfro met in Port Larrow about the Selby ferry and its fares. {}"


def test_a_pair_is_as_close_as_its_edge_says_from_both_ends(
    newsroom: Any, make_entry: Callable[..., Entry], make_prose: Callable[..., str]
) -> None:
    entries = [
        make_entry(f"n{n}", hours=n + 1, content=f"<p>{NEWS.format(make_prose(str(n), 8))}</p>")
        for n in range(4)
    ]
    other = make_entry("other", hours=2, content=f"<p>{make_prose('another matter', 60)}</p>")
    newsroom.take("alpha", *entries, other)
    newsroom.settle("relate")
    ids = [row.id for row in newsroom.rows("SELECT id FROM article ORDER BY id")]
    asked = "SELECT left_id, right_id, score FROM relation WHERE kind = 'story'"
    edges = {(row.left_id, row.right_id): round(row.score, 4) for row in newsroom.rows(asked)}
    assert len(edges) == 6, "all tellings with one another, none with the other article"
    with newsroom.desk.engine.connect() as connection:
        closeness = Closeness(newsroom.desk, connection)
        closeness.expect(ids[:2])
        for own in ids:
            mates = {(min(own, one), max(own, one)): one for one in ids if one != own}
            found = closeness.compare(own, list(mates.values()))
            assert found == {mates[pair]: score for pair, score in edges.items() if own in pair}
