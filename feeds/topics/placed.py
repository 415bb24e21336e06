"""Placed: what people decided of a section and topics, over what rules and models say."""

from collections.abc import Container, Iterable
from dataclasses import replace

from feeds.model import Filing, Placement, TopicHit


def placed(
    filing: Filing,
    placements: Iterable[Placement],
    sections: Container[str],
    topics: Container[str],
) -> Filing:
    """Let people's placements overrule a filing; everything else stays as it was decided.

    A placement in what is none of the site's `sections` and `topics` waits until it is one again.
    """
    known = {"section": sections, "topic": topics}
    hits = {hit.slug: hit for hit in filing.topics}
    for one in placements:
        if one.slug not in known[one.kind]:
            continue
        why = f"{'set' if one.holds else 'taken away'} by {one.by}: {one.why}"
        if one.kind == "section":
            filing = replace(filing, section=one.slug, why=why, confidence=1.0)
        elif one.holds:
            hits[one.slug] = TopicHit(one.slug, 1.0, why)
        else:
            hits.pop(one.slug, None)
    return replace(filing, topics=tuple(hits.values()))
