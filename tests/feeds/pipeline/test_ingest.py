"""Ingest: each entry becomes an article, a revision or a sighting, or ends with its reason."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from feeds.model import BrokenEntry, Entry, Verdict
from feeds.store.fetches import Counts

MakeEntry = Callable[..., Entry]

SAME_ADDRESS = {
    "https": "https://news.example/a",
    "http": "http://news.example/a",
    "www": "https://www.news.example/a/",
    "tracked": "https://news.example/a?utm_source=rss&utm_medium=feed#top",
    "amp": "https://amp.news.example/a/amp",
}


def verdicts(done: Any) -> list[Verdict]:
    return [line.verdict for line in done.lines]


def moment(entry: Entry) -> datetime:
    assert entry.published is not None
    return entry.published


def test_a_new_entry_is_stored_filed_and_marked(newsroom: Any, make_entry: MakeEntry) -> None:
    done = newsroom.take("alpha", make_entry("rights/a"))
    assert verdicts(done) == [Verdict.NEW]
    (found,) = newsroom.rows("SELECT section, section_why, related_at, emitted_at FROM article")
    assert tuple(found) == ("rights", "address with /rights/", None, None)
    marked = newsroom.rows("SELECT kind, key FROM work WHERE kind <> 'poll'")
    assert [tuple(row) for row in marked] == [("relate", str(done.lines[0].article_id))]


@pytest.mark.parametrize("url", SAME_ADDRESS.values(), ids=SAME_ADDRESS.keys())
def test_one_address_is_one_article(newsroom: Any, make_entry: MakeEntry, url: str) -> None:
    newsroom.take("alpha", make_entry("a"))
    done = newsroom.take("beta", make_entry("a", url=url, guid="other", hours=0.5))
    assert verdicts(done) == [Verdict.SIGHTING]
    newsroom.settle()
    assert len(newsroom.items("all")) == 1
    assert newsroom.titles("source/beta") == newsroom.titles("source/alpha")


def test_another_query_is_another_article(newsroom: Any, make_entry: MakeEntry) -> None:
    first = make_entry("a", url="https://news.example/read?id=1")
    newsroom.take("alpha", first)
    done = newsroom.take("alpha", replace(first, guid="2", url="https://news.example/read?id=2"))
    assert verdicts(done) == [Verdict.NEW]


def test_a_guid_that_all_entries_share_is_no_identity(newsroom: Any, make_entry: MakeEntry) -> None:
    entries = [make_entry(slug, guid="shared") for slug in "abc"]
    assert verdicts(newsroom.take("alpha", *entries)) == [Verdict.NEW] * 3
    assert newsroom.take("alpha", *entries).lines == ()
    assert verdicts(newsroom.take("alpha", *entries, make_entry("d", guid="shared"))) == [
        Verdict.NEW
    ]


@pytest.mark.parametrize("turned", [False, True], ids=["as listed", "turned round"])
def test_of_an_entry_listed_twice_the_later_edition_counts(
    newsroom: Any, make_entry: MakeEntry, turned: bool
) -> None:
    old = make_entry("a", title="Old")
    new = replace(old, title="New", updated=moment(old) + timedelta(minutes=5))
    newsroom.take("alpha", *((new, old) if turned else (old, new)))
    newsroom.settle()
    assert newsroom.titles("all") == ["New"]


def test_an_edit_is_a_revision_and_moves_no_date(newsroom: Any, make_entry: MakeEntry) -> None:
    first = make_entry("a", title="First")
    newsroom.take("alpha", first)
    newsroom.settle()
    (before,) = newsroom.items("all")
    newsroom.watch.forward(minutes=10)
    edited = replace(first, title="Second", published=moment(first) + timedelta(minutes=30))
    assert verdicts(newsroom.take("alpha", edited)) == [Verdict.REVISED]
    newsroom.settle()
    (after,) = newsroom.items("all")
    assert (before["title"], after["title"]) == ("First", "Second")
    assert (after["id"], after["date_published"]) == (before["id"], before["date_published"])
    assert after["date_modified"] == "2026-11-20T12:10:00Z"
    assert before["date_modified"] == before["date_published"]
    kept = newsroom.rows("SELECT title, why FROM revision")
    assert [tuple(row) for row in kept] == [("First", "same source and guid, content changed")]


def test_the_publishers_own_time_of_the_edit_is_believed_when_it_can_be(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    first = make_entry("a", hours=3)
    newsroom.take("alpha", first)
    claimed = moment(first) + timedelta(hours=1)
    newsroom.take("alpha", replace(first, title="Second", updated=claimed))
    assert newsroom.rows("SELECT revised_at FROM article")[0].revised_at == claimed
    future = newsroom.watch.now + timedelta(hours=1)
    newsroom.take("alpha", replace(first, title="Third", updated=future))
    assert newsroom.rows("SELECT revised_at FROM article")[0].revised_at == newsroom.watch.now


def test_an_article_shows_what_the_earliest_sighting_says(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    late = make_entry("a", hours=1, title="Late")
    early = replace(late, guid="e", title="Early", published=moment(late) - timedelta(hours=1))
    newsroom.take("alpha", late)
    assert verdicts(newsroom.take("beta", early)) == [Verdict.REVISED]
    newsroom.settle()
    (item,) = newsroom.items("all")
    assert (item["title"], item["date_published"]) == ("Early", "2026-11-20T10:00:00Z")
    assert item["date_modified"] == item["date_published"], "nobody edited anything"
    dates = newsroom.rows(
        "SELECT w.effective_at AS author, f.effective_at AS mark, a.effective_at"
        " FROM article a JOIN article_author w ON w.article_id = a.id"
        " JOIN fingerprint f ON f.article_id = a.id"
    )
    assert {moment for row in dates for moment in row} == {early.published}


def test_an_emitted_date_stays_whoever_leads(newsroom: Any, make_entry: MakeEntry) -> None:
    late = make_entry("a", hours=1, title="Late")
    newsroom.take("alpha", late)
    newsroom.settle()
    (before,) = newsroom.items("all")
    earlier = moment(late) - timedelta(hours=1)
    newsroom.take("beta", replace(late, guid="e", title="Early", published=earlier))
    newsroom.settle()
    (after,) = newsroom.items("all")
    assert after["title"] == "Early"
    assert after["date_published"] == before["date_published"]
    authors = newsroom.rows("SELECT effective_at FROM article_author")
    assert [row.effective_at for row in authors] == [late.published], "lists keep their order"


def test_what_cant_be_processed_is_set_apart_and_its_neighbours_are_stored(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    good, bad = make_entry("a"), make_entry("b", title="x" * 501)
    broken = BrokenEntry("item 3", "no title, link or content")
    incoming = newsroom.incoming("alpha", [good, bad], broken=[broken])
    done = newsroom.take_all(incoming)
    lines = {line.label: (line.verdict, line.why) for line in done.lines}
    assert lines == {
        "tag:a": (Verdict.NEW, "no article has this address or id"),
        "tag:b": (Verdict.QUARANTINED, "a title of 501 characters"),
        "item 3": (Verdict.QUARANTINED, "no title, link or content"),
    }
    counts = done.counts[newsroom.source("alpha").id]
    assert counts == Counts(entries=3, new=1, quarantined=2)
    again = newsroom.take("alpha", good, bad)
    assert again.lines == ()
    assert again.counts[newsroom.source("alpha").id] == Counts(entries=2, unchanged=2)


LONG = "x".join(map(str, range(3000)))  # doesn't compress to what an index can hold

WIDE = "".join(chr(0x4E00 + number * 7) for number in range(1000))


@pytest.mark.parametrize(
    "changes",
    [
        {"guid": LONG},
        {"guid": WIDE},
        {"guid": "shared", "url": f"https://news.example/{LONG}"},
        {"guid": None, "url": f"https://news.example/{LONG}"},
        {"authors": (LONG,)},
        {"categories": (LONG,)},
        {"via_title": LONG, "via_url": LONG},
    ],
    ids=[
        "guid",
        "guid of wide characters",
        "address of a shared guid",
        "address alone",
        "author",
        "category",
        "via",
    ],
)
def test_a_field_of_any_length_takes_nobody_along(
    newsroom: Any, make_entry: MakeEntry, changes: dict[str, Any]
) -> None:
    odd = make_entry("odd", **changes)
    twin = replace(odd, url="https://news.example/twin") if odd.guid == "shared" else odd
    done = newsroom.take("alpha", make_entry("good"), odd, twin)
    assert done.lines[0].verdict is Verdict.NEW or done.lines[-1].verdict is Verdict.NEW
    assert newsroom.rows("SELECT 1 FROM article WHERE url = 'https://news.example/good'")


def test_a_broken_entry_of_any_label_is_kept(newsroom: Any) -> None:
    broken = [
        BrokenEntry(LONG, "no title"),
        BrokenEntry("a\x00b", "no \ud800 title"),
        BrokenEntry("", "no title"),
        BrokenEntry("", "empty"),
    ]
    done = newsroom.take("alpha", broken=broken)
    assert len(newsroom.rows("SELECT 1 FROM ledger")) == 4
    assert done.counts[newsroom.source("alpha").id].quarantined == 4
    newsroom.take("alpha", broken=broken)
    assert len(newsroom.rows("SELECT 1 FROM ledger")) == 4


def test_a_withdrawn_article_never_comes_back(newsroom: Any, make_entry: MakeEntry) -> None:
    gone = make_entry("a")
    newsroom.take("alpha", gone)
    newsroom.settle()
    newsroom.take("alpha", deleted=["tag:a"])
    changed = replace(gone, title="Changed")
    assert verdicts(newsroom.take("alpha", changed)) == [Verdict.REJECTED]
    assert verdicts(newsroom.take("beta", replace(gone, guid="b"))) == [Verdict.REJECTED]
    assert newsroom.take("alpha", changed).lines == (), "said once"
    newsroom.settle()
    assert newsroom.items("all") == []


def test_a_source_takes_back_only_what_shows_its_own_words(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    lead = make_entry("a", hours=2)
    newsroom.take("alpha", lead)
    newsroom.take("beta", replace(lead, guid="b", published=moment(lead) + timedelta(hours=1)))
    newsroom.take("beta", deleted=["b", "never seen"])
    newsroom.settle()
    assert len(newsroom.items("all")) == 1


def test_a_changed_section_moves_an_article_between_feeds(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    first = make_entry("a", categories=("Sport",))
    newsroom.take("alpha", first, make_entry("rights/b", title="Other"))
    newsroom.settle()
    assert len(newsroom.items("section/sport")) == 1
    assert newsroom.titles("section/news") == newsroom.titles("section/rights") == ["Other"]
    # The same guid at another address, which is of another section.
    newsroom.take("alpha", replace(first, url="https://news.example/rights/a", categories=()))
    newsroom.settle()
    assert newsroom.items("section/sport") == []
    assert len(newsroom.items("section/rights")) == len(newsroom.items("section/news")) == 2


def test_authors_keep_their_order_and_two_spellings_are_one(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    newsroom.take("alpha", make_entry("a", authors=("Zoe Quinn", "Ánna Bell", "Anna Bell")))
    rows = newsroom.rows("SELECT slug FROM article_author ORDER BY position")
    assert [row.slug for row in rows] == ["zoe-quinn", "anna-bell"]


@pytest.mark.parametrize("count", [1, 30])
def test_statements_dont_grow_with_the_entries(
    newsroom: Any, make_entry: MakeEntry, statements: Any, count: int
) -> None:
    newsroom.source("alpha")
    entries = [make_entry(f"{n}", authors=(f"Author {n}",)) for n in range(count)]
    with statements() as stored:
        newsroom.take("alpha", *entries)
    assert len(stored) <= 16
    edited = [replace(entry, title=f"{entry.title} edited") for entry in entries]
    with statements() as revised:
        newsroom.take("alpha", *edited)
    assert len(revised) <= 26
    with statements() as unchanged:
        newsroom.take("alpha", *edited)
    assert len(unchanged) <= 3
