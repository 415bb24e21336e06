"""Who is who on the way in: the same for any order of arrival."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dedupe.identity import Telling, agree, rank, settle
from feeds.model import Draft, Known, Verdict, article_id

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def draft(
    identity: str = "news.example/a",
    guid: str = "g",
    source: int = 1,
    hours: float = 0,
    content: bytes = b"c",
) -> Draft:
    return Draft(
        id=article_id(identity),
        identity=identity,
        source_id=source,
        guid=guid,
        url=f"https://{identity}",
        title="",
        excerpt="",
        html="",
        text="",
        authors=(),
        categories=(),
        language="vi",
        claimed_at=None,
        effective_at=NOON + hours * HOUR,
        updated_at=None,
        image=None,
        via_title=None,
        via_url=None,
        content_hash=content,
        entry_hash=b"e",
    )


def known(one: Draft, name: str = "s1", withdrawn: bool = False) -> dict[int, Known]:
    return {one.id: Known(one.id, rank(one, name), one.content_hash, withdrawn)}


STORED = draft()
ID = STORED.id
GUID = {(1, "g"): ID}
ALIAS = {STORED.identity: ID}
# What arrives while STORED is known, from which source: article, verdict, whether it leads.
CASES = {
    "the same again": (STORED, "s1", ID, Verdict.SIGHTING, True),
    "the same entry, edited": (draft(content=b"d"), "s1", ID, Verdict.REVISED, True),
    "the same entry, moved and dated anew": (
        draft("news.example/b", hours=5, content=b"d"),
        "s1",
        ID,
        Verdict.REVISED,
        True,
    ),
    "the same address later elsewhere": (
        draft(guid="h", source=2, hours=1, content=b"d"),
        "s2",
        ID,
        Verdict.SIGHTING,
        False,
    ),
    "the same address earlier elsewhere": (
        draft(guid="h", source=2, hours=-1, content=b"d"),
        "s2",
        ID,
        Verdict.REVISED,
        True,
    ),
    "the same address at once, by the name of the source": (
        draft(guid="h", source=2, content=b"d"),
        "s0",
        ID,
        Verdict.REVISED,
        True,
    ),
    "another address": (
        draft("news.example/b", guid="h"),
        "s1",
        article_id("news.example/b"),
        Verdict.NEW,
        True,
    ),
    "the same guid of another source": (
        draft("news.example/b", source=2),
        "s2",
        article_id("news.example/b"),
        Verdict.NEW,
        True,
    ),
}


@pytest.mark.parametrize(
    ("arrived", "name", "article", "verdict", "leads"), CASES.values(), ids=CASES.keys()
)
def test_what_arrives_is_settled_against_what_is_known(
    arrived: Draft, name: str, article: int, verdict: Verdict, leads: bool
) -> None:
    (settled,) = settle([(arrived, name)], GUID, ALIAS, known(STORED))
    assert (settled.article_id, settled.verdict, settled.leads) == (article, verdict, leads)
    assert settled.why


@pytest.mark.parametrize(
    "arrived", [STORED, draft(content=b"d"), draft(guid="h", source=2, hours=-9)]
)
def test_a_withdrawn_article_takes_nothing(arrived: Draft) -> None:
    (settled,) = settle([(arrived, "s1")], GUID, ALIAS, known(STORED, withdrawn=True))
    assert (settled.verdict, settled.leads) == (Verdict.REJECTED, False)


def test_two_new_entries_of_one_address_are_one_article_led_by_the_earliest() -> None:
    early, late = draft(guid="e", source=2, hours=-1), draft(guid="l")
    for order in permutations([(early, "s2"), (late, "s1")]):
        settled = settle(order, {}, {}, {})
        assert {one.article_id for one in settled} == {ID}
        assert [(one.draft.guid, one.verdict) for one in settled] == [
            ("e", Verdict.NEW),
            ("l", Verdict.SIGHTING),
        ]


DRAFTS = st.lists(
    st.builds(
        draft,
        identity=st.sampled_from(["a", "b", "c"]),
        guid=st.sampled_from(["g", "h", "i"]),
        source=st.integers(1, 3),
        hours=st.integers(-2, 2),
        content=st.sampled_from([b"c", b"d"]),
    ),
    max_size=8,
    unique_by=lambda one: (one.source_id, one.guid),
)


@given(DRAFTS, st.randoms())
def test_the_order_of_the_drafts_makes_no_difference(drafts: list[Draft], random: Random) -> None:
    named = [(one, f"s{one.source_id}") for one in drafts]
    shuffled = random.sample(named, len(named))
    assert settle(named, GUID, ALIAS, known(STORED)) == settle(shuffled, GUID, ALIAS, known(STORED))


@given(DRAFTS)
def test_each_draft_is_settled_once_and_each_article_is_made_once(drafts: list[Draft]) -> None:
    settled = settle([(one, f"s{one.source_id}") for one in drafts], {}, {}, {})
    assert sorted(map(repr, drafts)) == sorted(repr(one.draft) for one in settled)
    made = [one.article_id for one in settled if one.verdict is Verdict.NEW]
    assert sorted(made) == sorted({one.article_id for one in settled})


LONG = " ".join(f"word{number}" for number in range(60))
OTHER = " ".join(f"other{number}" for number in range(60))
TELLINGS = {
    "one title, no texts": (Telling("Tin", ""), Telling("TIN", "short"), True),
    "two titles, no texts": (Telling("Tin", ""), Telling("Khác", ""), False),
    "no titles, no texts": (Telling("", ""), Telling("", ""), False),
    "one text under two titles": (Telling("Tin", LONG), Telling("Khác", LONG), True),
    "two texts under one title": (Telling("Tin", LONG), Telling("Tin", OTHER), False),
}


@pytest.mark.parametrize(("one", "other", "same"), TELLINGS.values(), ids=TELLINGS)
def test_two_tellings_agree_by_their_texts_else_by_their_titles(
    one: Telling, other: Telling, same: bool
) -> None:
    assert agree(one, other) == agree(other, one) == same


def test_a_further_address_leads_to_the_article_that_is_known_by_it() -> None:
    moved = replace(draft("news.example/b", guid="h", source=2), aliases=(STORED.identity,))
    (settled,) = settle([(moved, "s2")], {}, ALIAS, known(STORED))
    assert settled.article_id == ID
    before, after = settle([(STORED, "s1"), (moved, "s2")], {}, {}, {})
    assert before.article_id == after.article_id == ID
