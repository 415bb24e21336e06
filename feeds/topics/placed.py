"""Placed: what people decided of a section and topics, over what rules and models say."""

from collections.abc import Iterable
from dataclasses import replace

from feeds.model import Filing, Placement, TopicHit


def placed(filing: Filing, placements: Iterable[Placement]) -> Filing:
    """Let people's placements overrule a filing; everything else stays as it was decided."""
    topics = {hit.slug: hit for hit in filing.topics}
    for one in placements:
        why = f"{'set' if one.holds else 'taken away'} by {one.by}: {one.why}"
        if one.kind == "section":
            filing = replace(filing, section=one.slug, why=why, confidence=1.0)
        elif one.holds:
            topics[one.slug] = TopicHit(one.slug, 1.0, why)
        else:
            topics.pop(one.slug, None)
    return replace(filing, topics=tuple(topics.values()))
