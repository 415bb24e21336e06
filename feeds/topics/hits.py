"""An article's topics, by how often and where the editors' phrases stand.

Theory: what stands in the title is what the article is about; what stands in the text counts by
its density, because a long text mentions much in passing. Several phrases of one topic say more
than one phrase repeated, so a repeated one counts less each time.
"""

import math
from collections.abc import Iterable, Mapping

from config.editorial import Topic
from feeds.model import TopicHit
from feeds.text.normalise import match_form
from feeds.topics.phrases import Phrases

LEAST_CONFIDENCE = 0.3
_IN_TITLE = 1.6
_IN_TEXT = 0.75
_MOST_IN_TEXT = 1.4  # however often: what never stands in the title is a side topic
_FULL_DENSITY_WORDS = 80  # a text up to this long counts in full, a longer one by square root
_SHOWN = 3


class TopicFinder:
    """Topics compiled for finding."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self._written: dict[str, str] = {}
        self._topics: dict[str, dict[str, None]] = {}  # slugs in file order, each once
        for topic in topics:
            for keyword in topic.keywords:
                form = match_form(keyword)
                self._written.setdefault(form, keyword)
                self._topics.setdefault(form, {})[topic.slug] = None
        self._phrases = Phrases(self._topics)

    def find(self, title: list[str], body: list[str]) -> tuple[TopicHit, ...]:
        """List the topics of an article given as syllables, surest first, ties by slug."""
        in_title, in_body = self._phrases.counts(title), self._phrases.counts(body)
        found: dict[str, list[str]] = {}
        for phrase in dict.fromkeys([*in_title, *in_body]):
            for slug in self._topics[phrase]:
                found.setdefault(slug, []).append(phrase)
        scale = math.sqrt(min(1.0, _FULL_DENSITY_WORDS / max(1, len(body))))
        hits = []
        for slug, forms in found.items():
            confidence = _confidence(forms, in_title, in_body, scale)
            if confidence >= LEAST_CONFIDENCE:
                hits.append(TopicHit(slug, confidence, self._why(forms, in_title, in_body)))
        return tuple(sorted(hits, key=lambda hit: (-hit.confidence, hit.slug)))

    def _why(
        self, forms: list[str], in_title: Mapping[str, int], in_body: Mapping[str, int]
    ) -> str:
        ranked = sorted(forms, key=lambda form: (form not in in_title, -in_body.get(form, 0)))
        return "; ".join(
            f"{self._written[form]} ×{in_title.get(form, 0) + in_body.get(form, 0)}"
            + (", in the title" if form in in_title else "")
            for form in ranked[:_SHOWN]
        )


def _confidence(
    forms: list[str], in_title: Mapping[str, int], in_body: Mapping[str, int], scale: float
) -> float:
    titled = sum(form in in_title for form in forms)
    repeated = sum(math.sqrt(in_body[form]) for form in forms if form in in_body)
    in_text = min(_MOST_IN_TEXT, _IN_TEXT * scale * repeated)
    return round(1 - math.exp(-_IN_TITLE * math.sqrt(titled) - in_text), 4)
