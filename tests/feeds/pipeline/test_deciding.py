"""What people decided of articles holds, whatever machines do after it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count, permutations
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from feeds.model import Entry, PairVerdict, Placement, public_id
from feeds.pipeline.withdraw import restore, withdraw
from feeds.store import placements, reindexes, verdicts, work
from worker import editors

FEW = settings(max_examples=10, phases=[Phase.explicit, Phase.reuse, Phase.generate])
MakeEntry = Callable[..., Entry]
MakeProse = Callable[..., str]
_DECISIONS = count(1)


@pytest.fixture
def copies(make_entry: MakeEntry, make_prose: MakeProse) -> list[Entry]:
    """Make one text in three places, the earliest first."""
    text = f"<p>{make_prose('wire')}</p>"
    return [
        make_entry(f"copy{n}", f"{n}.example", 9 - n, content=text, title=f"Copy {n}")
        for n in range(3)
    ]


@pytest.fixture
def told(make_entry: MakeEntry, make_prose: MakeProse) -> list[Entry]:
    """Make one story told three times in words of its own."""
    text = "<p>Mira Solanke and Tobias Renfro met in Port Larrow. {}</p>"
    return [
        make_entry(
            f"told{n}",
            f"{n}.example",
            9 - n / 2,
            content=text.format(make_prose(n, 25)),
            title=f"Renfro meets Solanke {n}",
        )
        for n in range(3)
    ]


def ids(newsroom: Any) -> dict[str, int]:
    return {row.guid: row.id for row in newsroom.rows("SELECT guid, id FROM article")}


def parted(newsroom: Any, column: str = "duplicate_of") -> list[list[str]]:
    """List the groups by the names of their members."""
    rows = newsroom.rows(f"SELECT guid, coalesce({column}, id) AS lead FROM article ORDER BY guid")
    groups: dict[int, list[str]] = {}
    for row in rows:
        groups.setdefault(row.lead, []).append(row.guid.removeprefix("tag:"))
    return sorted(groups.values())


def judge(
    newsroom: Any, pairs: Sequence[tuple[str, str]], together: bool, kind: str = "duplicate"
) -> None:
    known = ids(newsroom)
    now = newsroom.watch()
    word = (kind, together, "anna", now, "read both", next(_DECISIONS))
    ends = [sorted((known[f"tag:{one}"], known[f"tag:{other}"])) for one, other in pairs]
    made = [PairVerdict(left, right, *word) for left, right in ends]
    with newsroom.desk.engine.begin() as connection:
        verdicts.write(connection, made)
        work.mark(
            connection, "relate", {str(end) for one in made for end in (one.left, one.right)}, now
        )
    newsroom.settle()


def reindex(newsroom: Any, mode: str) -> None:
    with newsroom.desk.engine.begin() as connection:
        reindexes.create(connection, reindexes.Scope(), mode, newsroom.watch())
    newsroom.settle()


def relate_again(newsroom: Any) -> None:
    with newsroom.desk.engine.begin() as connection:
        work.mark(connection, "relate", map(str, ids(newsroom).values()), newsroom.watch())
    newsroom.settle()


def take_out_and_back(newsroom: Any) -> None:
    chosen = sorted(ids(newsroom).values())
    with newsroom.desk.engine.begin() as connection:
        withdraw(newsroom.desk, connection, chosen[:1], "a mistake", newsroom.watch())
    newsroom.settle()
    with newsroom.desk.engine.begin() as connection:
        restore(newsroom.desk, connection, chosen[:1], newsroom.watch())
    newsroom.settle()


def test_a_split_sticks_under_edits_relating_and_reindexing(
    newsroom: Any, copies: list[Entry]
) -> None:
    def edit(number: int) -> None:
        entry = copies[number]
        copies[number] = replace(entry, content=entry.content.replace("</p>", " more.</p>"))
        newsroom.take("alpha", copies[number])
        newsroom.settle()

    newsroom.take("alpha", *copies)
    newsroom.settle()
    assert parted(newsroom) == [["copy0", "copy1", "copy2"]]
    judge(newsroom, [("copy1", "copy0"), ("copy1", "copy2")], together=False)
    wanted = [["copy0", "copy2"], ["copy1"]]
    assert parted(newsroom) == wanted
    steps: dict[str, Callable[[], None]] = {
        **{f"edit {n}": lambda n=n: edit(n) for n in range(3)},  # type: ignore[misc]
        "relate": lambda: relate_again(newsroom),
        "reindex": lambda: reindex(newsroom, "relate"),
        "out and back": lambda: take_out_and_back(newsroom),
    }

    @FEW
    @given(st.lists(st.sampled_from(sorted(steps)), min_size=1, max_size=3))
    def sticks(names: list[str]) -> None:
        for name in names:
            steps[name]()
            assert parted(newsroom) == wanted, name

    sticks()


def test_what_is_apart_is_not_joined_through_a_third_whatever_came_first(
    newsroom: Any, copies: list[Entry]
) -> None:
    outcomes = []
    for order in list(permutations(range(3)))[::2]:
        newsroom.empty()
        for place in order:
            newsroom.take("alpha", copies[place])
            newsroom.settle("relate")
        judge(newsroom, [("copy0", "copy1")], together=False)
        outcomes.append(parted(newsroom))
    assert all(found == outcomes[0] for found in outcomes)
    assert sorted(map(len, outcomes[0])) == [1, 2]
    assert ["copy0", "copy1"] not in outcomes[0]


def test_a_merge_joins_what_no_machine_would_and_its_undoing_parts_them(
    newsroom: Any, make_entry: MakeEntry, copies: list[Entry]
) -> None:
    newsroom.take("alpha", *copies, make_entry("other", hours=20))
    newsroom.settle()
    judge(newsroom, [("copy1", "other")], together=True)
    everyone = [["copy0", "copy1", "copy2", "other"]]
    assert parted(newsroom) == everyone
    reindex(newsroom, "relate")
    newsroom.take("alpha", make_entry("other", hours=20, content="Another text altogether."))
    newsroom.settle()
    assert parted(newsroom) == everyone
    assert newsroom.titles("all") == [make_entry("other").title], "the earliest stands for all"
    known = ids(newsroom)
    with newsroom.desk.engine.begin() as connection:
        (one,) = verdicts.of(connection, known.values())
        verdicts.take_back(connection, one.decision)
        work.mark(connection, "relate", map(str, (one.left, one.right)), newsroom.watch())
    newsroom.settle()
    assert parted(newsroom) == [["copy0", "copy1", "copy2"], ["other"]]


def test_stories_keep_to_verdicts(newsroom: Any, told: list[Entry], make_entry: MakeEntry) -> None:
    newsroom.take("alpha", *told, make_entry("other", hours=20))
    newsroom.settle()
    assert parted(newsroom, "story_id") == [["other"], ["told0", "told1", "told2"]]
    judge(newsroom, [("told0", "told1")], together=False, kind="story")
    apart = [["other"], ["told0"], ["told1", "told2"]]
    assert parted(newsroom, "story_id") == apart
    reindex(newsroom, "relate")
    assert parted(newsroom, "story_id") == apart
    judge(newsroom, [("told1", "other")], together=True, kind="story")
    reindex(newsroom, "relate")
    assert parted(newsroom, "story_id") == [["other", "told1"], ["told0", "told2"]]


def test_a_section_and_topics_set_by_hand_outlive_edits_and_refiling(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    newsroom.take("alpha", make_entry("rights/a", content="Child care, child care at last."))
    newsroom.settle()
    (key,) = ids(newsroom).values()
    now = newsroom.watch()
    with newsroom.desk.engine.begin() as connection:
        for kind, slug, holds in (
            ("section", "sport", True),
            ("topic", "harbour", True),
            ("topic", "child-care", False),
        ):
            placements.write(
                connection, key, Placement(kind, slug, holds, "anna", now, "she knows")
            )
    steps: list[Callable[[], Any]] = [
        lambda: reindex(newsroom, "refile"),
        lambda: newsroom.take(
            "alpha", make_entry("rights/a", content="Child care, and day nursery.")
        ),
        lambda: newsroom.take("beta", make_entry("rights/a", hours=9, title="Elsewhere before")),
    ]
    for step in steps:
        step()
        newsroom.settle()
        (row,) = newsroom.rows("SELECT section, section_why FROM article")
        assert tuple(row) == ("sport", "set by anna: she knows")
        topics = newsroom.rows("SELECT slug, why FROM article_topic")
        assert list(map(tuple, topics)) == [("harbour", "set by anna: she knows")]
    assert newsroom.titles("section/sport")
    assert newsroom.titles("section/rights") == []


def test_an_article_leaves_a_section_that_is_gone_and_returns_when_it_is_back(
    newsroom: Any, make_entry: MakeEntry
) -> None:
    newsroom.take("alpha", make_entry("rights/a", content="Child care, child care at last."))
    newsroom.settle()
    (key,) = ids(newsroom).values()
    editors.move(newsroom.desk, public_id(key), "sport", "it is", "anna")
    editors.tag(newsroom.desk, public_id(key), "harbour", True, "it is", "anna")
    newsroom.settle()
    whole = newsroom.desk
    narrow = {"sections": whole.editorial.sections[:2], "topics": whole.editorial.topics[:1]}
    without = replace(whole, editorial=whole.editorial.model_copy(update=narrow))
    filed = "SELECT section, section_why FROM article"
    topics = "SELECT slug FROM article_topic ORDER BY slug"
    for desk, section, slugs, moved in (
        (without, "rights", ["child-care"], True),
        (whole, "sport", ["child-care", "harbour"], False),
    ):
        newsroom.desk = desk
        reindex(newsroom, "refile")
        newsroom.take("alpha", make_entry("rights/a", content=f"Child care, day {section}."))
        newsroom.settle()
        assert newsroom.rows(filed)[0].section == section
        assert [row.slug for row in newsroom.rows(topics)] == slugs
        assert (newsroom.titles("section/rights") != []) is moved
        assert (newsroom.titles("section/sport") == []) is moved
