"""The page that the project is modelled on: its article finds what its editors put beside it."""

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from config.editorial import Editorial, load_editorial
from feeds.related.edges import Profiles, Scores, explain, profiles, strengths
from feeds.related.features import counted, features
from feeds.related.statistics import NOTHING_COUNTED
from feeds.related.terms import key_terms, plain_case
from feeds.text.reading import read
from feeds.text.vectors import Rows, Shared, alike, pack, shared, weigh
from feeds.topics.rules import Filer, compile_rules
from feeds.topics.subject import Subject

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


@dataclass(frozen=True)
class Related:
    """The page's article against others, by their rows: what they share, and how much."""

    profiles: Profiles
    common: Shared
    scores: Scores
    left: Rows
    right: Rows


def relate(filer: Filer, articles: Sequence[tuple[str, str, datetime]]) -> Related:
    """Relate the first article to the others; each is a title, a text and a date."""
    filings = [
        filer.file(Subject("portal", None, f"https://n.example/{n}", title, "", text, ()))
        for n, (title, text, _) in enumerate(articles)
    ]
    reading = read([part for title, text, _ in articles for part in (plain_case(title), text)])
    terms = key_terms(reading)
    weighed = features(counted(reading), NOTHING_COUNTED)
    words = weigh(
        np.array([len(one.weights) for one in weighed]),
        b"".join(one.keys for one in weighed),
        b"".join(one.weights for one in weighed),
    )
    vectors = pack(
        np.array([len(one.keys) for one in terms]),
        b"".join(array("q", one.keys).tobytes() for one in terms),
        b"".join(array("f", one.weights).tobytes() for one in terms),
    )
    topics = [{hit.slug: hit.confidence for hit in filing.topics} for filing in filings]
    sections = [filing.section for filing in filings]
    days = np.array([at.timestamp() / 86400 for _, _, at in articles])
    both = profiles(topics, sections, days)
    right = np.arange(1, len(articles))
    left = np.zeros_like(right)
    common = shared(vectors, left, right)
    scores = strengths(both, alike(words, left, right).cosines, left, right)
    return Related(both, common, scores, left, right)


def best_five(
    editorial: Editorial, page: Mapping[str, Any], ages: Mapping[str, float]
) -> list[str]:
    """Relate the page's article to all its items, and give the blocks of the best five.

    `ages` maps a block's kind to its items' age in days; an item stands in its first block.
    """
    body = "\n".join(part.get("text", "") for part in page["body"])
    others: dict[str, tuple[str, datetime, str]] = {}
    for block in page["blocks"]:
        at = NOON - timedelta(days=ages.get(block["block"], 3))
        for item in block["items"]:
            others.setdefault(item["title"], (item["excerpt"], at, block["block"]))
    articles = [(title, text, at) for title, (text, at, _) in others.items()]
    found = relate(compile_rules(editorial), [(page["title"], body, NOON), *articles])
    kinds = [kind for _, _, kind in others.values()]
    ranked = sorted(zip(found.scores.tolist(), kinds, strict=True), key=lambda pair: -pair[0])
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
    body = "\n".join(part.get("text", "") for part in page["body"])
    item = page["blocks"][0]["items"][2]
    articles = [
        (page["title"], body, NOON),
        (item["title"], item["excerpt"], NOON - timedelta(days=2)),
    ]
    found = relate(compile_rules(editorial), articles)
    names = {topic.slug: topic.name() for topic in editorial.topics}
    spelled = [["chăm sóc"] * 16] * 2
    ends = (found.left, found.right)
    (why,) = explain(found.profiles, found.common, ends, spelled, names)
    assert why.startswith("both: Trẻ em và gia đình, ")
    assert why.endswith("; 2 days apart")
