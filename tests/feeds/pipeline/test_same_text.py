"""The same text: which articles are one by their words, whatever comes in."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from feeds.model import Entry

MakeEntry = Callable[..., Entry]
MakeProse = Callable[..., str]


def parted(newsroom: Any) -> list[list[str]]:
    """List the groups by the names of their members."""
    rows = newsroom.rows(
        "SELECT guid, coalesce(duplicate_of, id) AS lead FROM article ORDER BY guid"
    )
    groups: dict[int, list[str]] = {}
    for row in rows:
        groups.setdefault(row.lead, []).append(row.guid.removeprefix("tag:"))
    return sorted(groups.values())


def test_a_round_up_joins_no_two_of_its_reports(
    newsroom: Any, make_entry: MakeEntry, make_prose: MakeProse
) -> None:
    reports = [make_prose(n, 80) for n in range(3)]
    texts = {f"report{n}": text for n, text in enumerate(reports)} | {"all": " ".join(reports)}
    newsroom.take(
        "alpha",
        *(make_entry(name, f"{name}.example", content=text) for name, text in texts.items()),
    )
    newsroom.settle()
    assert sorted(map(len, parted(newsroom))) == [1, 1, 2]


def test_a_paper_whose_every_article_ends_in_the_same_words_keeps_them_all(
    newsroom: Any, make_entry: MakeEntry, make_prose: MakeProse
) -> None:
    notice = make_prose("notice", 200)
    text = "<p>{}</p><p>{}</p>"
    lengths = (8, 25, 40, 60, 60, 90, 150)
    own = [
        make_entry(f"own{n}", hours=n + 1, content=text.format(make_prose(n, length), notice))
        for n, length in enumerate(lengths)
    ]
    newsroom.take("alpha", *own[::2])
    newsroom.settle()
    newsroom.take("alpha", *own[1::2])
    newsroom.settle()
    assert len(newsroom.titles("all")) == len(own)
    copied = replace(own[-1], guid="tag:copied", url="https://beta.example/copied")
    newsroom.take("beta", copied)
    newsroom.settle()
    assert sorted(map(len, parted(newsroom))) == [1] * (len(own) - 1) + [2]


@pytest.mark.parametrize(
    "where", ["hosts of a paper", "without an address", "below, at an hour", "above and below"]
)
def test_short_reports_under_what_a_paper_prints_with_all_stay_apart(
    newsroom: Any, make_entry: MakeEntry, make_prose: MakeProse, where: str
) -> None:
    hosts = ["sport.alpha.example", "life.alpha.example", "alpha.example", "www.alpha.example"]
    above, notice = make_prose("above", 60), make_prose("notice", 200)
    entries = []
    for n, (host, length) in enumerate(zip(hosts, (30, 50, 50, 120), strict=True)):
        own = make_prose(n, length if where == "above and below" else 50)
        text = {
            "hosts of a paper": f"{own} {notice}",
            "without an address": f"{own} {notice}",
            "below, at an hour": f"{own} {notice} Cập nhật 1{n}:05",
            "above and below": f"{above} {own} {notice}",
        }[where]
        at = host if where == "hosts of a paper" else "alpha.example"
        made = make_entry(f"own{n}", at, content=f"<p>{text}</p>")
        has_none = where == "without an address" and n > 0
        entries.append(replace(made, url=None) if has_none else made)
    newsroom.take("alpha", *entries)
    newsroom.settle()
    assert parted(newsroom) == [["own0"], ["own1"], ["own2"], ["own3"]]


@pytest.mark.parametrize("first", ["excerpts", "wholes"])
def test_summaries_of_forty_words_join_the_long_reports_that_they_open(
    newsroom: Any, make_entry: MakeEntry, make_prose: MakeProse, first: str
) -> None:
    reports = [make_prose(n, 500) for n in range(30)]
    wholes = [make_entry(f"{n}-whole", content=text) for n, text in enumerate(reports)]
    excerpts = [
        make_entry(f"{n}-excerpt", "beta.example", content=" ".join(text.split()[:40]) + "…")
        for n, text in enumerate(reports)
    ]
    takes = [("alpha", wholes), ("beta", excerpts)]
    for name, entries in takes if first == "wholes" else takes[::-1]:
        newsroom.take(name, *entries)
        newsroom.settle()
    assert parted(newsroom) == sorted([f"{n}-excerpt", f"{n}-whole"] for n in range(30))


def test_what_is_told_daily_in_the_same_words_is_no_copy_of_yesterday(
    newsroom: Any, make_entry: MakeEntry, make_prose: MakeProse
) -> None:
    """A paper and its customer print prices day by day; one of them prints two days together."""
    shops = [make_prose(f"shop{n}", 25) for n in range(8)]

    def prices(day: int) -> str:
        return " ".join(f"{shop} {37 * n + 101 * day % 97} pounds" for n, shop in enumerate(shops))

    papers = [("a", "alpha.example"), ("b", "beta.example")]
    entries = [
        make_entry(f"day{day}-{paper}", host, hours=9 - day, content=prices(day))
        for day in range(3)
        for paper, host in papers
    ]
    both = make_entry("both", "beta.example", content=f"{prices(0)} {prices(1)}")
    newsroom.take("alpha", *entries, both)
    newsroom.settle()
    pairs = [[f"day{day}-a", f"day{day}-b"] for day in range(3)]
    told = [[one for one in group if one != "both"] for group in parted(newsroom)]
    assert sorted(filter(None, told)) == pairs


def test_short_texts_are_never_one_by_their_words_alone(
    newsroom: Any, make_entry: MakeEntry, make_prose: MakeProse
) -> None:
    nineteen = make_prose("short", 19)
    short = ["", "Vắng.", nineteen]
    entries = [
        make_entry(f"e{n}-{copy}", f"{copy}.example", content=text, title=f"Title {n} {copy}")
        for n, text in enumerate(short)
        for copy in "ab"
    ]
    newsroom.take("alpha", *entries)
    newsroom.settle()
    assert len(parted(newsroom)) == len(entries)


def test_strange_texts_are_told_apart_by_what_they_say(
    newsroom: Any, make_entry: MakeEntry, make_prose: MakeProse
) -> None:
    """All capitals, two languages, tables of numbers, and as much text as an article may have."""
    viet = f"Thủ tướng Việt Nam hội đàm với Hòa Bình về thủy lợi, đã ký kết: {make_prose(0, 30)}"
    tables = [" ".join(f"{(n * 7919 + at * 104729) % 997}" for at in range(120)) for n in range(2)]
    mixed = f"Ở Hòa Bình, về thủy lợi: {make_prose('en', 90)} 新聞 новости"
    long = make_prose("long", 60_000)
    texts = {
        "viet": viet,
        "capitals": viet.upper(),
        "mixed": mixed,
        "mixed-too": mixed.replace("Hòa", "Hoà").replace("thủy", "thuỷ"),
        "table0": tables[0],
        "table1": tables[1],
        "table0-too": tables[0],
        "long": long,
        "long-too": long,
        "too-long": make_prose("too long", 160_000),
    }
    assert len(texts["too-long"]) > 1_000_000
    entries = [
        make_entry(name, f"{name}.example", content=text, title=f"Title {name}")
        for name, text in texts.items()
    ]
    done = newsroom.take("alpha", *entries)
    newsroom.settle()
    (refused,) = [line for line in done.lines if line.verdict == "quarantined"]
    assert "characters" in refused.why
    groups = parted(newsroom)
    for name, other in combinations(sorted(texts), 2):
        one_text = {name, other} in (
            {"viet", "capitals"},
            {"mixed", "mixed-too"},
            {"table0", "table0-too"},
            {"long", "long-too"},
        )
        assert any({name, other} <= set(group) for group in groups) == one_text, (name, other)
