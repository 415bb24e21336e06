"""Searchable: readers find an article shortly after the feeds have it.

By itself, because no feed waits for it. What an article is found by at first is its title, its
excerpt and how its text begins: news says first what it is about, and each further word costs as
much again. The other words follow some minutes later, beside the reindex, when bursts are over.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

import sqlalchemy as sa

from feeds.pipeline.desk import Desk
from feeds.store import search, work
from feeds.store.search import Told, Words
from feeds.text.normalise import fold

BATCH = 400
LONGEST = 600  # characters of an article's text: about 120 syllables
LONGEST_WHOLE = 50_000
BATCH_WHOLE = 200
_WHOLE = "search_whole"
_LATER = work.Debounce(timedelta(minutes=2), timedelta(minutes=10))
# A word of its own that no news has; folding texts one by one costs five times as much.
_BETWEEN = "龘鱻麤"


def make_searchable(desk: Desk, claimed: work.Claim) -> int:
    """Write what a batch of articles is searched by; returns how many there were."""
    with desk.engine.begin() as connection:
        due = search.take_due(connection, BATCH)
        told = search.told(connection, due, LONGEST)
        gone = set(due) - {one.article_id for one in told}
        search.write(connection, words_of(told), gone)
        _note_further(desk, connection, told, gone)
        if len(due) == BATCH:
            work.mark(connection, "search", [search.DUE], desk.clock())
        work.finish(connection, claimed)
    return len(due)


def _note_further(
    desk: Desk, connection: sa.Connection, told: Sequence[Told], gone: Collection[int]
) -> None:
    """Let whole texts be due where more was said; what changed may have been longer before."""
    long = [one.article_id for one in told if len(one.text) == LONGEST]
    search.write_whole(connection, (), {*gone, *(one.article_id for one in told)}.difference(long))
    if long:
        search.note_whole_due(connection, long)
        work.mark(connection, _WHOLE, [search.DUE], desk.clock(), _LATER, work.REINDEX)


def make_wholly_searchable(desk: Desk, claimed: work.Claim) -> int:
    """Write all words of a batch of articles; returns how many there were."""
    with desk.engine.begin() as connection:
        due = search.take_whole_due(connection, BATCH_WHOLE)
        told = search.told(connection, due, LONGEST_WHOLE)
        gone = set(due) - {one.article_id for one in told}
        search.write_whole(connection, words_of(told), gone)
        if len(due) == BATCH_WHOLE:
            work.mark(connection, _WHOLE, [search.DUE], desk.clock(), lane=work.REINDEX)
        work.finish(connection, claimed)
    return len(due)


def words_of(told: Sequence[Told]) -> list[Words]:
    """Fold what articles say."""
    folded = _fold_all([part for one in told for part in (one.title, _said(one))])
    pairs = zip(folded[::2], folded[1::2], strict=True)
    return [
        Words(one.article_id, one.effective_at, title, said)
        for one, (title, said) in zip(told, pairs, strict=True)
    ]


def _said(told: Told) -> str:
    """Give excerpt and text; an excerpt that is how the text begins is not said twice."""
    begins = told.text.startswith(told.excerpt.rstrip("… ")[:100])
    return told.text if begins else f"{told.excerpt}\n{told.text}"


def _fold_all(texts: Sequence[str]) -> list[str]:
    folded = [one.strip() for one in fold(f" {_BETWEEN} ".join(texts)).split(_BETWEEN)]
    return folded if len(folded) == len(texts) else [fold(one) for one in texts]
