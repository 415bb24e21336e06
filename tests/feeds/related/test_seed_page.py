"""The page that the project is modelled on: its article finds what its editors put beside it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.editorial import Editorial, load_editorial
from feeds.related.edges import Profile, explain, strength
from feeds.related.terms import key_terms
from feeds.topics.rules import Filer, Subject, compile_rules

REPOSITORY = Path(__file__).parents[3]
PAGE = REPOSITORY.parent / "shared" / "data" / "seed-page" / "page.json"
NOON = datetime(2024, 11, 10, 12, tzinfo=UTC)
WANTED = "same_topic"

pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="no data beside the checkout")


@pytest.fixture(scope="module")
def editorial() -> Editorial:
    return load_editorial(REPOSITORY / "config")


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(PAGE.read_text(encoding="utf-8"))
    return loaded


def profile(filer: Filer, number: int, title: str, text: str, at: datetime) -> Profile:
    filing = filer.file(Subject("portal", None, f"https://n.example/{number}", title, "", text, ()))
    terms = key_terms(title, text)
    return Profile(
        id=number,
        terms={term.key: term.weight for term in terms},
        topics={hit.slug: hit.confidence for hit in filing.topics},
        section=filing.section,
        effective_at=at,
    )


def best_five(
    editorial: Editorial, page: Mapping[str, Any], ages: Mapping[str, float]
) -> list[str]:
    """Relate the page's article to all its items, and give the blocks of the best five.

    `ages` maps a block's kind to its items' age in days; an item stands in its first block.
    """
    filer = compile_rules(editorial)
    body = "\n".join(part.get("text", "") for part in page["body"])
    article = profile(filer, 1, page["title"], body, NOON)
    found: dict[str, tuple[float, str]] = {}
    for block in page["blocks"]:
        at = NOON - timedelta(days=ages.get(block["block"], 3))
        for item in block["items"]:
            number = 2 + len(found)
            other = profile(filer, number, item["title"], item["excerpt"], at)
            found.setdefault(item["title"], (strength(article, other), block["block"]))
    ranked = sorted(found.values(), key=lambda pair: -pair[0])
    return [kind for score, kind in ranked[:5] if score > 0]


AGES: dict[str, dict[str, float]] = {
    "all of one day": {},
    "the wanted ones weeks older": {WANTED: 28, "newest": 0, "same_section": 0, "same_author": 0},
    "the wanted ones weeks newer": {WANTED: 0, "newest": 28, "most_read": 20},
    "the same author's newer": {"same_author": 0, "most_read": 1, WANTED: 14},
}


@pytest.mark.parametrize("ages", AGES.values(), ids=AGES.keys())
def test_four_of_the_best_five_are_what_the_editors_chose(
    editorial: Editorial, page: dict[str, Any], ages: dict[str, float]
) -> None:
    assert best_five(editorial, page, ages).count(WANTED) >= 4


def test_no_single_phrase_decides(editorial: Editorial, page: dict[str, Any]) -> None:
    children = next(topic for topic in editorial.topics if "trẻ em" in topic.keywords)
    for dropped in children.keywords:
        kept = tuple(word for word in children.keywords if word != dropped)
        poorer = children.model_copy(update={"keywords": kept})
        topics = tuple(poorer if one is children else one for one in editorial.topics)
        without = editorial.model_copy(update={"topics": topics})
        assert best_five(without, page, {}).count(WANTED) >= 4, dropped


def test_each_relation_says_why(editorial: Editorial, page: dict[str, Any]) -> None:
    filer = compile_rules(editorial)
    names = {topic.slug: topic.name() for topic in editorial.topics}
    body = "\n".join(part.get("text", "") for part in page["body"])
    article = profile(filer, 1, page["title"], body, NOON)
    item = page["blocks"][0]["items"][2]
    other = profile(filer, 2, item["title"], item["excerpt"], NOON - timedelta(days=2))
    spellings = {one.id: dict.fromkeys(one.terms, "chăm sóc") for one in (article, other)}
    why = explain(article, other, spellings, names)
    assert why.startswith("both: Trẻ em và gia đình, ")
    assert why.endswith("; 2 days apart")
