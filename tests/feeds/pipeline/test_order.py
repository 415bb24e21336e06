"""The law of ingest: any order of entries and sources gives the same store and the same bytes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from feeds.model import Entry

FEW = settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking would take minutes
)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
Arrival = tuple[str, Entry]


@pytest.fixture
def arrivals(make_entry: Callable[..., Entry], make_prose: Callable[..., str]) -> list[Arrival]:
    """Eight entries in three sources: a wire copy, one address twice, a story, shared topics."""
    wire = f"<p>The harbour: {make_prose('wire')}</p>"
    care = "<p>Child care, child care at the harbour. {}</p>"
    again = NOON - timedelta(hours=4)
    told = "<p>Mira Solanke and Tobias Renfro met in Port Larrow. {}</p>"
    first = make_entry("rights/wire", hours=5, content=wire, title="The harbour opens")
    copied = make_entry("copy", host="beta.example", hours=4, content=wire, title="Harbour open")
    return [
        ("alpha", first),
        ("beta", copied),
        ("beta", make_entry("care", "beta.example", 3, content=care.format(make_prose(1)))),
        ("gamma", make_entry("care-too", "gamma.example", 2, content=care.format(make_prose(2)))),
        (
            "alpha",
            make_entry(
                "told",
                hours=6,
                title="Renfro meets Solanke",
                content=told.format(make_prose(3, 25)),
            ),
        ),
        (
            "gamma",
            make_entry(
                "told",
                "gamma.example",
                6.5,
                title="Mira Solanke",
                content=told.format(make_prose(4, 25)),
            ),
        ),
        # One address in two sources, with another text and other dates.
        ("gamma", replace(first, guid="g", content=make_prose("g"), published=again)),
        ("beta", make_entry("late", "beta.example", 0.5, title="Harbour late", authors=("B", "A"))),
    ]


def _dump(newsroom: Any, batches: Sequence[Sequence[Arrival]], between: Sequence[str]) -> Any:
    """Ingest batches one after another, relate in between if so asked, and publish at the end."""
    newsroom.empty()
    for name in ("alpha", "beta", "gamma"):
        newsroom.source(name, section="news" if name == "alpha" else None)
    for batch in batches:
        by_source: dict[str, list[Entry]] = {}
        for name, entry in batch:
            by_source.setdefault(name, []).append(entry)
        newsroom.take_all(*(newsroom.incoming(name, found) for name, found in by_source.items()))
        if between:
            newsroom.settle(*between)
    newsroom.settle("relate")
    newsroom.settle()
    return newsroom.dump()


def test_any_order_and_any_batches_give_the_same_rows_and_bytes(
    newsroom: Any, arrivals: list[Arrival]
) -> None:
    wanted = _dump(newsroom, [arrivals], ())
    assert sum(row[-2] is not None for row in wanted["article"]) == 1, "one wire copy"
    assert {row[2] for row in wanted["relation"]} == {"duplicate", "story", "topic"}

    @FEW
    @given(
        order=st.permutations(range(8)),
        cuts=st.sets(st.integers(1, 7), max_size=3).map(sorted),
        between=st.sampled_from([(), ("relate",), ("relate", "retell")]),
    )
    def same(order: list[int], cuts: list[int], between: Sequence[str]) -> None:
        shuffled = [arrivals[place] for place in order]
        batches = [shuffled[i:j] for i, j in zip([0, *cuts], [*cuts, 8], strict=True)]
        found = _dump(newsroom, batches, between)
        for name, rows in wanted.items():
            assert found[name] == rows, name

    same()


def test_a_second_time_adds_nothing(newsroom: Any, arrivals: list[Arrival]) -> None:
    wanted = _dump(newsroom, [arrivals], ())
    versions = newsroom.versions()
    newsroom.watch.forward(hours=1)
    for name, entry in arrivals:
        done = newsroom.take(name, entry)
        assert done.lines == ()
        assert done.settled == ()
    newsroom.settle()
    assert newsroom.dump() == wanted
    assert newsroom.versions() == versions
