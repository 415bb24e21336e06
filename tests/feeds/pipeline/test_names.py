"""Names of entries: ids that publishers abuse, by any order and any number of polls."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from feeds.model import Entry, Verdict

FEW = settings(max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])
MakeEntry = Callable[..., Entry]
Rename = Callable[[Entry, int], str | None]
SIZE = 4


def slug(entry: Entry) -> str:
    return (entry.url or "").rpartition("/")[2]


FORMS = ("http://www.news.example/{}", "https://news.example/{}/", "http://News.Example/{}")
# The id that an entry has when it is listed for the nth time, by what its publisher does.
POLICIES: dict[str, Rename] = {
    "kept": lambda entry, _: entry.guid,
    "missing": lambda entry, _: None,
    "shared by all": lambda entry, _: "all",
    "an address, with and without https, www and slash": lambda entry, time: FORMS[
        time % len(FORMS)
    ].format(slug(entry)),
    "missing now and then": lambda entry, time: entry.guid if time % 2 else None,
    "new in each poll": lambda entry, time: f"{slug(entry)}-{time}",
}


@pytest.fixture
def entries(make_entry: MakeEntry) -> list[Entry]:
    return [make_entry(f"e{number}", hours=number + 1) for number in range(SIZE)]


def polls(newsroom: Any, batches: Sequence[Sequence[Entry]], policy: Rename) -> list[Any]:
    """Take batches one after another, each entry with its id; gives what they came to."""
    newsroom.empty()
    times: Counter[str] = Counter()
    done = []
    for batch in batches:
        named = [replace(one, guid=policy(one, times[slug(one)])) for one in batch]
        times.update(map(slug, batch))
        done.append(newsroom.take("alpha", *named))
    return done


def stored(newsroom: Any) -> dict[str, Any]:
    found: dict[str, Any] = newsroom.dump("article", "sighting", "alias")
    return found


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_each_entry_is_one_article_with_one_sighting(
    newsroom: Any, entries: list[Entry], policy: Rename
) -> None:
    first, second, third, fourth = polls(newsroom, [entries] * 4, policy)
    assert [line.verdict for line in first.lines] == [Verdict.NEW] * SIZE
    assert {line.verdict for line in second.lines} <= {Verdict.SIGHTING}
    assert (third.lines, fourth.lines) == ((), ())
    assert len(newsroom.rows("SELECT 1 FROM article")) == SIZE
    assert len(newsroom.rows("SELECT 1 FROM sighting")) == SIZE


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_an_edit_is_seen_whatever_the_id_does(
    newsroom: Any, entries: list[Entry], policy: Rename, make_prose: Callable[..., str]
) -> None:
    again = replace(entries[0], content=f"{entries[0].content}<p>{make_prose('more', 12)}</p>")
    done = polls(newsroom, [entries, entries, [again, *entries[1:]]], policy)
    assert [line.verdict for line in done[2].lines] == [Verdict.REVISED]
    assert len(newsroom.rows("SELECT 1 FROM article")) == SIZE


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_any_order_and_any_split_over_polls_leave_the_same_rows(
    newsroom: Any, entries: list[Entry], policy: Rename
) -> None:
    polls(newsroom, [entries, entries, entries], policy)
    wanted = stored(newsroom)

    @FEW
    @given(
        order=st.permutations(range(SIZE)),
        cuts=st.sets(st.integers(1, SIZE - 1), max_size=3).map(sorted),
    )
    def same(order: list[int], cuts: list[int]) -> None:
        shuffled = [entries[place] for place in order]
        batches = [shuffled[i:j] for i, j in zip([0, *cuts], [*cuts, SIZE], strict=True)]
        polls(newsroom, [*batches, *batches, *batches], policy)
        for name, rows in stored(newsroom).items():
            assert rows == wanted[name], name

    same()


def test_an_article_that_moved_keeps_its_id(newsroom: Any, entries: list[Entry]) -> None:
    newsroom.take("alpha", *entries)
    moved = replace(entries[0], url="https://news.example/elsewhere")
    done = newsroom.take("alpha", moved)
    assert {line.verdict for line in done.lines} <= {Verdict.REVISED, Verdict.SIGHTING}
    assert len(newsroom.rows("SELECT 1 FROM article")) == SIZE
    assert newsroom.rows("SELECT 1 FROM alias WHERE identity = 'news.example/elsewhere'")


def test_entries_with_ids_that_all_lead_to_the_front_page_stay_apart(
    newsroom: Any, entries: list[Entry]
) -> None:
    newsroom.take("alpha", *(replace(one, url="https://news.example/") for one in entries))
    assert len(newsroom.rows("SELECT 1 FROM article")) == SIZE


def test_different_reports_under_one_address_are_not_taken_for_a_changing_id(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    newsroom.take("alpha", make_entry("a"))
    other = make_entry("b", url="https://news.example/a")
    newsroom.take("alpha", other)
    names = [row.guid for row in newsroom.rows("SELECT guid FROM sighting ORDER BY guid")]
    assert names == ["tag:a", "tag:b"]


def test_what_a_publisher_takes_back_is_found_under_its_id_in_any_form(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    newsroom.take("alpha", make_entry("a", guid="http://www.news.example/a"))
    newsroom.take("alpha", deleted=["https://news.example/a/"])
    assert [row.state for row in newsroom.rows("SELECT state FROM article")] == ["withdrawn"]
