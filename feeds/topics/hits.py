"""Articles' topics, by how often and where the editors' phrases stand.

Theory: what stands in the title is what the article is about; what stands in the text counts by
its density, because a long text mentions much in passing. Several phrases of one topic say more
than one phrase repeated, so a repeated one counts less each time.
"""

import math
from collections.abc import Iterable, Mapping

import numpy as np

from config.editorial import Topic
from feeds.model import TopicHit
from feeds.text.normalise import match_forms
from feeds.text.tokens import Tokens
from feeds.topics.phrases import Phrases

LEAST_CONFIDENCE = 0.3
READ_TOKENS = 250  # of the text, for its topics: news says first what it is about
_IN_TITLE = 1.6
_IN_TEXT = 0.75
_MOST_IN_TEXT = 1.4  # however often: what never stands in the title is a side topic
_FULL_DENSITY_WORDS = 80  # a text up to this long counts in full, a longer one by square root
_SHOWN = 3

Counts = Mapping[int, int]


class TopicFinder:
    """Topics compiled for finding."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        written: dict[str, str] = {}
        slugs: dict[str, dict[str, None]] = {}  # in file order, each once
        pairs = [(topic.slug, keyword) for topic in topics for keyword in topic.keywords]
        forms = match_forms([keyword for _, keyword in pairs])
        for (slug, keyword), form in zip(pairs, forms, strict=True):
            written.setdefault(form, keyword)
            slugs.setdefault(form, {})[slug] = None
        self._phrases = Phrases(slugs)
        self._written = [written[form] for form in self._phrases.forms]
        self._topics = [tuple(slugs[form]) for form in self._phrases.forms]

    def find(self, tokens: Tokens, most: int = READ_TOKENS) -> list[tuple[TopicHit, ...]]:
        """List the topics of articles, of each the surest first, ties by slug.

        Of each article title, excerpt and text were read in turn; the longer of the last two
        counts, `most` tokens of it.
        """
        counts = self._phrases.counts(tokens, most)
        sizes = np.minimum(np.diff(tokens.bounds), most).tolist()
        return [
            self._of_article(counts[at], *_body(counts[at + 1 : at + 3], sizes[at + 1 : at + 3]))
            for at in range(0, len(counts), 3)
        ]

    def _of_article(self, in_title: Counts, in_body: Counts, words: int) -> tuple[TopicHit, ...]:
        if not in_title and not in_body:
            return ()
        found: dict[str, list[int]] = {}
        for phrase in (*in_title, *(one for one in in_body if one not in in_title)):
            for slug in self._topics[phrase]:
                found.setdefault(slug, []).append(phrase)
        scale = math.sqrt(min(1.0, _FULL_DENSITY_WORDS / max(1, words)))
        hits = []
        for slug, phrases in found.items():
            confidence = _confidence(phrases, in_title, in_body, scale)
            if confidence >= LEAST_CONFIDENCE:
                hits.append(TopicHit(slug, confidence, self._why(phrases, in_title, in_body)))
        return tuple(sorted(hits, key=_order) if len(hits) > 1 else hits)

    def _why(self, phrases: list[int], in_title: Counts, in_body: Counts) -> str:
        if len(phrases) > 1:
            phrases = sorted(phrases, key=lambda one: (one not in in_title, -in_body.get(one, 0)))
        return "; ".join(
            [
                f"{self._written[one]} ×{in_title.get(one, 0) + in_body.get(one, 0)}"
                + (", in the title" if one in in_title else "")
                for one in phrases[:_SHOWN]
            ]
        )


def _order(hit: TopicHit) -> tuple[float, str]:
    return -hit.confidence, hit.slug


def _body(counts: list[dict[int, int]], sizes: list[int]) -> tuple[Counts, int]:
    """Choose between excerpt and text; gives what was counted there, and the tokens read."""
    longer = 1 if sizes[1] > sizes[0] else 0
    return counts[longer], sizes[longer]


def _confidence(phrases: list[int], in_title: Counts, in_body: Counts, scale: float) -> float:
    titled, repeated = 0, 0.0
    for one in phrases:
        titled += one in in_title
        if one in in_body:
            repeated += math.sqrt(in_body[one])
    in_text = min(_MOST_IN_TEXT, _IN_TEXT * scale * repeated)
    return round(1 - math.exp(-_IN_TITLE * math.sqrt(titled) - in_text), 4)
