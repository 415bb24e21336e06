"""A page's blocks: no article twice, never the article itself, each pool in its order."""

from collections.abc import Mapping
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from config.site import BLOCK_KINDS, Block
from feeds.model import Teaser
from feeds.related.blocks import choose, featured_score

NOW = datetime(2024, 11, 9, tzinfo=UTC)


def teasers(*ids: int) -> tuple[Teaser, ...]:
    return tuple(Teaser(number, f"title {number}", "", NOW, "Source") for number in ids)


def block(kind: str, count: int) -> Block:
    return Block.model_validate({"kind": kind, "count": count, "names": {"en": kind}})


def ids(chosen: Mapping[str, tuple[Teaser, ...]]) -> dict[str, list[int]]:
    return {kind: [one.id for one in teasers] for kind, teasers in chosen.items()}


TWO = [block("same_topic", 2), block("newest", 2)]


def test_the_earlier_block_keeps_an_article_and_the_later_one_fills_up() -> None:
    pools = {"same_topic": teasers(1, 2, 3), "newest": teasers(2, 3, 4, 5)}
    chosen = ids(choose(TWO, False, frozenset(), pools))
    assert chosen["same_topic"] == [1, 2]
    assert chosen["newest"] == [3, 4]


def test_a_site_may_allow_repeats_but_not_within_a_block() -> None:
    pools = {"same_topic": teasers(1, 1, 2), "newest": teasers(2, 2, 1)}
    chosen = ids(choose(TWO, True, frozenset(), pools))
    assert chosen["same_topic"] == [1, 2]
    assert chosen["newest"] == [2, 1]


def test_the_article_and_its_story_never_show() -> None:
    pools = {"same_topic": teasers(9, 1, 8, 2), "newest": teasers(9, 3)}
    chosen = ids(choose(TWO, True, frozenset({8, 9}), pools))
    assert chosen["same_topic"] == [1, 2]
    assert chosen["newest"] == [3]


def test_every_kind_is_a_key_even_without_candidates() -> None:
    assert choose([], False, frozenset(), {}) == dict.fromkeys(BLOCK_KINDS, ())


def test_a_pool_that_is_not_configured_does_not_show() -> None:
    assert choose(TWO, False, frozenset(), {"featured": teasers(1)})["featured"] == ()


BLOCKS = st.lists(
    st.builds(block, st.sampled_from(BLOCK_KINDS), st.integers(1, 6)),
    max_size=6,
    unique_by=lambda one: one.kind,
)
POOLS = st.dictionaries(
    st.sampled_from(BLOCK_KINDS),
    st.lists(st.integers(1, 12), max_size=15).map(lambda i: teasers(*i)),
)
OWN = st.frozensets(st.integers(1, 12), max_size=3)


@given(BLOCKS, st.booleans(), OWN, POOLS)
def test_no_block_repeats_shows_own_or_leaves_the_order_of_its_pool(
    blocks: list[Block], allow: bool, own: frozenset[int], pools: dict[str, tuple[Teaser, ...]]
) -> None:
    for kind, shown in ids(choose(blocks, allow, own, pools)).items():
        firsts = list(dict.fromkeys(teaser.id for teaser in pools.get(kind, ())))
        assert shown == [number for number in firsts if number in shown]
        assert not own & set(shown)
        assert len(shown) <= next((one.count for one in blocks if one.kind == kind), 0)


@given(BLOCKS, OWN, POOLS)
def test_no_article_shows_twice_on_the_page(
    blocks: list[Block], own: frozenset[int], pools: dict[str, tuple[Teaser, ...]]
) -> None:
    shown = [number for one in ids(choose(blocks, False, own, pools)).values() for number in one]
    assert len(shown) == len(set(shown))


@given(BLOCKS, OWN, POOLS)
def test_a_block_is_short_only_when_its_pool_is_used_up(
    blocks: list[Block], own: frozenset[int], pools: dict[str, tuple[Teaser, ...]]
) -> None:
    chosen = ids(choose(blocks, False, own, pools))
    everywhere = {number for shown in chosen.values() for number in shown} | own
    for one in blocks:
        if len(chosen[one.kind]) < one.count:
            assert {teaser.id for teaser in pools.get(one.kind, ())} <= everywhere


STORIES = st.dictionaries(st.integers(1, 12), st.integers(1, 4))


@given(BLOCKS, OWN, POOLS, STORIES)
def test_no_story_shows_twice_on_the_page(
    blocks: list[Block],
    own: frozenset[int],
    pools: dict[str, tuple[Teaser, ...]],
    stories: dict[int, int],
) -> None:
    chosen = ids(choose(blocks, False, own, pools, stories))
    told = [stories.get(number, number) for shown in chosen.values() for number in shown]
    assert len(told) == len(set(told))
    assert not own & set(told)


def test_featured_prefers_many_publishers_readers_and_freshness() -> None:
    plain = featured_score(1, 0, 1)
    assert featured_score(3, 0, 1) > plain
    assert featured_score(1, 5, 1) > plain
    assert featured_score(1, 0, 30) < plain
