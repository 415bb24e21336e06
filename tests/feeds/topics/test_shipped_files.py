"""The editorial files as shipped: what deployments and tests rely on."""

from pathlib import Path

import pytest

from config.editorial import Editorial, load_editorial
from config.site import BLOCK_KINDS
from feeds.text.normalise import match_form

SECTIONS = [
    *("thoi-su", "nhan-quyen", "chinh-tri", "the-gioi", "kinh-te", "xa-hoi", "giao-duc"),
    *("suc-khoe", "cong-nghe", "van-hoa", "the-thao", "moi-truong", "du-lich", "phap-luat"),
]


@pytest.fixture(scope="module")
def editorial() -> Editorial:
    return load_editorial(Path(__file__).parents[3] / "config")


def test_the_site_shows_the_six_blocks_in_order(editorial: Editorial) -> None:
    assert tuple(block.kind for block in editorial.site.blocks) == BLOCK_KINDS
    assert {block.count for block in editorial.site.blocks} == {5}
    assert not editorial.site.allow_repeats


def test_the_sections_are_these(editorial: Editorial) -> None:
    assert [section.slug for section in editorial.sections] == SECTIONS
    parents = {section.slug: section.parent for section in editorial.sections if section.parent}
    assert parents == {"nhan-quyen": "thoi-su", "chinh-tri": "thoi-su"}


def test_everything_has_a_name_in_every_language(editorial: Editorial) -> None:
    named = (*editorial.sections, *editorial.topics, *editorial.site.blocks)
    assert all(set(editorial.site.languages) <= set(one.names) for one in named)


def test_no_rule_names_a_source(editorial: Editorial) -> None:
    assert all(rule.source is None for section in editorial.sections for rule in section.rules)


def test_no_category_or_address_belongs_to_two_sections(editorial: Editorial) -> None:
    rules = [rule for section in editorial.sections for rule in section.rules]
    for given in ([r.category for r in rules if r.category], [r.url for r in rules if r.url]):
        forms = [match_form(text) if "/" not in text else text for text in given]
        assert len(forms) == len(set(forms))


def test_topics_have_enough_phrases_and_none_twice(editorial: Editorial) -> None:
    assert 50 <= len(editorial.topics) <= 75
    for topic in editorial.topics:
        forms = [match_form(word) for word in topic.keywords]
        assert len(forms) >= 6, topic.slug
        assert len(forms) == len(set(forms)), topic.slug
