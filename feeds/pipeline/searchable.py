"""Searchable: readers find an article shortly after the feeds have it.

By itself, because it costs a third of storing an article, and no feed waits for it.
"""

from feeds.pipeline.desk import Desk
from feeds.store import search, work
from feeds.store.search import Words
from feeds.text.normalise import fold

BATCH = 200
_LONGEST = 4000  # characters of an article's text; news says what it is about well before


def make_searchable(desk: Desk, claimed: work.Claim) -> int:
    """Write what a batch of articles is searched by; returns how many there were."""
    with desk.engine.begin() as connection:
        due = search.take_due(connection, BATCH)
        told = search.told(connection, due, _LONGEST)
        gone = set(due) - {one.article_id for one in told}
        search.write(connection, [_words(one) for one in told], gone)
        if len(due) == BATCH:
            work.mark(connection, "search", [search.DUE], desk.clock())
        work.finish(connection, claimed)
    return len(due)


def _words(told: search.Told) -> Words:
    """Fold what an article says; an excerpt that is how its text begins is not said twice."""
    begins = told.text.startswith(told.excerpt.rstrip("… ")[:100])
    said = told.text if begins else f"{told.excerpt}\n{told.text}"
    return Words(told.article_id, told.effective_at, fold(told.title), fold(said))
