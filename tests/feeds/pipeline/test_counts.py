"""Each entry of a fetch ends under exactly one word, whatever the document was like."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from feeds.errors import NotAFeed
from feeds.ingest.parse import parse
from feeds.model import BrokenEntry
from feeds.pipeline.incoming import Incoming
from feeds.pipeline.take_in import take_in
from feeds.store.fetches import Counts

WORDS = ("new", "revised", "sightings", "rejected", "quarantined", "unchanged", "links")
SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "feeds_real"
FILES = sorted((SHARED / "feeds").glob("*"))


def total(counts: Counts) -> int:
    return sum(getattr(counts, word) for word in WORDS)


def take(newsroom: Any, incoming: Incoming) -> Any:
    with newsroom.desk.engine.begin() as connection:
        return take_in(newsroom.desk, connection, [incoming])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_words_of_a_fetch_add_up_to_its_entries(newsroom: Any, path: Path) -> None:
    source = newsroom.source("alpha")
    try:
        document = parse(path.read_bytes(), {}, source.url)
    except NotAFeed:
        pytest.skip("an error page that was served as a feed")
    incoming = Incoming.of(source, document)
    read = len(document.entries) + len(document.broken)
    for time in ("first", "second"):
        done = take(newsroom, incoming)
        counts = done.counts[source.id]
        assert (counts.entries, total(counts)) == (read, read), time
    assert (counts.new, counts.revised) == (0, 0), "nothing is new the second time"
    lines = newsroom.rows("SELECT label, entry_hash, count(*) AS n FROM ledger GROUP BY 1, 2")
    assert max((line.n for line in lines), default=1) == 1


def test_every_word_is_counted_where_it_belongs(newsroom: Any, make_entry: Any) -> None:
    newsroom.take("alpha", make_entry("same"), make_entry("edited"))
    newsroom.take("beta", make_entry("theirs", hours=5))
    entries = (
        make_entry("same"),
        make_entry("same"),
        make_entry("edited", title="Edited"),
        make_entry("theirs"),
        make_entry("new"),
        make_entry("barred", barred_at="https://news.example/barred"),
        make_entry("", url=None, title="", content=""),
    )
    broken = (BrokenEntry("x", "unreadable"),)
    links = (make_entry("link", title="", content=""),)
    source = newsroom.source("alpha")
    done = take(newsroom, Incoming(source, entries, broken, links=links))
    assert done.counts[source.id] == Counts(
        entries=9, new=1, revised=1, sightings=1, rejected=1, quarantined=2, unchanged=2, links=1
    )
    words = Counter(line.verdict.value for line in done.lines)
    assert words["rejected"] == 1
